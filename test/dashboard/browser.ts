import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import type { ServiceMissing } from '../services.ts';

const PROGRAMS = [
  process.env['SKOLNAV_TEST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
];

/** Chromium without a screen, which calls nobody; or what to install. */
export async function findBrowser(): Promise<Browser | ServiceMissing> {
  const executablePath = PROGRAMS.find((one) => one !== undefined && existsSync(one));
  if (executablePath === undefined)
    return { missing: 'install chromium, or name it in SKOLNAV_TEST_CHROMIUM' };
  const quiet = ['background-networking', 'component-update', 'gpu', 'quic', 'sync'];
  const args = ['--no-sandbox', '--no-first-run', ...quiet.map((one) => `--disable-${one}`)];
  return chromium.launch({ executablePath, args });
}
