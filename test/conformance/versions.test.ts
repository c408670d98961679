import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { defaultPath, run } from './versions.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-versions-'));
  if (process.env['VERBOSE'] === undefined) vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

it('counts rows that agree and rows that do not', async () => {
  const vectors = {
    scheme: 'dpkg',
    compare: [
      ['1.0', '<', '1.1'],
      ['1.0', '>', '1.1'],
    ],
    constraint: [
      ['1.0', '< 2', true],
      ['1.0', '> 2', true],
    ],
  };
  await writeFile(join(folder, 'dpkg.json'), JSON.stringify(vectors));
  expect(await run(folder)).toEqual({ passed: 2, failed: 2, skipped: 0 });
});

it.skipIf(!existsSync(defaultPath))('passes every row at hand', async () => {
  expect(await run()).toMatchObject({ failed: 0 });
});
