import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { type ReadAllOptions, readAll } from './read-all.ts';
import { type FileContent, readObjects } from './read-objects.ts';
import { ReaderThread } from './reader-thread.ts';

const padding = 'x'.repeat(60_000);

/** A folder of enough text for a thread: 40 config maps, of which every tenth is broken. */
async function largeFolder(): Promise<{ folder: string; files: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-read-all-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = Array.from({ length: 40 }, (_, i) => `${String(i).padStart(2, '0')}.yaml`);
  for (const [i, file] of files.entries()) {
    const broken = i % 10 === 9 ? '---\na: [1\n' : '';
    await writeFile(
      join(folder, file),
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${i}}\ndata: {a: ${padding}}\n${broken}`,
    );
  }
  return { folder, files };
}

async function collect(
  folder: string,
  files: readonly string[],
  startThread: ReadAllOptions['startThread'],
  signal = new AbortController().signal,
): Promise<FileContent[]> {
  const found: FileContent[] = [];
  for await (const content of readAll({ folder, files, keepConfigMapValues: true, signal, startThread }))
    found.push(content);
  return found;
}

/** A thread that answers so many jobs and then ends. */
function endingAfter(answers: number, given: string[] = []): ReadAllOptions['startThread'] {
  return (onContent, onEnd) => {
    let left = answers;
    return {
      read(job) {
        given.push(job.file);
        if (left-- > 0) void readObjects(job).then(onContent);
        else if (left === -1) setTimeout(onEnd);
      },
      close: async () => undefined,
    };
  };
}

it.each([0, 1, 7, 1000])(
  'files come in their order, each once, whether a thread answers %i of them or all',
  async (answers) => {
    const { folder, files } = await largeFolder();
    const given: string[] = [];
    const found = await collect(folder, files, endingAfter(answers, given));
    expect(given.length).toBeGreaterThan(0);
    expect(found).toEqual(await collect(folder, files, () => undefined));
    expect(found.map(({ file }) => file)).toEqual(files);
    expect(found.flatMap(({ problems }) => problems.map(({ file, line }) => `${file}:${line}`))).toEqual(
      ['09', '19', '29', '39'].map((name) => `${name}.yaml:7`),
    );
  },
);

it('little is read without a thread', async () => {
  const { folder, files } = await largeFolder();
  const found = await collect(folder, files.slice(0, 3), () => expect.fail('a thread was started'));
  expect(found).toHaveLength(3);
});

it('ends when told to, also while it waits for the thread, and closes it', async () => {
  const { folder, files } = await largeFolder();
  const stop = new AbortController();
  let isClosed = false;
  const found = await collect(
    folder,
    files,
    () => ({
      read: () => void setTimeout(() => stop.abort(), 50),
      close: async () => {
        isClosed = true;
      },
    }),
    stop.signal,
  );
  expect(found).toEqual([]);
  expect(isClosed).toBe(true);
});

it('a file that is gone by its turn is said to be', async () => {
  const { folder } = await largeFolder();
  const found = await collect(folder, ['none.yaml'], () => undefined);
  expect(found).toEqual([{ file: 'none.yaml', mark: undefined, objects: [], problems: [] }]);
});

it.each([
  ['throws', 'throw new Error("broken")'],
  ['ends', 'process.exit(0)'],
  ['needs too much memory', 'const all = []; for (;;) all.push(new Array(1e6).fill({}))'],
])('a real thread that %s is made up for', async (_, script) => {
  const { folder, files } = await largeFolder();
  const url = pathToFileURL(join(folder, 'worker.mjs'));
  await writeFile(
    url,
    `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${script} });`,
  );
  const found = await collect(
    folder,
    files,
    (onContent, onEnd) => new ReaderThread(url, onContent, onEnd, 24),
  );
  expect(found.map(({ file }) => file)).toEqual(files);
});
