import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defaultPaths, run } from './prometheus-config.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-prometheus-config-'));
  if (process.env['VERBOSE'] === undefined) vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

it('goes by the name of a file where nothing else says what is expected', async () => {
  await writeFile(join(folder, 'good.yml'), 'scrape_configs: [{ job_name: a }]\n');
  await writeFile(join(folder, 'other.bad.yml'), 'scrape_configs: [{ job_nam: a }]\n');
  await writeFile(join(folder, 'wrong.yml'), 'scrape_configs: [{ job_nam: a }]\n');
  expect(await run(folder)).toEqual({ passed: 2, failed: 1, skipped: 0 });
});

it('compares values, and why a file is refused', async () => {
  await writeFile(
    join(folder, 'a.yml'),
    'global: { scrape_interval: 15s }\nscrape_configs: [{ job_name: a }]\n',
  );
  await writeFile(join(folder, 'b.yml'), 'scrape_configs: [{ job_name: "" }]\n');
  const cases = [
    { file: 'a.yml', loads: true, resolved: { 'scrape_configs[0].scrape_interval': '15s' } },
    { file: 'a.yml', loads: true, resolved: { 'scrape_configs[0].scrape_interval': '1m' } },
    { file: 'b.yml', loads: false, error_contains: 'job_name is empty' },
    { file: 'b.yml', loads: false, error_contains: 'found multiple' },
    { file: 'b.yml', loads: true },
  ];
  await writeFile(join(folder, 'expected.json'), JSON.stringify(cases));
  expect(await run(folder)).toEqual({ passed: 2, failed: 3, skipped: 0 });
});

it.skipIf(!existsSync(defaultPaths[0] ?? ''))('passes every case at hand', async () => {
  expect(await run()).toMatchObject({ failed: 0 });
});
