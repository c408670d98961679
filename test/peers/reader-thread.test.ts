import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type ReadAllOptions, readAll } from '../../src/inventory/folder/read-all.ts';
import type { FileContent } from '../../src/inventory/folder/read-objects.ts';
import { ReaderThread } from '../../src/inventory/folder/reader-thread.ts';

const worker = new URL('../../dist/app/read-objects.worker.js', import.meta.url);

it('the thread of the built program reads what the main thread reads, mistakes and their places included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-reader-thread-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const texts: Readonly<Record<string, string>> = {
    'a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\ndata: {a: ${'ä€😀'.repeat(300_000)}}\n`,
    'b.yaml': 'a: 1\n---\na: [1\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, labels: {v: 1}}\n',
    'c.json': '{"apiVersion": "v1",\n "kind": }',
    'd.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: aHVzaA==}\n',
    'e.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: e}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: e}\n',
    'f.yaml': 'a: \0',
  };
  for (const [file, text] of Object.entries(texts)) await writeFile(join(folder, file), text);
  const files = [...Object.keys(texts), 'gone.yaml'];
  const read = async (startThread: ReadAllOptions['startThread']) => {
    const found: FileContent[] = [];
    const { signal } = new AbortController();
    for await (const content of readAll({ folder, files, keepConfigMapValues: true, signal, startThread }))
      found.push(content);
    return found;
  };
  let answers = 0;
  const withThread = await read(
    (onContent, onEnd) =>
      new ReaderThread(
        worker,
        (content) => {
          answers++;
          onContent(content);
        },
        onEnd,
      ),
  );
  expect(answers).toBeGreaterThan(0);
  expect(withThread).toEqual(await read(() => undefined));
  expect(JSON.stringify(withThread)).not.toContain('aHVzaA');
});
