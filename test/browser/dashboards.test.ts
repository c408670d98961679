import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { looksRight, saysSo } from './support/same-for-all.ts';
import { useSite } from './support/site.ts';

const site = useSite();

const panelOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.getAll(name);

looksRight(
  [
    { name: 'list', path: 'dashboards', there: 'text=What the shop does.' },
    { name: 'shop', path: 'dashboards/shop', there: '.dash-legend >> text=checkout' },
    { name: 'alone', path: 'dashboards/shop?viewPanel=1', there: '.dash-legend >> text=checkout' },
  ],
  site.load,
);

it('finds dashboards by words and tags, and names files that are none', async () => {
  const { page } = await site.open('dashboards');
  await page.getByRole('status').getByText('3 dashboards').waitFor();
  await page.getByText('/etc/dashboards/old.json').waitFor();
  await page.getByRole('searchbox').fill('hundred');
  await page.getByRole('status').getByText('1 dashboard').waitFor();
  await page.getByRole('link', { name: 'A hundred panels' }).click();
  await page.getByRole('heading', { name: 'A hundred panels' }).waitFor();
});

it('draws every kind of panel, and says what it does not draw or cannot ask', async () => {
  const visit = await site.open('dashboards/shop');
  const { page } = visit;
  await panelOf(page, 'Requests').getByRole('button', { name: 'checkout' }).waitFor();
  expect(await panelOf(page, 'Waiting').locator('.dash-stat-value').textContent()).toMatch(/^\d+/);
  await panelOf(page, 'Share of cart').getByRole('img', { name: /%$/ }).waitFor();
  await expect.poll(() => panelOf(page, 'By service').getByRole('listitem').count()).toBe(4);
  await panelOf(page, 'All').getByRole('columnheader', { name: 'Service' }).waitFor();
  await panelOf(page, 'Sizes').scrollIntoViewIfNeeded();
  await panelOf(page, 'Sizes').getByRole('img', { name: '2 sizes over time' }).waitFor();
  await panelOf(page, 'A map').getByText('are not drawn here').waitFor();
  await panelOf(page, 'Broken').scrollIntoViewIfNeeded();
  await panelOf(page, 'Broken').getByText('unclosed left parenthesis').waitFor();
  await panelOf(page, 'Nothing').getByText('No data').waitFor();
  const words = panelOf(page, 'Words');
  await words.getByText('Some words').waitFor();
  expect(await words.locator('script').count()).toBe(0);
  await words.getByText('<script>alert(1)</script>').waitFor();
  expect(visit.unexpected()).toEqual([]);
});

it('repeats a panel for each value that is chosen; what is chosen stands in the address', async () => {
  const { page } = await site.open('dashboards/shop');
  await panelOf(page, 'Of cart').waitFor();
  await panelOf(page, 'Of search').waitFor();
  await page.getByRole('button', { name: 'Service: All' }).click();
  await page.getByRole('checkbox', { name: 'checkout' }).click();
  await expect.poll(() => parameter(page, 'var-service')).toEqual(['checkout']);
  await panelOf(page, 'Of cart').waitFor({ state: 'detached' });
  await page.getByRole('checkbox', { name: 'search' }).click();
  await expect.poll(() => parameter(page, 'var-service')).toEqual(['checkout', 'search']);
  await page.keyboard.press('Escape');
  const legend = panelOf(page, 'Queues').locator('.dash-legend');
  await expect.poll(() => legend.getByRole('button').allTextContents()).toEqual(['checkout', 'search']);
  await page.reload();
  await panelOf(page, 'Of checkout').waitFor();
  expect(await panelOf(page, 'Of cart').count()).toBe(0);
});

it('asks for the choices of a variable that names another', async () => {
  const { page } = await site.open('dashboards/shop?var-service=payments');
  const status = page.getByRole('combobox', { name: 'Status' });
  await expect.poll(() => status.locator('option').allTextContents()).toEqual(['200', '500']);
  await status.selectOption('500');
  await expect.poll(() => parameter(page, 'var-status')).toEqual(['500']);
});

it('zooms to what is dragged over, as Grafana writes it, and comes back', async () => {
  const { page } = await site.open('dashboards/shop');
  const plot = panelOf(page, 'Queues').locator('.u-over');
  await plot.waitFor();
  const box = await plot.boundingBox();
  if (box === null) throw new Error('the graph has no place');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 50, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => parameter(page, 'from')[0] ?? '').toMatch(/^\d{13}$/);
  const span = Number(parameter(page, 'to')[0]) - Number(parameter(page, 'from')[0]);
  expect(Math.abs(span - 900_000)).toBeLessThan(120_000);
  await page.goBack();
  await expect.poll(() => parameter(page, 'from')).toEqual([]);
});

it('takes a range by name or as written, and says when it is none', async () => {
  const { page } = await site.open('dashboards/shop');
  await page.getByRole('button', { name: 'Last hour', exact: true }).click();
  await page.getByRole('button', { name: 'Last 15 minutes' }).click();
  await expect.poll(() => [parameter(page, 'from'), parameter(page, 'to')]).toEqual([['now-15m'], ['now']]);
  await page.getByRole('button', { name: 'Last 15 minutes' }).first().click();
  await page.getByRole('textbox', { name: 'From' }).fill('now-soon');
  expect(await page.getByRole('button', { name: 'Show', exact: true }).isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'From' }).fill('now-2h');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('button', { name: 'now-2h to now' }).waitFor();
  await page.goto(`${site.api.url}dashboards/shop?from=never&to=now`);
  await page.getByText('"never" to "now" is no range').waitFor();
});

it('shows one panel alone, and what it asked and was answered', async () => {
  const { page } = await site.open('dashboards/shop');
  await panelOf(page, 'Requests').getByRole('button', { name: 'Menu of Requests' }).click();
  await page.getByRole('menuitem', { name: 'View alone' }).click();
  await expect.poll(() => parameter(page, 'viewPanel')).toEqual(['1']);
  await panelOf(page, 'Queues').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Menu of Requests' }).click();
  await page.getByRole('menuitem', { name: 'Inspect' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByText(/rate\(shop_requests_total\{service=~"\(cart\|checkout/)
    .first()
    .waitFor();
  await dialog.getByRole('button', { name: 'Data' }).click();
  await dialog.getByRole('button', { name: 'CSV' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Menu of Requests' }).click();
  await page.getByRole('menuitem', { name: 'Back to the dashboard' }).click();
  await panelOf(page, 'Queues').waitFor();
});

it('folds rows, and leads from a cell to another dashboard with its value', async () => {
  const { page } = await site.open('dashboards/shop');
  await panelOf(page, 'Words').waitFor();
  await page.getByRole('button', { name: /More/ }).click();
  await panelOf(page, 'Words').waitFor({ state: 'detached' });
  await panelOf(page, 'All').getByRole('link', { name: 'payments' }).click();
  await page.getByRole('heading', { name: 'A hundred panels' }).waitFor();
  expect(parameter(page, 'var-service')).toEqual(['payments']);
});

it('asks for what is on the screen alone, a few questions at a time', async () => {
  let [open_, most, all] = [0, 0, 0];
  const visit = await site.open('dashboards');
  const { page } = visit;
  page.on('request', (request) => {
    if (!request.url().includes('query_range')) return;
    open_++;
    all++;
    most = Math.max(most, open_);
  });
  const done = (request: { url(): string }): void => {
    if (request.url().includes('query_range')) open_--;
  };
  page.on('requestfinished', done);
  page.on('requestfailed', done);
  await page.getByRole('link', { name: 'A hundred panels' }).click();
  await panelOf(page, 'Panel 1').getByRole('button', { name: /cart/ }).waitFor();
  await expect.poll(() => open_).toBe(0);
  expect(most).toBeLessThanOrEqual(6);
  expect(all).toBeLessThan(50);
  await panelOf(page, 'Panel 100').scrollIntoViewIfNeeded();
  await panelOf(page, 'Panel 100').getByRole('button', { name: /cart/ }).waitFor();
  await visit.picture('dashboard-hundred');
  expect(visit.unexpected()).toEqual([]);
});

saysSo(site, [
  ['empty', 'dashboards', 'text=There are no dashboards'],
  ['empty', 'dashboards/shop', '.dash-nothing >> text=No data'],
  ['busy', 'dashboards/none', 'text=This dashboard has no panels'],
  ['busy', 'dashboards/nowhere', 'text=Could not load this dashboard'],
  ['error', 'dashboards', 'text=The database is locked'],
  ['error', 'dashboards/shop', 'text=The database is locked'],
  ['slow', 'dashboards', 'role=status[name="Loading the dashboards"]'],
  ['slow', 'dashboards/shop', 'role=status[name="Loading the dashboard"]'],
]);
