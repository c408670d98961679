import { describe, expect, it } from 'vitest';
import { looksRight, saysSo } from './support/same-for-all.ts';
import { useSite } from './support/site.ts';

const site = useSite();
const digest = (i: number) =>
  encodeURIComponent(`sha256:${String(i).padStart(5, '0').repeat(13).slice(0, 64)}`);
const chosen = encodeURIComponent('CVE-2026-40001|deb|openssl|3.0.11-1~deb12u2');

looksRight(
  [
    { name: 'images', path: 'images', there: '[role=grid] >> text=ghcr.io/shop/cart:1.0.0' },
    { name: 'images-unknown', path: 'images?state=unknown', there: '[role=grid] >> text=Unknown' },
    { name: 'image', path: `image?id=${digest(0)}`, there: '[role=grid] >> text=CVE-2026-40001' },
    { name: 'image-why', path: `image?id=${digest(0)}&v=${chosen}`, there: 'text=Why it is said to be here' },
    {
      name: 'image-ignored',
      path: `image?id=${digest(0)}&view=ignored`,
      there: 'text=disputed by the authors',
    },
    {
      name: 'image-packages',
      path: `image?id=${digest(0)}&view=packages`,
      there: '[role=grid] >> text=openssl',
    },
    { name: 'image-layers', path: `image?id=${digest(0)}&view=layers`, there: 'text=388 packages' },
    { name: 'image-unknown', path: `image?id=${digest(1)}`, there: 'text=it wants a login' },
    { name: 'image-scanning', path: `image?id=${digest(3)}`, there: 'text=4 of 9 layers' },
    { name: 'cve', path: 'cves/CVE-2026-40001', there: 'text=Somebody exploits it' },
    { name: 'image-news', path: 'images/news?since=7d', there: '[role=grid] >> text=CVE-2026-40002' },
  ],
  site.load,
);

saysSo(site, [
  ['empty', 'images', 'text=Images are not scanned here'],
  ['empty', 'images/news', 'text=Images are not scanned here'],
  ['empty', 'cves/CVE-2020-1', 'text=Could not load this vulnerability'],
  ['empty', 'image?id=none', 'text=Could not load this image'],
  ['error', 'images', 'text=The database is locked'],
  ['error', 'images/news', 'text=The database is locked'],
  ['error', `image?id=${digest(0)}`, 'text=The database is locked'],
  ['error', 'cves/CVE-2026-40001', 'text=The database is locked'],
  ['slow', 'images', 'role=status[name="Loading the images"]'],
  ['slow', 'images/news', 'role=status[name="Loading the news"]'],
  ['slow', `image?id=${digest(0)}`, 'role=status[name="Loading the image"]'],
  ['slow', 'cves/CVE-2026-40001', 'role=status[name="Loading the vulnerability"]'],
]);

describe('the list of images', () => {
  it('holds 10,000 rows, of which few are drawn, and reaches the last by keyboard', async () => {
    const { page } = await site.open('images');
    await page.locator('[role=status]', { hasText: '10,000 images' }).waitFor();
    const grid = page.locator('[role=grid]');
    await grid.focus();
    await page.keyboard.press('End');
    await page.locator('[role=row][aria-rowindex="10001"]').waitFor();
    expect(await grid.locator('[role=row]').count()).toBeLessThan(100);
  });

  it('keeps what is chosen in the address, and goes to the image by Enter', async () => {
    const { page } = await site.open('images');
    await page.getByRole('button', { name: 'Exploited', exact: true }).first().click();
    await expect.poll(() => page.url()).toContain('only=exploited');
    await page.locator('[role=status]', { hasText: '1 image' }).waitFor();
    await page.getByRole('searchbox').fill('cart');
    await expect.poll(() => page.url()).toContain('q=cart');
    await page.reload();
    await page.locator('[role=grid] >> text=ghcr.io/shop/cart:1.0.0').waitFor();
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'ghcr.io/shop/cart' }).waitFor();
  });

  it('sorts by the address, and shows no number where nothing is known', async () => {
    const { page } = await site.open('images?state=unknown');
    await page.locator('[role=grid] >> text=Unknown').first().waitFor();
    expect(await page.locator('[role=row][aria-rowindex="2"] [role=gridcell]').nth(2).textContent()).toBe(
      '–',
    );
    await page.getByRole('button', { name: 'Image', exact: true }).click();
    await expect.poll(() => page.url()).toContain('sort=name');
  });
});

describe('one image', () => {
  it('says why a vulnerability is there, and leads to its page', async () => {
    const { page } = await site.open(`image?id=${digest(0)}`);
    await page.locator('[role=grid] a', { hasText: 'CVE-2026-40001' }).first().click();
    const why = page.locator('section[aria-label="Why CVE-2026-40001 is here"]');
    await why.waitFor();
    const text = (await why.textContent()) ?? '';
    for (const part of ['< 3.0.16-1~deb12u1', 'dpkg', 'upgrade to 3.0.16-1~deb12u1', 'layer 1 of 3'])
      expect(text).toContain(part);
    await why.locator('h2 a').click();
    await page.locator('text=Somebody exploits it').waitFor();
  });

  it('is scanned on request by a job', async () => {
    const { page } = await site.open(`image?id=${digest(1)}`);
    await page.getByRole('button', { name: 'Scan now' }).click();
    await page.locator('a[href$="jobs/job-17"]').waitFor();
  });

  it('gives its SBOM in both formats', async () => {
    const { page } = await site.open(`image?id=${digest(0)}`);
    const link = page.getByRole('link', { name: 'SPDX' });
    await link.waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(file.suggestedFilename()).toMatch(/\.spdx\.json$/);
  });

  it('leads from a layer to the packages that it brought', async () => {
    const { page } = await site.open(`image?id=${digest(0)}&view=layers`);
    await page.getByRole('link', { name: '24 packages' }).click();
    await page.locator('text=Of layer 3').waitFor();
    await page.locator('[role=grid] >> text=library-388').waitFor();
  });
});

it('makes no link of what is no web address', async () => {
  const { page } = await site.open('cves/CVE-2026-40001');
  await page.locator('text=javascript:alert(1)').waitFor();
  expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
});

it('tells the news of a kind and since a time that is in the address', async () => {
  const { page } = await site.open('images/news');
  await page.getByRole('button', { name: /^Fixed/ }).click();
  await expect.poll(() => page.url()).toContain('kind=fixed');
  await page.getByRole('button', { name: 'Week' }).click();
  await expect.poll(() => page.url()).toContain('since=7d');
  await page.locator('[role=grid] >> text=Fixed').first().waitFor();
  expect(await page.locator('[role=grid] >> text=Ignored').count()).toBe(0);
});
