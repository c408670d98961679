import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defaultPath, run } from './openmetrics.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-openmetrics-'));
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function put(name: string, metrics: string, shouldParse: boolean): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'metrics'), metrics);
  await writeFile(
    join(folder, name, 'test.json'),
    JSON.stringify({ type: 'text', file: 'metrics', shouldParse }),
  );
}

it('counts what is accepted and refused as it should be, and what is not', async () => {
  await put('good', 'a 1\n# EOF\n', true);
  await put('bad', 'a 1\n', false);
  await put('wrongly-expected', 'a 1\n', true);
  await put('wrongly-refused', 'a 1\n# EOF\n', false);
  expect(await run(folder)).toEqual({ passed: 2, failed: 2, skipped: 0 });
});

it.skipIf(!existsSync(defaultPath))('passes every case at hand', async () => {
  expect(await run()).toMatchObject({ failed: 0 });
});
