import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { useChromium } from './support/browser.ts';
import { startFakeApi } from './support/fake-api.ts';
import { desk, type Look, night, phone } from './support/look.ts';
import { manyNodes, nodesApi, serveNodes } from './support/many-nodes.ts';

const chromium = useChromium();

const looks: readonly (readonly [name: string, look: Look])[] = [
  ['light', desk],
  ['dark', night],
  ['phone', phone],
];

/** The page of nodes, reached as a user does, when `prepare` has said what the API answers about them. */
async function nodesPage(look: Look, prepare: (page: Page) => Promise<unknown>) {
  const api = await startFakeApi('busy');
  onTestFinished(() => api.close());
  const visit = await chromium.open(`${api.url}findings`, look);
  await prepare(visit.page);
  // The address of the page is not asked from the server: as when one comes from another page.
  await visit.page.evaluate(
    `history.pushState({ idx: 1 }, '', '/nodes'); dispatchEvent(new PopStateEvent('popstate'))`,
  );
  await visit.page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor();
  return { visit, page: visit.page };
}

it.each(looks)('a thousand nodes, in %s: what does not answer comes first', async (name, look) => {
  const { visit, page } = await nodesPage(look, (of) => serveNodes(of, manyNodes(1000)));
  await expect.poll(() => page.locator('header [role=status]').first().textContent()).toBe('1,000 nodes');
  const grid = page.getByRole('grid', { name: 'Nodes' });
  await grid.getByText('Stale').first().waitFor();
  // As many as are in sight, not all.
  expect(await grid.getByRole('row').count()).toBeLessThan(100);
  await visit.picture(`nodes-${name}`);
  expect(await visit.barriers()).toEqual([]);
  expect(await visit.sideways()).toBeLessThanOrEqual(0);
  expect(visit.unexpected()).toEqual([]);
});

it('a node is found by its name and by its state', async () => {
  const { page } = await nodesPage(desk, (of) => serveNodes(of, manyNodes(1000)));
  await page.getByLabel('Search nodes').fill('worker-0104');
  await expect.poll(() => page.locator('header [role=status]').first().textContent()).toBe('1 node');
  await page.getByText('worker-0104.eu-central-1').waitFor();
  await page.getByLabel('Search nodes').fill('');
  await page.getByText('Silent 10', { exact: true }).click();
  await expect.poll(() => page.locator('header [role=status]').first().textContent()).toBe('10 nodes');
  await page.getByText('connect ECONNREFUSED').first().waitFor();
});

it.each(looks)(
  'one node, in %s: what fails, what cannot be told and why, what it said',
  async (name, look) => {
    const { visit, page } = await nodesPage(look, (of) => serveNodes(of, manyNodes(4)));
    await page.getByRole('grid').getByText('worker-0001').first().click();
    await page.getByRole('heading', { name: /^worker-0001/, level: 1 }).waitFor();
    const controls = page.getByRole('region', { name: 'Controls' });
    await controls.getByText('/etc/kubernetes/kubelet.conf has the rights 0644').waitFor();
    await controls.getByText('cannot be read: EACCES').waitFor();
    await page.getByText('KubeletInfo').click();
    await page.getByText('EACCES: permission denied').waitFor();
    await visit.picture(`node-${name}`);
    expect(await visit.barriers()).toEqual([]);
    expect(await visit.sideways()).toBeLessThanOrEqual(0);
  },
);

it('a Skopos that asks no nodes says how to', async () => {
  const { visit, page } = await nodesPage(desk, (of) => serveNodes(of, 'off'));
  await page.getByText('Nodes are not asked for their facts').waitFor();
  expect(await page.getByLabel('Search nodes').count()).toBe(0);
  await visit.picture('nodes-off');
  expect(await visit.barriers()).toEqual([]);
});

it('where none is found it says what to look at', async () => {
  const { page } = await nodesPage(phone, (of) => serveNodes(of, []));
  await page.getByText('No node is known yet').waitFor();
});

it('while nodes are asked for there is a place for them, and an error says what went wrong', async () => {
  let refuse: () => void = () => {};
  const refused = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  const { visit, page } = await nodesPage(desk, (of) =>
    of.route(nodesApi, async (route) => {
      await refused;
      const error = 'The database is locked by another process.';
      await route.fulfill({ status: 503, json: { code: 'store_unavailable', error } });
    }),
  );
  await page.getByLabel('Loading the nodes').waitFor();
  await visit.picture('nodes-loading');
  refuse();
  await page.getByText('The database is locked by another process.').first().waitFor({ timeout: 60_000 });
  await visit.picture('nodes-error');
  expect(await visit.barriers()).toEqual([]);
});
