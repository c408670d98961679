import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defaultPath, run } from './promtool.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-promtool-test-'));
  if (process.env['VERBOSE'] === undefined) vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const rules = 'groups: [{ name: g, rules: [{ record: "a:b", expr: up }] }]\n';

it('compares exit statuses and texts', async () => {
  await writeFile(join(folder, 'r.yml'), rules);
  const cases = [
    { file: 'r.yml', command: 'check rules', exit_code: 0, output_contains: ['1 rules  found'] },
    { file: 'r.yml', command: 'check rules', exit_code: 1 },
    { file: 'r.yml', command: 'check rules', exit_code: 0, stdout_contains: ['2 rules found'] },
    { file: 'r.yml', command: 'check rules', exit_code: 0, stdin: true, stderr_lacks: ['WARNING'] },
    { file: 'r.yml', command: 'check rules', exit_code: 0, library_only: true },
  ];
  await writeFile(join(folder, 'expected.json'), JSON.stringify(cases));
  expect(await run(folder)).toEqual({ passed: 2, failed: 2, skipped: 1 });
});

it('runs every unit test of a folder that says nothing of what to expect', async () => {
  await writeFile(join(folder, 'r.yml'), rules);
  const test = (value: number) => `rule_files: [r.yml]
tests:
  - input_series: [{ series: up, values: 1 }]
    promql_expr_test: [{ expr: "a:b", eval_time: 0, exp_samples: [{ labels: "a:b", value: ${value} }] }]
`;
  await writeFile(join(folder, 'good.yml'), test(1));
  await writeFile(join(folder, 'wrong.yml'), test(2));
  expect(await run(folder)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

it.skipIf(!existsSync(defaultPath))('passes every case at hand', { timeout: 60_000 }, async () => {
  expect(await run()).toMatchObject({ failed: 0 });
});
