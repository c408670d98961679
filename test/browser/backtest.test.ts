import { describe, expect, it } from 'vitest';
import { looksRight, saysSo } from './support/same-for-all.ts';
import { useSite } from './support/site.ts';

const site = useSite();

looksRight(
  [
    {
      name: 'backtest',
      path: 'backtest?id=b1',
      there: 'text=300 notifications in 7 d; 148 alerts would have fired',
    },
  ],
  site.load,
);

describe('the page of back-tests', () => {
  it('says of each alert in words what the picture shows, and shows more when asked', async () => {
    const { page } = await site.open('backtest?id=b1');
    const rows = page.locator('[aria-label="Rule CartDown"] li');
    await expect.poll(() => rows.count()).toBe(20);
    expect(await rows.first().locator('[role=img]').getAttribute('aria-label')).toMatch(
      /fired \d+ times?, \d+ \w+ in all/,
    );
    await page.getByRole('button', { name: '40 more alerts' }).click();
    await expect.poll(() => rows.count()).toBe(60);
  });

  it('shows how far one is that runs, begins another, and keeps which in the address', async () => {
    const { page } = await site.open('backtest');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('text=/Trying all rules that run: 40 %/').waitFor();
    expect(page.url()).toContain('id=b2');
    expect(await page.locator('progress').getAttribute('value')).toBe('0.4');
  });
});

saysSo(site, [
  ['empty', 'backtest', 'text=Nothing has been tried yet'],
  ['slow', 'backtest', 'role=status[name="Loading"]'],
  ['error', 'backtest', 'text=Could not load the back-tests'],
]);
