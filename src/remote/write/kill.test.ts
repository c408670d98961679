import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startWriteReceiver } from '../../../test/support/write-receiver.ts';

const root = join(import.meta.dirname, '../../..');

/** Appends a sample of each of ten series again and again, says so once it was acknowledged, and sends them. */
const program = `
  const [module, dir, url, from, steps] = process.argv.slice(1);
  const { TimeSeriesStore, RemoteWrite, remoteWriteSchema, systemClock, silentLogger } = await import(module);
  const store = new TimeSeriesStore({ dir: dir + '/tsdb', clock: systemClock, log: silentLogger });
  const queue_config = { batch_send_deadline: '5ms', min_backoff: '5ms', max_backoff: '20ms', max_samples_per_send: 20, max_shards: 3, min_shards: 3 };
  const remote = new RemoteWrite({
    clock: systemClock, log: silentLogger, tsdbDir: dir + '/tsdb', dir: dir + '/remote-write', retentionMs: 86400000, metadata: () => [],
  });
  remote.load([remoteWriteSchema.parse({ url, queue_config })], {});
  remote.run(new AbortController().signal);
  while (remote.status()[0].shards === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let atMs = Number(from); atMs < Number(from) + Number(steps); atMs++) {
    store.append(Array.from({ length: 10 }, (_, i) => ({ labels: { __name__: 'n', i: String(i) }, atMs, value: atMs })));
    process.stdout.write(atMs + '\\n');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  setInterval(() => {}, 1000);`;

it('loses nothing when we are killed at any moment, though the receiver takes all of a request or nothing', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'remote-kill-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const module = compiled();
  const newest = new Map<string, number>();
  let count = 0;
  /** As Prometheus over version 1.0; away for a while now and then. */
  const receiver = await startWriteReceiver(({ series }) => {
    if (++count % 7 === 0) return { status: 503 };
    const seen = new Map(newest);
    for (const { labels, samples } of series) {
      const key = JSON.stringify(labels);
      for (const { atMs } of samples) {
        if (atMs < (seen.get(key) ?? 0)) return { status: 400, body: 'out of order sample' };
        seen.set(key, atMs);
      }
    }
    for (const [key, atMs] of seen) newest.set(key, atMs);
    return { status: 204 };
  });
  onTestFinished(() => receiver.close());
  const startMs = Date.now() - 3_600_000;
  let fromMs = startMs;
  const start = (steps: number): ChildProcess =>
    spawn(process.execPath, [
      ...['--input-type=module', '-e', program],
      ...[module, dir, receiver.url, String(fromMs), String(steps)],
    ]);
  for (let round = 0; round < 4; round++) {
    // What was appended at the end may be there without having been acknowledged.
    fromMs = (await killAfter(start(1e6), 100 + Math.random() * 300)) + 10;
  }
  const last = start(50);
  onTestFinished(() => void last.kill('SIGKILL'));
  await acknowledgedBy(last, 50);
  const missing = () => {
    const found = [...receiver.samples().values()];
    return found.length < 10
      ? acknowledgedTimes
      : acknowledgedTimes.filter((atMs) => !found.every((values) => values.has(atMs)));
  };
  for (let i = 0; i < 300 && missing().length > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 200));
  expect(acknowledgedTimes.length).toBeGreaterThan(60);
  expect(missing()).toEqual([]);
}, 180_000);

/** Every time that any child acknowledged. */
const acknowledgedTimes: number[] = [];

/** Kills it so long after its first acknowledgement. @returns the last time that it acknowledged */
async function killAfter(child: ChildProcess, ms: number): Promise<number> {
  await acknowledgedBy(child);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
  return acknowledgedTimes.at(-1) ?? 0;
}

/** Once the child has acknowledged so much. */
function acknowledgedBy(child: ChildProcess, least = 1): Promise<void> {
  let text = '';
  let count = 0;
  let errors = '';
  child.stderr?.on('data', (data) => {
    errors += String(data);
  });
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (data) => {
      text += String(data);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      const timesMs = lines.map(Number);
      acknowledgedTimes.push(...timesMs);
      count += timesMs.length;
      if (count >= least) resolve();
    });
    child.once('close', () => reject(new Error(`the program ended: ${errors}`)));
  });
}

/** What the program imports, as JavaScript. */
function compiled(): string {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const outDir = mkdtempSync(join(root, '.cache/remote-kill-test-'));
  onTestFinished(() => rmSync(outDir, { recursive: true, force: true }));
  const files = [
    ['tsdb/store', 'TimeSeriesStore'],
    ['remote/write/remote-write', 'RemoteWrite'],
    ['remote/config/remote-write-config', 'remoteWriteSchema'],
    ['kit/clock', 'systemClock'],
    ['log/logger', 'silentLogger'],
  ] as const;
  const flags = [
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--rewriteRelativeImportExtensions',
    '--noCheck',
  ];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const sources = files.map(([file]) => join(root, 'src', `${file}.ts`));
  const { stdout } = spawnSync(
    process.execPath,
    [tsc, '--ignoreConfig', ...flags, '--rootDir', join(root, 'src'), '--outDir', outDir, ...sources],
    { encoding: 'utf8' },
  );
  if (!existsSync(join(outDir, 'tsdb/store.js'))) throw new Error(`it does not compile: ${stdout}`);
  const all = join(outDir, 'all.js');
  writeFileSync(all, files.map(([file, name]) => `export { ${name} } from './${file}.js';\n`).join(''));
  return all;
}
