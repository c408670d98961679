import { spawnSync } from 'node:child_process';
import { beforeAll, expect, it, vi } from 'vitest';
import type { AlertsJson, FindingsJson, InboxJson } from '../../src/api/skopos/contract.ts';
import { useRealSkopos } from './support/real-skopos.ts';

/** One bad change is made to the example shop. */
const skopos = useRealSkopos();

async function get<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${skopos.url}api/skopos/v1/${path}`)).json()) as Answer;
}

beforeAll(async () => {
  skopos.shop.makePrivileged();
  await vi.waitFor(async () => expect((await get<InboxJson>('inbox')).total).toBe(1), {
    timeout: 60_000,
    interval: 100,
  });
});

it('answers the first question on the overview', async () => {
  const visit = await skopos.open('');
  const { page } = visit;
  await page.getByText('Is it safe?').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('NSA').first().waitFor();
  await page.getByText('Deployment shop/cart').first().waitFor();
  await visit.looksRight('real-overview');
  expect(visit.complaints).toEqual([]);
});

it('leads from the list of findings to the line at fault and the patch that mends it', async () => {
  const { total } = await get<FindingsJson>('findings?status=open&limit=1');
  const visit = await skopos.open('findings');
  const { page } = visit;
  const grid = page.getByRole('grid');
  await grid.waitFor();
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
  await visit.picture('real-findings');
  await grid.getByRole('row').filter({ hasText: 'Privileged container' }).filter({ hasText: 'cart' }).click();
  await page.getByRole('heading', { name: 'Privileged container' }).waitFor();
  const marked = page.locator('.line.marked');
  await marked.first().waitFor();
  expect(await marked.first().textContent()).toContain('privileged: true');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy patch' }).click();
  const patch = (await page.evaluate('navigator.clipboard.readText()')) as string;
  expect(patch).toMatch(/^-.*privileged: true$/m);
  const check = spawnSync('git', ['apply', '--check', '-'], {
    cwd: skopos.shop.folder,
    input: patch,
    encoding: 'utf8',
  });
  expect(check).toMatchObject({ status: 0, stderr: '' });
  await page.getByText('cart/deployment.yaml').first().waitFor();
  await visit.looksRight('real-finding');
  expect(visit.complaints).toEqual([]);
});

it('shows an alert with all that led to it and came of it', async () => {
  const { items } = await get<AlertsJson>('alerts');
  const alert = items.find(({ name }) => name === 'SkoposNewHighFinding');
  const visit = await skopos.open(`alerts/${alert?.fingerprint}`);
  const { page } = visit;
  await page
    .getByRole('heading', { name: /Privileged container|SkoposNewHighFinding/ })
    .first()
    .waitFor();
  for (const hop of ['change', 'verdict', 'finding', 'rule', 'alert', 'route', 'notify', 'receipt'])
    await page
      .locator('main')
      .getByText(new RegExp(`\\b${hop}`, 'i'))
      .first()
      .waitFor();
  await visit.looksRight('real-alert');
  expect(visit.complaints).toEqual([]);
});

it('shows the message, and that it is resolved once the change is taken back', async () => {
  const visit = await skopos.open('inbox');
  const { page } = visit;
  await page.locator('.mail-list a').first().click();
  await page.getByRole('article').waitFor();
  await page
    .getByRole('article')
    .getByText(/New high finding: Privileged container \(C-0057\) on Deployment shop\/cart/)
    .first()
    .waitFor();
  await visit.picture('real-inbox');
  skopos.shop.revert();
  await page.locator('.mail-list a').filter({ hasText: 'RESOLVED' }).waitFor({ timeout: 20_000 });
  await visit.picture('real-inbox-resolved');
  expect(visit.complaints).toEqual([]);
});

it('runs a drill and shows each hop of it', async () => {
  const visit = await skopos.open('drills');
  const { page } = visit;
  await page.getByRole('button', { name: 'Run a drill' }).click();
  await page
    .getByText(/Arrived in [\d.]+ m?s/)
    .first()
    .waitFor({ timeout: 20_000 });
  await visit.picture('real-drill');
  expect(visit.complaints).toEqual([]);
});
