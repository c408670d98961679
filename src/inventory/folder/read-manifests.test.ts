import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManifestError, readManifests } from './read-manifests.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skopos-read-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pod = (name: string, extra = '') => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n${extra}`;

it('reads standard input, one file, and a folder, naming files as they were asked for', async () => {
  const text = await readManifests({ text: pod('a') });
  expect(text.objects[0]?.origin).toEqual({ source: 'folder', file: '-', line: 1 });
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'sub/a.yaml'), pod('a'));
  await writeFile(join(folder, 'odd-name.txt'), pod('b'));
  const all = await readManifests({ path: folder });
  expect(all.objects.map(({ origin }) => origin.file)).toEqual([join(folder, 'sub/a.yaml')]);
  // A file that is asked for by name is read whatever its name is.
  const one = await readManifests({ path: join(folder, 'odd-name.txt') });
  expect(one.objects[0]?.object.metadata.name).toBe('b');
});

it('goes through everything before it refuses, and lists every place', async () => {
  await writeFile(join(folder, 'a.yaml'), `${pod('a')}---\nx: [\n`);
  await writeFile(join(folder, 'b.yaml'), pod('b'));
  await writeFile(join(folder, 'c.json'), '{"kind": }');
  const error = await readManifests({ path: folder }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ManifestError);
  const { code, message, objects } = error as ManifestError;
  expect(code).toBe('BAD_INPUT');
  expect(message.split('\n').map((line) => line.replace(/: .*/, ''))).toEqual([
    expect.stringMatching(/a\.yaml:\d+:\d+$/),
    expect.stringMatching(/c\.json:1:\d+$/),
  ]);
  expect(objects.map(({ object }) => object.metadata.name)).toEqual(['a', 'b']);
});

it('takes the last of an object that is given twice, and warns', async () => {
  const { objects, problems } = await readManifests({
    text: `${pod('a', 'spec: 1\n')}---\n${pod('a', 'spec: 2\n')}`,
  });
  expect(objects.map(({ object }) => object['spec'])).toEqual([2]);
  expect(problems).toMatchObject([
    { severity: 'warning', line: 1, message: expect.stringMatching(/again at -:\d/) },
  ]);
});

it('refuses a path that is not there', async () => {
  await expect(readManifests({ path: join(folder, 'none') })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringMatching(/cannot read .*none/),
  });
});
