import { expect, it } from 'vitest';
import { looks } from './support/look.ts';
import { looksRight, saysSo } from './support/same-for-all.ts';
import { useSite } from './support/site.ts';

const site = useSite();

/** Pages of what is done on request, by the clock and at admission. */
looksRight(
  [
    { name: 'jobs', path: 'jobs', there: 'text=refuses the login' },
    { name: 'jobs-of-schedule', path: 'jobs?schedule=nightly-images', there: 'text=Runs of nightly-images' },
    { name: 'job', path: 'jobs/job-scan', there: 'text=Other than known' },
    { name: 'job-parts', path: 'jobs/job-images', there: 'text=14 parts' },
    { name: 'job-failed', path: 'jobs/job-registry', there: 'text=invalid username or password' },
    { name: 'schedules', path: 'schedules', there: 'text=its ConfigMap is gone' },
    { name: 'admission', path: 'admission', there: '[role=grid] >> text=workload-0-with-a-name' },
  ],
  site.load,
);

saysSo(site, [
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
]);

it('finds jobs by what they say and by their state, with the choice in the address', async () => {
  const { page } = await site.open('jobs');
  await page.getByLabel('Search jobs').fill('registry');
  await page.locator('text=1 job').first().waitFor();
  await expect.poll(() => page.url()).toContain('q=registry');
  await page.locator('[role=grid] >> text=refuses the login').first().waitFor();
});

it('goes from a job to its parts, and from a part back to it', async () => {
  const { page } = await site.open('jobs/job-images');
  await page.locator('text=Scan of the images of Deployment shop/cart-5').click();
  await page.locator('text=404 manifest unknown').first().waitFor();
  await page.getByRole('link', { name: 'job-images', exact: true }).click();
  await page.locator('text=14 parts').waitFor();
});

it('makes a recurring scan of a registry, and says at each field what is wrong with it', async () => {
  const visit = await site.open('schedules');
  const { page } = visit;
  await page.getByLabel('Scan', { exact: true }).selectOption({ label: 'A registry' });
  await page.getByLabel('Newest tags').fill('1.5');
  await page.getByLabel('Except').fill('*-Test');
  await page.getByLabel('Platforms').fill('arm64');
  await page.getByRole('button', { name: 'Create' }).click();
  for (const problem of ['A host, with its port', 'A whole number', '"*-Test" is no name', '"arm64" is none'])
    await page.getByText(problem).waitFor();
  for (const [name, look] of Object.entries(looks)) {
    await visit.show(look);
    await page.getByLabel('Platforms').scrollIntoViewIfNeeded();
    await visit.looksRight(`schedule-form-${name}`);
  }
  await page.getByLabel('Registry', { exact: true }).fill('ghcr.io/team');
  await page.getByLabel('Newest tags').fill('3');
  await page.getByLabel('Except').fill('*-test');
  await page.getByLabel('Platforms').fill('linux/arm64');
  const asked = page.waitForRequest(
    (request) => request.method() === 'POST' && request.url().endsWith('/schedules'),
  );
  await page.getByRole('button', { name: 'Create' }).click();
  const registry = {
    registryName: 'ghcr.io/team',
    depth: 3,
    exclude: ['*-test'],
    platforms: ['linux/arm64'],
  };
  expect((await asked).postDataJSON()).toMatchObject({ kind: 'registry', registry });
});

it('tries another policy on what runs, and says what it would have denied', async () => {
  const { page } = await site.open('admission');
  await page.getByRole('button', { name: /try/i }).first().click();
  await page.locator('text=214').first().waitFor();
});
