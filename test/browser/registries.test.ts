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
  await page.goto(`${site.api.url}images/registries?platform=linux/arm64`);
  await page.locator('[role=grid] >> text=linux/arm64').first().waitFor();
  expect(await page.locator('[role=grid] >> text=linux/amd64').count()).toBe(0);
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

  const scan = page.getByRole('button', { name: 'Scan now' });
  const registry = page.getByLabel('Registry', { exact: true });
  await scan.click();
  await page.getByText('A host, with its port').waitFor();
  await registry.fill('ghcr.io/team/shop');
  await page.getByText('A host, with its port').waitFor({ state: 'detached' });
  await page.getByLabel('Newest tags').fill('0');
  await page.getByLabel('Only repositories').fill('team/*, the other');
  await page.getByLabel('Platforms').fill('linux/arm64, arm');
  await scan.click();
  await page.getByText('A whole number from 1 to 100').waitFor();
  await page.getByText('"the other" is no name of a repository').waitFor();
  await page.getByText('"arm" is none; write a platform').waitFor();
  await page.getByLabel('Newest tags').fill('5');
  await page.getByLabel('Only repositories').fill('team/*, other');
  await page.getByLabel('Platforms').fill('linux/arm64, linux/amd64');
  const asked = page.waitForRequest(
    (request) => request.method() === 'POST' && request.url().endsWith('/jobs'),
  );
  await scan.click();
  expect((await asked).postDataJSON()).toEqual({
    kind: 'registry',
    registry: {
      ...{ registryName: 'ghcr.io/team/shop', depth: 5 },
      ...{ include: ['team/*', 'other'], platforms: ['linux/arm64', 'linux/amd64'] },
    },
  });
  await expect.poll(() => registry.inputValue()).toBe('');
});
