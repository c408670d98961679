import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { looksRight, saysSo } from './support/same-for-all.ts';
import { useSite } from './support/site.ts';

const site = useSite();
const rates = 'sum by (service) (rate(shop_requests_total[5m]))';
const queue = link({ expr: 'shop_queue_length', tab: 'table' });

function link(...panels: readonly Record<string, string>[]): string {
  const params = new URLSearchParams();
  panels.forEach((panel, i) => {
    for (const [name, value] of Object.entries(panel)) params.set(`g${i}.${name}`, value);
  });
  return `query?${params}`;
}

looksRight(
  [
    { name: 'graph', path: link({ expr: rates, tab: 'graph' }), there: '.series-legend >> text=checkout' },
    {
      name: 'stacked',
      path: link({ expr: rates, tab: 'graph', display_mode: 'stacked' }),
      there: '.series-legend >> text=checkout',
    },
    { name: 'table', path: link({ expr: 'shop_pods', tab: 'table' }), there: '[role=grid] >> text=cart-1' },
    { name: 'explain', path: link({ expr: rates, tab: 'explain' }), there: '.plan >> text=windows slide' },
    {
      name: 'metrics',
      path: 'query?view=metrics&metric=shop_requests_total',
      there: '.explorer-detail >> text=payments',
    },
    { name: 'saved', path: 'query?view=kept', there: 'text=No query is saved' },
    { name: 'empty', path: 'query', there: 'text=Nothing is asked yet' },
    {
      name: 'remarks',
      path: link({ expr: 'rate(shop_queue_length[5m])', tab: 'table' }, { expr: 'sum(up', tab: 'graph' }),
      there: 'text=unclosed left parenthesis',
    },
  ],
  site.load,
);

it('completes names of metrics from the server, runs on Enter, and keeps all of it in the address', async () => {
  const visit = await site.open('query');
  const { page } = visit;
  await page.getByRole('textbox', { name: 'Expression 1' }).click();
  await page.keyboard.type('shop_req');
  await page.locator('.cm-tooltip-autocomplete').getByText('shop_requests_total').waitFor();
  await page.waitForTimeout(200);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('.cm-content').textContent()).toBe('shop_requests_total');
  await page.keyboard.press('Enter');
  await page.locator('.series-legend button').first().waitFor();
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await page.locator('[role=grid]').getByText('service="cart", status="200"').waitFor();
  const params = new URL(page.url()).searchParams;
  expect([params.get('g0.expr'), params.get('g0.tab')]).toEqual(['shop_requests_total', 'table']);
  await page.reload();
  await page.locator('[role=grid]').getByText('service="cart", status="200"').waitFor();
  await page.goBack();
  await page.locator('.series-legend button').first().waitFor();
  await page.getByRole('button', { name: 'Saved', exact: true }).click();
  await page.getByText('Lately run').waitFor();
  await page.locator('.kept').getByText('shop_requests_total').click();
  await page.locator('.series-legend button').first().waitFor();
  expect(visit.unexpected()).toEqual([]);
});

it('marks an error, and a remark, where it is', async () => {
  const { page } = await site.open(link({ expr: 'rate(shop_queue_length[5m])', tab: 'table' }));
  await page.locator('.cm-lintRange-info').waitFor();
  expect(await page.locator('.cm-lintRange-info').textContent()).toBe('shop_queue_length');
  await page.getByText('at 1:6 shop_queue_length').waitFor();
  await page.locator('.cm-content').click();
  await page.keyboard.press('End');
  await page.keyboard.type(' + )');
  await page.locator('.cm-lintRange-error').waitFor();
  expect(await page.locator('.cm-lintRange-error').textContent()).toBe(')');
});

it('shows 10,000 of 12,000 series and says that there are more', async () => {
  const { page } = await site.open(link({ expr: 'shop_pods', tab: 'table' }));
  const grid = page.getByRole('grid');
  await grid.waitFor();
  expect(await grid.getAttribute('aria-rowcount')).toBe('10001');
  await page.getByText('10,000 series, cut: there are more').waitFor();
  await page.getByText('results truncated due to limit').waitFor();
  await grid.focus();
  await page.keyboard.press('End');
  await page.locator('[aria-rowindex="10001"]').waitFor();
  expect(await grid.getByRole('row').count()).toBeLessThan(100);
});

it('sorts and filters the table; the address holds the order', async () => {
  const visit = await site.open(link({ expr: 'shop_pods', tab: 'table' }));
  const { page } = visit;
  const grid = page.getByRole('grid');
  await grid.waitFor();
  const values = async (): Promise<number[]> => {
    const texts = await grid.locator('[role=row] [role=gridcell]:nth-child(2)').allTextContents();
    return texts.slice(0, 10).map(Number);
  };
  await grid.getByRole('columnheader', { name: 'Value' }).getByRole('button').click();
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.sort')).toBe('value-desc');
  const descending = await values();
  expect(descending).toEqual(descending.toSorted((a, b) => b - a));
  await grid.getByRole('columnheader', { name: 'Value' }).getByRole('button').click();
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.sort')).toBe('value-asc');
  const ascending = await values();
  expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
  await page.getByRole('textbox', { name: 'Series that contain' }).fill('cart-17 ');
  await expect.poll(() => grid.getAttribute('aria-rowcount')).not.toBe('10001');
  await page.getByRole('textbox', { name: 'Series that contain' }).fill('nothing of that name');
  await page.getByText('No series of the answer contains').waitFor();
  expect(visit.unexpected()).toEqual([]);
});

it('shows one series alone at a click on its name, and all again at the next', async () => {
  const { page } = await site.open(link({ expr: 'shop_queue_length', tab: 'graph' }));
  const names = page.locator('.series-legend button');
  await names.first().waitFor();
  const pressed = () => names.evaluateAll((all) => all.map((each) => each.getAttribute('aria-pressed')));
  await names.nth(1).click();
  expect(await pressed()).toEqual(['false', 'true', 'false', 'false']);
  await names.nth(1).click();
  expect(await pressed()).toEqual(['true', 'true', 'true', 'true']);
  await names.nth(2).click({ modifiers: ['Control'] });
  expect(await pressed()).toEqual(['true', 'true', 'false', 'true']);
});

it('zooms to what is dragged over, and comes back', async () => {
  const { page } = await site.open(link({ expr: 'shop_queue_length', tab: 'graph' }));
  const plot = page.locator('.u-over');
  await plot.waitFor();
  const box = await plot.boundingBox();
  if (box === null) throw new Error('the graph has no place');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.range_input')).toMatch(/^1[45]m/);
  await page.goBack();
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.range_input')).toBeNull();
});

it('holds several queries, each for itself', async () => {
  const { page } = await site.open(link({ expr: 'shop_queue_length', tab: 'table' }));
  await page.getByRole('button', { name: 'Add a query' }).click();
  await page.getByRole('textbox', { name: 'Expression 2' }).click();
  await page.keyboard.type('vector(7)');
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: 'Expression 2' }).press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('g1.expr')).toBe('vector(7)');
  await page.getByRole('button', { name: 'Remove query 1' }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.expr')).toBe('vector(7)');
  expect(new URL(page.url()).searchParams.has('g1.expr')).toBe(false);
});

it('hands out what it shows as CSV', async () => {
  const { page } = await site.open(link({ expr: 'sum(shop_pods) > bool 0', tab: 'table' }));
  const loading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const text = readFileSync(await (await loading).path(), 'utf8');
  expect(text).toMatch(/^series,time,value\r\n\{\},\d{4}-.*Z,1$/);
});

it('asks again by itself when told to', async () => {
  const { page } = await site.open(`${link({ expr: 'time()', tab: 'table' })}&refresh=5s`);
  const value = page.locator('[role=grid] [role=gridcell]').nth(1);
  const first = await value.textContent();
  await expect.poll(() => value.textContent(), { timeout: 15_000 }).not.toBe(first);
});

it('finds metrics by name and text, and leads to a query of one', async () => {
  const { page } = await site.open('query?view=metrics');
  await page.getByRole('grid').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('wait');
  await page.getByText('1 metric of 3').waitFor();
  await page.getByRole('grid').getByText('shop_queue_length').click();
  await page.locator('.explorer-detail').getByText('4 values').waitFor();
  await page.getByRole('link', { name: 'Sum', exact: true }).click();
  await page.locator('.series-legend button').first().waitFor();
  expect(new URL(page.url()).searchParams.get('g0.expr')).toBe('sum(shop_queue_length)');
});

saysSo(site, [
  ['error', queue, 'text=query timed out in query queue'],
  ['slow', queue, 'role=status[name="Running the query"]'],
  ['empty', queue, 'text=No series'],
]);
