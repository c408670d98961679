import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desk, launch, night, phone, Visit } from './support/browser.ts';
import { type FakeApi, type Mode, startFakeApi } from './support/fake-api.ts';

const looks = { light: desk, dark: night, phone, 'phone-dark': { ...phone, scheme: 'dark' } } as const;

let browser: Browser;
let api: FakeApi;

beforeAll(async () => {
  browser = await launch();
  api = await startFakeApi('busy');
});
afterAll(async () => {
  await browser.close();
  await api.close();
});

async function visit(path: string, look: (typeof looks)[keyof typeof looks], mode: Mode = 'busy') {
  api.mode = mode;
  return Visit.open(browser, api.url + path, look);
}

describe('the page of back-tests', () => {
  it.each(Object.entries(looks))('looks right in %s', async (name, look) => {
    const page = await visit('backtest?id=b1', look);
    await page.page.locator('text=300 notifications in 7 d; 148 alerts would have fired').waitFor();
    await page.picture(`backtest-${name}`);
    expect(page.unexpected()).toEqual([]);
    expect(await page.barriers()).toEqual([]);
    expect(await page.sideways()).toBeLessThanOrEqual(0);
    await page.close();
  });

  it('says of each alert in words what the picture shows, and shows more when asked', async () => {
    const page = await visit('backtest?id=b1', desk);
    const rows = page.page.locator('[aria-label="Rule CartDown"] li');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(20);
    expect(await rows.first().locator('[role=img]').getAttribute('aria-label')).toMatch(
      /fired \d+ times?, \d+ \w+ in all/,
    );
    await page.page.getByRole('button', { name: '40 more alerts' }).click();
    expect(await rows.count()).toBe(60);
    await page.close();
  });

  it('shows how far one is that runs, begins another, and keeps which in the address', async () => {
    const page = await visit('backtest', desk);
    await page.page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.page.locator('text=/Trying all rules that run: 40 %/').waitFor();
    expect(page.page.url()).toContain('id=b2');
    expect(await page.page.locator('progress').getAttribute('value')).toBe('0.4');
    await page.close();
  });

  it.each([
    ['empty', 'text=Nothing has been tried yet'],
    ['slow', 'role=status[name="Loading"]'],
    ['error', 'text=Could not load the back-tests'],
  ] as const)('in mode %s says so', async (mode, there) => {
    const page = await visit('backtest', desk, mode);
    await page.page.locator(there).first().waitFor();
    await page.close();
  });
});
