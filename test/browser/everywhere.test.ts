import { expect, it, onTestFinished } from 'vitest';
import type { ResourceJson } from '../../src/api/skopos/contract.ts';
import { useChromium } from './support/browser.ts';
import { type Mode, startFakeApi } from './support/fake-api.ts';
import { desk, type Look, night, phone } from './support/look.ts';

/** What stands on several pages: what they tell of images and nodes, tabs, and what is below charts. */

const cart = `resource?key=${encodeURIComponent('apps/Deployment/shop/cart')}`;

const chromium = useChromium();

async function visit(path: string, look: Look, mode: Mode = 'busy') {
  const api = await startFakeApi(mode);
  onTestFinished(() => api.close());
  const opened = await chromium.open(api.url + path, look);
  return { page: opened.page, visit: opened };
}

it('the overview tells how many images have what is urgent, each number with its list', async () => {
  const { page } = await visit('', desk);
  const images = page.getByRole('region', { name: 'Images' });
  const fixable = images.getByText('Critical, can be fixed');
  await fixable.waitFor();
  const link = fixable.locator('xpath=following-sibling::dd[1]').getByRole('link');
  const told = (await link.textContent()) ?? '';
  expect(Number(told.replace(',', ''))).toBeGreaterThan(0);
  await link.click();
  await page.getByRole('grid').waitFor();
  await expect.poll(() => page.locator('header [role=status]').first().textContent()).toContain(told);
});

it('the overview says that images and nodes are unknown where nobody looks at them', async () => {
  const { page } = await visit('', phone, 'empty');
  const images = page.getByRole('region', { name: 'Images' });
  await images.getByText('nobody knows what is in them').waitFor();
  expect(await images.getByText('Unknown').count()).toBe(1);
  await page.getByRole('region', { name: 'Nodes' }).getByText('controls of hosts cannot be judged').waitFor();
});

it('the overview counts nodes by whether they answer', async () => {
  const { page } = await visit('', desk);
  const nodes = page.getByRole('region', { name: 'Nodes' });
  await nodes.getByText('Silent').waitFor();
  expect(await nodes.getByRole('definition').allTextContents()).toEqual(['1', '1', '2']);
});

/** As much of an object as its page needs. */
const deployment: ResourceJson = {
  key: 'apps/Deployment/shop/cart',
  object: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' },
  counts: { pass: 0, fail: 0, unknown: 0, excepted: 0, 'not-applicable': 0 },
  ...{ verdicts: [], history: [], yaml: 'kind: Deployment\n' },
};

it.each([
  ['dark', night],
  ['phone', phone],
])('an object tells what its containers run, in %s', async (name, look) => {
  const { page, visit: seen } = await visit('store', look);
  await page.route('**/api/skopos/v1/resource?*', (route) => route.fulfill({ json: deployment }));
  await page.goto(new URL(cart, page.url()).href);
  const images = page.getByRole('region', { name: 'Images' });
  await images.getByText('no container of it is known to have started').waitFor();
  expect(await images.getByText('there when watching began').count()).toBe(1);
  await images.scrollIntoViewIfNeeded();
  await seen.picture(`resource-images-${name}`);
  expect(await seen.barriers()).toEqual([]);
  expect(await seen.sideways()).toBeLessThanOrEqual(0);
});

it('the tab that is open is in sight on a phone', async () => {
  const { page } = await visit('flags', phone);
  const tab = page.getByRole('navigation', { name: 'Monitoring' }).getByRole('link', { name: 'Flags' });
  await tab.waitFor();
  await expect
    .poll(async () => {
      const box = await tab.boundingBox();
      return box !== null && box.x >= 0 && box.x + box.width <= 390;
    })
    .toBe(true);
});

it('a page that has no place of its own in the navigation is under the one that it belongs to', async () => {
  const { page } = await visit('store', desk);
  await page.getByRole('heading', { name: 'Store' }).waitFor();
  expect(await page.locator('#side nav a.active').allTextContents()).toEqual(['Monitoring']);
});
