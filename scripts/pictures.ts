import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { RIGHTS } from '../core/control/control-bus.ts';
import type { Hub } from '../core/hub.ts';
import { openDashboard } from '../dashboard/server.ts';
import { ensureDemoWorkspace } from './demo/demo-workspace.ts';
import { startVendors } from './demo/simulators.ts';
import { openProcessTerminal } from './terminal/process-terminal.ts';
import { openWorkspaceHub } from './terminal/with-hub.ts';

/** Pages whose pictures stand in the README, by the picture's name. */
const SHOWN: Readonly<Record<string, string>> = {
  overview: '/',
  flows: '/flows',
};
/** Of each of these one page is taken, as its list leads to it. */
const KINDS = ['/failed/group', '/message/', '/holds/', '/flows/', '/modules/', '/mapping?'];
const PASSWORD = 'pictures of the demonstration';
const USAGE =
  'node scripts/pictures.ts [--all <folder>]: pictures of the dashboard in docs/pictures';

/**
 * Makes the README's pictures from the demonstration city; with `--all` every page of the menu, and
 * those behind it, into a folder: in both languages and themes, at the width of a desk and of a
 * telephone.
 */
const [word, out] = process.argv.slice(2);
if (word !== undefined && (word !== '--all' || out === undefined)) throw new Error(USAGE);
const workspace = await mkdtemp(join(tmpdir(), 'skolnav-pictures-'));
const quiet = () => undefined;
await ensureDemoWorkspace(workspace, quiet);
const vendors = await startVendors(workspace);
const hub = await openWorkspaceHub(openProcessTerminal(), workspace);
try {
  const { signal } = new AbortController();
  const night = { flow: null, deliver: true, onProgress: quiet, signal, patienceMs: 0 };
  await hub.control.sync(night);
  await photograph(hub);
} finally {
  await hub.close();
  await vendors.stop();
  await rm(workspace, { recursive: true, force: true });
}

async function photograph({ control, engine: { log } }: Hub): Promise<void> {
  const at = { host: '127.0.0.1', port: 0, tls: false, timeZone: 'Europe/Stockholm' };
  const dashboard = await openDashboard({ ...at, control, log });
  const invitation = await control.access.invite({ name: 'kim', rights: RIGHTS }, 'pictures');
  await control.access.accept(invitation, PASSWORD);
  const executablePath = process.env['SKOLNAV_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    if (out === undefined) await forReadme(browser, dashboard.url);
    else await all(browser, dashboard.url, out);
  } finally {
    await browser.close();
    await dashboard.stop();
  }
}

async function forReadme(browser: Browser, url: string): Promise<void> {
  const folder = join(import.meta.dirname, '..', 'docs', 'pictures');
  await mkdir(folder, { recursive: true });
  const page = await signedIn(browser, url, { colorScheme: 'light', width: 1200 });
  for (const [name, path] of Object.entries(SHOWN)) {
    await page.goto(url + path);
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
}

async function all(browser: Browser, url: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const locale of ['sv-SE', 'en-GB']) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [375, 1440]) {
        const page = await signedIn(browser, url, { colorScheme, width, locale });
        for (const path of await pathsOf(page, url)) {
          await page.goto(url + path);
          const about = [path.replaceAll(/[^\w]/g, '-').slice(0, 40), locale, colorScheme, width];
          await page.screenshot({ path: join(folder, `${about.join('-')}.png`), fullPage: true });
        }
        await page.close();
      }
    }
  }
}

/** Every page of the menu, and the first that each of them leads to. */
async function pathsOf(page: Page, url: string): Promise<readonly string[]> {
  await page.goto(url);
  const menu = await hrefsIn(page, 'header nav a');
  const found = new Set([...menu, '/failed?by=unit', '/failed?by=consequence', '/failed?by=flow']);
  for (const path of [...found, '/failed/group']) {
    const own = [...found].find((one) => one.startsWith(path)) ?? path;
    await page.goto(url + own);
    const links = await hrefsIn(page, 'main a[href^="/"]');
    for (const kind of KINDS) {
      const isKnown = [...found].some((one) => one.startsWith(kind));
      const first = links.find((link) => link.startsWith(kind));
      if (!isKnown && first !== undefined) found.add(first);
    }
  }
  return [...found];
}

async function hrefsIn(page: Page, selector: string): Promise<readonly string[]> {
  const links = await page.locator(selector).all();
  const hrefs = await Promise.all(links.map((link) => link.getAttribute('href')));
  return hrefs.filter((href) => href !== null);
}

interface Looks {
  readonly colorScheme: 'light' | 'dark';
  readonly width: number;
  readonly locale?: string;
}

async function signedIn(
  browser: Browser,
  url: string,
  { colorScheme, width, locale = 'en-GB' }: Looks,
): Promise<Page> {
  const viewport = { width, height: 800 };
  const page = await browser.newPage({ locale, colorScheme, viewport });
  await page.goto(`${url}/sign-in`);
  await page.locator('[name=name]').fill('kim');
  await page.locator('[name=password]').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(`${url}/`);
  return page;
}
