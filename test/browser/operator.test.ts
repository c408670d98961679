import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desk, launch, night, phone, Visit } from './support/browser.ts';
import { type FakeApi, type Mode, startFakeApi } from './support/fake-api.ts';

/** Pages of what is done on request, by the clock and at admission, and something that stands on each only once its data is there. */
const pages = [
  { name: 'jobs', path: 'jobs', there: 'text=refuses the login' },
  { name: 'jobs-of-schedule', path: 'jobs?schedule=nightly-images', there: 'text=Runs of nightly-images' },
  { name: 'job', path: 'jobs/job-scan', there: 'text=Other than known' },
  { name: 'job-parts', path: 'jobs/job-images', there: 'text=14 parts' },
  { name: 'job-failed', path: 'jobs/job-registry', there: 'text=invalid username or password' },
  { name: 'schedules', path: 'schedules', there: 'text=its ConfigMap is gone' },
  { name: 'admission', path: 'admission', there: '[role=grid] >> text=workload-0-with-a-name' },
  { name: 'doctor', path: 'doctor', there: 'text=40 things to mend' },
] as const;
const looks = { light: desk, dark: night, phone } as const;

let browser: Browser;
let api: FakeApi;

beforeAll(async () => {
  browser = await launch();
  api = await startFakeApi('busy');
});
afterAll(async () => {
  await browser.close();
  await api.close();
});

async function visit(mode: Mode, path: string, look = desk): Promise<Visit> {
  api.mode = mode;
  return await Visit.open(browser, api.url + path, look);
}

describe.each(pages)('$name', ({ name, path, there }) => {
  it.each(Object.entries(looks))('looks right in %s', async (lookName, look) => {
    const seen = await visit('busy', path, look);
    await seen.page.locator(there).first().waitFor();
    await seen.page.waitForTimeout(300);
    await seen.picture(`operator-${name}-${lookName}`);
    expect(seen.unexpected()).toEqual([]);
    expect(await seen.barriers()).toEqual([]);
    expect(await seen.sideways()).toBeLessThanOrEqual(0);
    await seen.close();
  });
});

const states: readonly (readonly [Mode, string, string])[] = [
  ['empty', 'jobs', 'text=Nothing has been scanned on request yet'],
  ['empty', 'jobs?state=failed', 'text=No job is like that'],
  ['empty', 'jobs/none', 'text=there is no job "none"'],
  ['empty', 'schedules', 'text=Nothing is scanned by the clock'],
  ['empty', 'admission', 'text=No webhook is configured'],
  ['error', 'jobs', 'text=The database is locked'],
  ['error', 'jobs/job-scan', 'text=The database is locked'],
  ['error', 'schedules', 'text=The database is locked'],
  ['error', 'admission', 'text=The database is locked'],
  ['slow', 'jobs', 'role=status[name="Loading the jobs"]'],
  ['slow', 'jobs/job-scan', 'role=status[name="Loading the job"]'],
  ['slow', 'schedules', 'role=status[name="Loading the recurring scans"]'],
  ['slow', 'admission', 'role=status[name="Loading the policy"]'],
];

it.each(states)('%s: /%s says so', async (mode, path, there) => {
  const seen = await visit(mode, path);
  await seen.page.locator(there).first().waitFor();
  await seen.picture(`operator-${mode}-${path.replaceAll(/\W/g, '-')}`);
  expect(seen.unexpected()).toEqual([]);
  expect(await seen.barriers()).toEqual([]);
  await seen.close();
});

it('finds jobs by what they say and by their state, with the choice in the address', async () => {
  const { page, close } = await opened('jobs');
  await page.getByLabel('Search jobs').fill('registry');
  await page.locator('text=1 job').first().waitFor();
  await expect.poll(() => page.url()).toContain('q=registry');
  await page.locator('[role=grid] >> text=refuses the login').first().waitFor();
  await close();
});

it('goes from a job to its parts, and from a part back to it', async () => {
  const { page, close } = await opened('jobs/job-images');
  await page.locator('text=Scan of the images of Deployment shop/cart-5').click();
  await page.locator('text=404 manifest unknown').first().waitFor();
  await page.getByRole('link', { name: 'job-images', exact: true }).click();
  await page.locator('text=14 parts').waitFor();
  await close();
});

it('tries another policy on what runs, and says what it would have denied', async () => {
  const { page, close } = await opened('admission');
  await page.getByRole('button', { name: /try/i }).first().click();
  await page.locator('text=214').first().waitFor();
  await close();
});

async function opened(path: string) {
  const seen = await visit('busy', path);
  return { page: seen.page, close: () => seen.close() };
}
