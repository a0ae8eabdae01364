import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { type OpenIdService, startOpenId } from '../services/openid.ts';
import { serviceOrPending } from '../services.ts';
import { findBrowser } from './browser.ts';
import { Provided } from './provided.ts';

describe('signing in at a provider in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;
  let house: Provided;
  let provider: OpenIdService;

  before(async function () {
    browser = serviceOrPending(this, await findBrowser());
    house = await Provided.open();
    provider = await startOpenId(house.address);
    const groups = ['skolnav-list'];
    provider.persons.set('kim', { preferred_username: 'kim.berg', groups });
    await house.start(provider.issuer);
  });
  after(async () => {
    await browser?.close();
    await house?.close();
    await provider?.stop();
  });

  it('goes there and back, and out again, under the policy of the pages', async () => {
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      const isOurs = message.location().url.startsWith(house.address);
      if (message.type() === 'error' && isOurs) faults.push(message.text());
    });
    await page.goto(`${house.address}/`);
    await page.getByRole('link', { name: 'Sign in with your account of the city' }).click();
    await page.getByPlaceholder('Enter any login').fill('kim');
    await page.getByPlaceholder('and password').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${house.address}/`);
    const body = await page.locator('body').textContent();
    assert.match(body ?? '', /Signed in as kim\.berg/);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign out of your account of the city, too' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.waitForURL(`${house.address}/sign-in`);
    await page.goto(`${house.address}/`);
    assert.equal(page.url(), `${house.address}/sign-in`);
    assert.deepEqual(faults, []);
  });
});
