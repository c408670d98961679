import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useChromium } from './support/browser.ts';
import { phone } from './support/look.ts';
import { useSite } from './support/site.ts';

const dist = join(import.meta.dirname, '../../web/dist');
const chromium = useChromium();
const site = useSite(chromium);
const behindPrefix = useSite(chromium, '/tools/skopos/');

function pathOf(page: Page): string {
  const url = new URL(page.url());
  return `${url.pathname}${url.search}`;
}

describe('keyboard', () => {
  it('goes to each page with g and a letter', async () => {
    const visit = await site.open('');
    const { page } = visit;
    await page.locator('h1').waitFor();
    for (const [key, path] of [
      ['f', '/findings'],
      ['a', '/alerts'],
      ['i', '/inbox'],
      ['d', '/drills'],
      ['l', '/ledger'],
      ['o', '/'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await expect.poll(() => pathOf(page)).toBe(path);
    }
    expect(visit.unexpected()).toEqual([]);
  });

  it('opens the help with ? without a breach of the security policy, and closes it with Escape', async () => {
    const visit = await site.open('');
    const { page } = visit;
    await page.locator('h1').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await visit.looksRight('help');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(visit.unexpected()).toEqual([]);
  });

  it('searches with /, moves with the arrows, opens with Enter, and comes back to the same place', async () => {
    const visit = await site.open('findings');
    const { page } = visit;
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('hostport');
    await expect.poll(() => pathOf(page)).toBe('/findings?q=hostport');
    await page.locator('[role=grid][aria-busy=false]').waitFor();
    await page.getByText('Container hostPort').first().waitFor();
    await page.keyboard.press('ArrowDown');
    for (let step = 0; step < 40; step++) await page.keyboard.press('ArrowDown');
    const active = page.locator('[role=row][data-active]');
    await expect.poll(() => active.getAttribute('aria-rowindex')).toBe('42');
    const offset = await scrollTop(page);
    expect(offset).toBeGreaterThan(0);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Container hostPort' }).waitFor();
    await page.goBack();
    await expect.poll(() => scrollTop(page)).toBe(offset);
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await expect.poll(() => scrollTop(page)).toBeGreaterThan(20_000);
    expect(visit.unexpected()).toEqual([]);
  });

  it('leaves typing alone', async () => {
    const { page } = await site.open('findings');
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ga?');
    expect(await page.getByRole('searchbox').inputValue()).toBe('ga?');
    expect(new URL(page.url()).pathname).toBe('/findings');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

function scrollTop(page: Page): Promise<number> {
  return page.evaluate(`document.querySelector('[role=grid]')?.scrollTop ?? -1`) as Promise<number>;
}

describe('findings', () => {
  it('keeps every filter in the address, through a reload', async () => {
    const visit = await site.open('findings');
    const { page } = visit;
    await page.getByRole('grid').waitFor();
    await page.getByRole('button', { name: 'Severity' }).first().click();
    await page.getByRole('checkbox', { name: /High/ }).check();
    await visit.looksRight('findings-filter');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await page.getByRole('button', { name: 'Where' }).click();
    await page
      .getByRole('columnheader', { name: 'Where', exact: false })
      .and(page.locator('[aria-sort=ascending]'))
      .waitFor();
    await page.locator('[role=grid][aria-busy=false]').waitFor();
    const address = pathOf(page);
    expect(address).toBe('/findings?severity=high&status=all&sort=object');
    const said = await page.locator('header [role=status]').textContent();
    const first = await page.locator('[aria-rowindex="2"]').textContent();
    await page.reload();
    await page.locator('[role=grid][aria-busy=false]').waitFor();
    expect(pathOf(page)).toBe(address);
    expect(await page.locator('header [role=status]').textContent()).toBe(said);
    expect(await page.locator('[aria-rowindex="2"]').textContent()).toBe(first);
    await page.getByTitle('Take this filter away').click();
    await expect.poll(() => pathOf(page)).toBe('/findings?status=all&sort=object');
    expect(visit.unexpected()).toEqual([]);
  });

  it('scrolls through 10,000 rows, drawing few of them and none slowly', async () => {
    const visit = await site.open('findings?status=all');
    const { page } = visit;
    const grid = page.getByRole('grid');
    await grid.waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe('10001');
    const steps = 100;
    const workedMs = await visit.worked(`(async () => {
      const grid = document.querySelector('[role=grid]');
      for (let step = 0; step <= ${steps}; step++) {
        grid.scrollTop = (grid.scrollHeight * step) / ${steps};
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
      }
    })()`);
    await page.locator('[aria-rowindex="10001"] .vt-link').waitFor();
    expect(await page.locator('[role=row]').count()).toBeLessThan(80);
    expect(workedMs / steps).toBeLessThan(50);
    await visit.picture('findings-end');
  });

  it('exports exactly what is filtered as CSV', async () => {
    const visit = await site.open('findings?severity=critical');
    const { page } = visit;
    await page.getByRole('grid').waitFor();
    const total = Number((await page.locator('header [role=status]').textContent())?.replace(/\D/g, ''));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
    expect(lines).toHaveLength(total + 1);
    expect(lines[0]).toMatch(/^id,severity,control/);
    expect(lines.slice(1).every((line) => line.split(',')[1] === 'critical')).toBe(true);
    expect(visit.unexpected()).toEqual([]);
  });

  it('says when filters let nothing through, and clears them', async () => {
    const { page } = await site.open('findings?q=no-such-thing');
    await page.getByText('No finding is like that').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByRole('grid').waitFor();
    expect(pathOf(page)).toBe('/findings');
  });

  it('does not move rows under the pointer when the list changes', async () => {
    const { page } = await site.open('findings');
    await page.getByRole('grid').hover();
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/findings?')) asked++;
    });
    site.api.emit('changed', { what: 'findings' });
    await page.getByRole('button', { name: 'The list has changed: show' }).waitFor();
    expect(asked).toBe(0);
    await page.mouse.move(5, 5);
    await expect.poll(() => asked).toBeGreaterThan(0);
  });

  it('marks the line of the evidence and copies the patch', async () => {
    const { page } = await site.open('findings/a11ce00000000000');
    const marked = page.locator('.line.marked');
    await marked.waitFor();
    expect(await marked.textContent()).toMatch(/privileged: true.*is true, should be false/s);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy patch' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain('+            privileged: false');
  });
});

describe('live', () => {
  it('shows a new row of the ledger at once', async () => {
    const visit = await site.open('');
    const { page } = visit;
    await page.getByText('Live', { exact: true }).waitFor();
    site.api.emit('ledger', {
      id: 5000,
      atMs: Date.now(),
      cause: 'chg-live',
      hop: 'change',
      subject: 'apps/Deployment/shop/arrived-just-now',
      decision: 'modified',
      detail: {},
    });
    await page.getByText('Deployment shop/arrived-just-now').waitFor();
    expect(visit.unexpected()).toEqual([]);
  });

  it('says that the connection is lost, greys what is old, and recovers by itself', async () => {
    const visit = await site.open('');
    const { page } = visit;
    await page.getByText('Live', { exact: true }).waitFor();
    site.api.events(false);
    await page.getByRole('alert').filter({ hasText: 'Connection lost' }).waitFor();
    expect(await page.locator('main').getAttribute('data-stale')).toBe('true');
    await visit.picture('lost');
    site.api.events(true);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(await page.locator('main').getAttribute('data-stale')).toBeNull();
  });

  it('shows old data greyed with its age when it cannot be loaded again', async () => {
    const { page } = await site.open('alerts');
    await page.getByRole('grid').waitFor();
    site.api.mode = 'error';
    site.api.emit('changed', { what: 'alerts' });
    await page.getByText(/Could not load the alerts again: The database is locked/).waitFor();
    await page.locator('.stale [role=grid]').waitFor();
    site.api.mode = 'busy';
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.stale').waitFor({ state: 'detached' });
  });
});

describe('inbox', () => {
  it('moves from message to message with the arrows, and keeps its place', async () => {
    const visit = await site.open('inbox');
    const { page } = visit;
    const links = page.locator('.mail-list a');
    await links.nth(0).focus();
    for (let step = 0; step < 30; step++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('article').waitFor();
    expect(pathOf(page)).toBe('/inbox/100');
    expect(await page.evaluate(`document.querySelector('.mail-list').scrollTop`)).toBeGreaterThan(500);
    expect(await page.evaluate('document.activeElement?.getAttribute("href")')).toBe('/inbox/100');
    await page.getByRole('button', { name: 'Older messages' }).click();
    await expect.poll(() => links.count()).toBe(130);
    expect(visit.unexpected()).toEqual([]);
  });

  it('marks a drill, shows what is resolved as such, and never makes HTML of a message', async () => {
    const { page } = await site.open('inbox/128');
    await page.getByText('Drill: nothing is wrong').waitFor();
    await page.goto(`${site.api.url}inbox/129`);
    await page.locator('.message[data-severity=resolved]').waitFor();
    await page.goto(`${site.api.url}inbox/130`);
    await page.getByText('1 < 2 & so on').waitFor();
    expect(await page.getByRole('link', { name: 'Runbook' }).getAttribute('rel')).toContain('noreferrer');
  });
});

describe('drills', () => {
  it('runs one from the overview and shows its hops', async () => {
    const visit = await site.open('');
    const { page } = visit;
    await page.getByRole('button', { name: 'Run a drill' }).click();
    await page.getByRole('link', { name: 'Last drill' }).click();
    await page.getByText('Arrived in 184 ms').first().waitFor();
    await expect.poll(() => page.locator('.drills > li').count()).toBe(4);
    expect(visit.unexpected()).toEqual([]);
  });

  it('asks before it disturbs real people', async () => {
    const { page } = await site.open('drills');
    await page.getByLabel('Where it should arrive').selectOption('slack-security');
    const run = page.getByRole('button', { name: 'Run a drill' });
    expect(await run.isDisabled()).toBe(true);
    await page.getByRole('checkbox').check();
    const [request] = await Promise.all([
      page.waitForRequest((each) => each.method() === 'POST'),
      run.click(),
    ]);
    expect(request.postDataJSON()).toEqual({ receiver: 'slack-security' });
  });

  it('says where one stopped and why', async () => {
    const visit = await site.open('drills/drill-2');
    const { page } = visit;
    await page.getByText('Stopped before notify').waitFor();
    await page.getByText(/HTTP 403 invalid_token. Make a new webhook/).waitFor();
    await visit.looksRight('drill-stopped');
  });
});

describe('serving', () => {
  it('works behind a path prefix, on nested addresses too', async () => {
    const visit = await behindPrefix.open('findings/a11ce00000000000');
    const { page } = visit;
    await page.getByRole('heading', { name: 'Privileged container' }).waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByText('Is it safe?').waitFor();
    expect(pathOf(page)).toBe('/tools/skopos/');
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /^Alerts/ })
      .click();
    await page.getByRole('grid').waitFor();
    await page.reload();
    await page.getByRole('grid').waitFor();
    expect(pathOf(page)).toBe('/tools/skopos/alerts');
    expect(visit.unexpected()).toEqual([]);
  });

  it('remembers the colours that were chosen', async () => {
    const { page } = await site.open('');
    await page.getByRole('button', { name: /Colours/ }).click();
    await page.getByRole('button', { name: /Colours/ }).click();
    await page.reload();
    await page.getByText('Colours: Dark').waitFor();
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  });

  it('opens and closes the navigation on a phone', async () => {
    const visit = await site.open('', { look: phone });
    const { page } = visit;
    await page.getByText('Is it safe?').waitFor();
    const alerts = page.locator('nav[aria-label="Pages"] a', { hasText: 'Alerts' });
    expect(await alerts.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Open the navigation' }).click();
    await visit.still();
    await visit.picture('phone-navigation');
    await alerts.click();
    await page.getByRole('grid').waitFor();
    expect(await alerts.isVisible()).toBe(false);
  });

  it('needs less than 300 KB of compressed script for the first view', async () => {
    const { page } = await site.open('');
    await page.getByText('Is it safe?').waitFor();
    const scripts = (await page.evaluate(
      `performance.getEntriesByType('resource').map((each) => each.name).filter((name) => name.endsWith('.js'))`,
    )) as string[];
    const bytes = scripts.map((name) => gzipSync(readFileSync(join(dist, new URL(name).pathname))).length);
    expect(scripts.length).toBeGreaterThan(1);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(300_000);
  });
});
