import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { desk, type Look, launch, night, phone, Visit } from './support/browser.ts';
import { type FakeApi, type Mode, startFakeApi } from './support/fake-api.ts';

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

async function open(mode: Mode, look: Look = desk, query = ''): Promise<Visit> {
  api.mode = mode;
  const visit = await Visit.open(browser, `${api.url}images/registries${query}`, look);
  onTestFinished(() => visit.close());
  return visit;
}

const rows = '[role=grid] >> text=/(shop|platform|data).(cart|till|search|mail):1/';

it.each(Object.entries({ light: desk, dark: night, phone }))(
  'shows what registries have, looks right in %s',
  async (name, look) => {
    const visit = await open('busy', look);
    await visit.page.locator(rows).first().waitFor();
    await visit.page.locator('text=waits until').waitFor();
    await visit.picture(`registries-${name}`);
    expect(visit.unexpected()).toEqual([]);
    expect(await visit.barriers()).toEqual([]);
    expect(await visit.sideways()).toBeLessThanOrEqual(0);
  },
);

it.each<readonly [Mode, string, string]>([
  ['empty', '', 'text=No registry has been looked through yet'],
  ['error', '', 'text=The database is locked'],
  ['slow', '', 'role=status[name="Loading the images of registries"]'],
  ['busy', '?q=nobody', 'text=No image of a registry is like that'],
])('%s%s: says so', async (mode, query, there) => {
  const visit = await open(mode, desk, query);
  await visit.page.locator(there).first().waitFor();
  await visit.picture(`registries-${mode}${query === '' ? '' : '-filtered'}`);
  expect(visit.unexpected()).toEqual([]);
  expect(await visit.barriers()).toEqual([]);
});

it('filters on the server, keeps the address, scrolls to the last of 10,000, and starts a scan', async () => {
  const { page } = await open('busy');
  await page.locator(rows).first().waitFor();
  await expect.poll(() => page.locator('header [role=status]').textContent()).toContain('10,000 images');
  await page.getByText('Runs nowhere', { exact: true }).first().click();
  await expect.poll(() => page.url()).toContain('only=idle');
  await expect.poll(() => page.locator('header [role=status]').textContent()).toContain(', 0 of them run');
  await page.goto(`${api.url}images/registries?sort=name`);
  await page.locator(rows).first().waitFor();
  const grid = page.locator('[role=grid]');
  await grid.evaluate((element) => {
    const scroller = [element, ...element.querySelectorAll('*')].find(
      (one) => one.scrollHeight > one.clientHeight + 1000,
    );
    scroller?.scrollTo(0, scroller.scrollHeight);
  });
  await page.locator('[role=grid] >> text=shop/till:1.9').first().waitFor();

  await page.getByLabel('Registry', { exact: true }).fill('ghcr.io/team/shop');
  await page.getByLabel('Newest tags').fill('5');
  await page.getByLabel('Only repositories').fill('team/*, other');
  const asked = page.waitForRequest(
    (request) => request.method() === 'POST' && request.url().endsWith('/jobs'),
  );
  await page.getByRole('button', { name: 'Scan now' }).click();
  expect((await asked).postDataJSON()).toEqual({
    kind: 'registry',
    registry: { registryName: 'ghcr.io/team/shop', depth: 5, include: ['team/*', 'other'] },
  });
  await expect.poll(() => page.getByLabel('Registry', { exact: true }).inputValue()).toBe('');
});
