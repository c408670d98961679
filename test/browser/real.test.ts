import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { AlertsJson, FindingsJson, InboxJson } from '../../src/api/skopos/contract.ts';
import { copyShop, type Workshop } from '../support/run-skopos.ts';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';
import { launch, Visit } from './support/browser.ts';

/** The pages on the real thing: `skopos up` on a copy of the example shop, with one bad change made to it. */
let browser: Browser;
let dir: string;
let shop: Workshop;
let skopos: SkoposProcess;
let url: string;
let visit: Visit | undefined;

async function get<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(`${url}api/skopos/v1/${path}`)).json()) as Answer;
}

async function open(path: string): Promise<Page> {
  visit = await Visit.open(browser, url + path);
  return visit.page;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'skopos-browser-'));
  shop = copyShop(dir);
  const listen = `127.0.0.1:${await freePort()}`;
  url = `http://${listen}/`;
  skopos = new SkoposProcess(['up', '--folder', shop.folder, '--data', shop.data, '--listen', listen], dir);
  [browser] = await Promise.all([launch(), skopos.ready(`http://${listen}`)]);
  shop.makePrivileged();
  await vi.waitFor(async () => expect((await get<InboxJson>('inbox')).total).toBe(1), {
    timeout: 20_000,
    interval: 100,
  });
});

afterEach(async () => {
  await visit?.close();
  visit = undefined;
});

afterAll(async () => {
  await browser.close();
  skopos.child.kill('SIGKILL');
  await skopos.ended;
  rmSync(dir, { recursive: true, force: true });
});

it('answers the first question on the overview', async () => {
  const page = await open('');
  await page.getByText('Is it safe?').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('NSA').first().waitFor();
  await page.getByText('Deployment shop/cart').first().waitFor();
  await page.waitForTimeout(500);
  await visit?.picture('real-overview');
  expect(await visit?.barriers()).toEqual([]);
  expect(visit?.complaints).toEqual([]);
});

it('leads from the list of findings to the line at fault and the patch that mends it', async () => {
  const { total } = await get<FindingsJson>('findings?status=open&limit=1');
  const page = await open('findings');
  const grid = page.getByRole('grid');
  await grid.waitFor();
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(total + 1));
  await visit?.picture('real-findings');
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
    cwd: shop.folder,
    input: patch,
    encoding: 'utf8',
  });
  expect(check).toMatchObject({ status: 0, stderr: '' });
  await page.getByText('cart/deployment.yaml').first().waitFor();
  await visit?.picture('real-finding');
  expect(await visit?.barriers()).toEqual([]);
  expect(visit?.complaints).toEqual([]);
});

it('shows an alert with all that led to it and came of it', async () => {
  const { items } = await get<AlertsJson>('alerts');
  const alert = items.find(({ name }) => name === 'SkoposNewHighFinding');
  const page = await open(`alerts/${alert?.fingerprint}`);
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
  await visit?.picture('real-alert');
  expect(await visit?.barriers()).toEqual([]);
  expect(visit?.complaints).toEqual([]);
});

it('shows the message, and that it is resolved once the change is taken back', async () => {
  const page = await open('inbox');
  await page.locator('.mail-list a').first().click();
  await page.getByRole('article').waitFor();
  await page
    .getByRole('article')
    .getByText(/New high finding: Privileged container \(C-0057\) on Deployment shop\/cart/)
    .first()
    .waitFor();
  await visit?.picture('real-inbox');
  shop.revert();
  await page.locator('.mail-list a').filter({ hasText: 'RESOLVED' }).waitFor({ timeout: 20_000 });
  await visit?.picture('real-inbox-resolved');
  expect(visit?.complaints).toEqual([]);
});

it('runs a drill and shows each hop of it', async () => {
  const page = await open('drills');
  await page.getByRole('button', { name: 'Run a drill' }).click();
  await page
    .getByText(/Arrived in [\d.]+ m?s/)
    .first()
    .waitFor({ timeout: 20_000 });
  await visit?.picture('real-drill');
  expect(visit?.complaints).toEqual([]);
});
