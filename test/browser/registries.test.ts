import { expect, it } from 'vitest';
import { looksRight, saysSo } from './support/same-for-all.ts';
import { useSite } from './support/site.ts';

const site = useSite();
const rows = '[role=grid] >> text=/(shop|platform|data).(cart|till|search|mail):1/';

looksRight([{ name: 'registries', path: 'images/registries', there: rows }], site.load);

saysSo(site, [
  ['empty', 'images/registries', 'text=No registry has been looked through yet'],
  ['error', 'images/registries', 'text=The database is locked'],
  ['slow', 'images/registries', 'role=status[name="Loading the images of registries"]'],
  ['busy', 'images/registries?q=nobody', 'text=No image of a registry is like that'],
]);

it('filters on the server, keeps the address, scrolls to the last of 10,000, and starts a scan', async () => {
  const { page } = await site.open('images/registries');
  await page.locator(rows).first().waitFor();
  await page.locator('text=waits until').waitFor();
  await expect.poll(() => page.locator('header [role=status]').textContent()).toContain('10,000 images');
  await page.getByText('Runs nowhere', { exact: true }).first().click();
  await expect.poll(() => page.url()).toContain('only=idle');
  await expect.poll(() => page.locator('header [role=status]').textContent()).toContain(', 0 of them run');
  await page.goto(`${site.api.url}images/registries?sort=name`);
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
