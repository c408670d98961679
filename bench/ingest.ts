/**
 * Ways into the store of samples, what a sample takes on disk, and how long compaction keeps the event loop. Appending is compared
 * with `promtool tsdb bench write` of Debian's Prometheus, which appends the same series and values by reference to Prometheus' own
 * store, its log included, without compaction; scraping with Debian's Prometheus scraping the same targets; the size on disk with
 * `promtool tsdb create-blocks-from openmetrics` of the same samples. Flags: `--only text` (cases of ways whose name has it),
 * `--scrapes N` (1000), `--days N` (1) and `--series N` (10000) of the directory, `--ours` (without Prometheus).
 */
import { spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../src/log/logger.ts';
import type { Labels } from '../src/model/labels.ts';
import { TimeSeriesStore } from '../src/tsdb/store.ts';
import { run as runScrape } from './scrape.ts';
import { load, rounded } from './support/figures.ts';
import { type Hold, longestHold } from './support/loop-holds.ts';
import { RealisticValues } from './support/realistic-values.ts';
import { benchSeries } from './support/series.ts';
import { inFolder } from './support/temp.ts';

type Line = Readonly<Record<string, string | number>> & { readonly bench: 'ingest'; readonly case: string };

const promtool = '/usr/bin/promtool';
const intervalMs = 15_000;
const minuteMs = 60_000;
const dayMs = 86_400_000;

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const number = (flag: string, usual: number): number => {
    const at = flags.indexOf(flag);
    return at < 0 ? usual : Number(flags[at + 1]);
  };
  const wantsPeer = !flags.includes('--ours') && existsSync(promtool);
  const at = flags.indexOf('--only');
  const only = at < 0 ? '' : (flags[at + 1] ?? '');
  yield* inFolder(async function* inside(folder): AsyncGenerator<Line> {
    const scrapes = number('--scrapes', 1000);
    /** Further ways in, such as remote write, are further lines. */
    const ways: Readonly<Record<string, () => AsyncIterable<Line>>> = {
      append: () => append(folder, scrapes, wantsPeer),
      labels: () => appendWithLabels(folder),
      scrape: () => scraped(flags),
      bytes: () => bytesPerSample(folder, wantsPeer),
      directory: () => directory(folder, number('--series', 10_000), number('--days', 1)),
    };
    for (const [name, way] of Object.entries(ways)) if (name.includes(only)) yield* way();
  });
}

/** Few large targets, so that most of the work is text and samples, and little of it connections. */
async function* scraped(flags: readonly string[]): AsyncGenerator<Line> {
  const shape = ['--targets', '10', '--series', '10000', '--interval', '5', '--seconds', '40'];
  const lines = runScrape([...shape, ...(flags.includes('--ours') ? ['--only-ours'] : [])]);
  for await (const line of lines) yield { ...line, bench: 'ingest', case: `scraped: ${line.case}` };
}

/** A store whose time is that of its samples. */
function open(
  dir: string,
  startMs: number,
): { readonly store: TimeSeriesStore; readonly time: { nowMs: number } } {
  const time = { nowMs: startMs };
  const clock = { now: () => time.nowMs, timer: () => () => {} };
  return { time, store: new TimeSeriesStore({ dir, clock, log: silentLogger, retentionMs: 365 * dayMs }) };
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Of several runs of each side the one that took the least processor time counts, as others use the machine too. */
const rounds = 3;

async function* append(folder: string, scrapes: number, wantsPeer: boolean): AsyncGenerator<Line> {
  const labels = benchSeries(10_000);
  const file = join(folder, 'series.json');
  writeFileSync(file, labels.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const ours: Rates[] = [];
  const theirs: Rates[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await appendOurs(join(folder, `append-${round}`), labels, scrapes));
    if (wantsPeer) theirs.push(appendTheirs(folder, file, labels.length * scrapes, scrapes));
  }
  const best = leastOf(ours);
  const line: Line = {
    bench: 'ingest',
    case: 'append by handle, without compaction',
    samples: labels.length * scrapes,
    rate: Math.round(best.rate),
    rate_per_core: Math.round(best.perCore),
    load: load(),
  };
  const peer = leastOf(theirs);
  yield wantsPeer
    ? {
        ...line,
        prometheus_rate: Math.round(peer.rate),
        prometheus_rate_per_core: Math.round(peer.perCore),
        ratio: rounded(peer.rate / best.rate, 2),
        ratio_per_core: rounded(peer.perCore / best.perCore, 2),
      }
    : line;
  const compacted = await appendOurs(join(folder, 'append-compacted'), labels, scrapes, 50);
  yield {
    bench: 'ingest',
    case: 'append by handle, compaction included',
    samples: labels.length * scrapes,
    rate: Math.round(compacted.rate),
    rate_per_core: Math.round(compacted.perCore),
    load: load(),
  };
}

/** Samples a second: by the clock, and of processor time. */
interface Rates {
  readonly rate: number;
  readonly perCore: number;
}

function leastOf(runs: readonly Rates[]): Rates {
  return runs.reduce((best, one) => (one.perCore > best.perCore ? one : best), { rate: 0, perCore: 0 });
}

/** Values and times of `promtool tsdb bench write`. `compactEvery` scrapes head and blocks are compacted. */
async function appendOurs(
  dir: string,
  labels: readonly Labels[],
  scrapes: number,
  compactEvery = Number.POSITIVE_INFINITY,
): Promise<Rates> {
  const { store, time } = open(dir, Math.floor(Date.now() / dayMs) * dayMs - scrapes * 2 * intervalMs);
  const timesMs = new Float64Array(labels.length);
  const values = new Float64Array(labels.length);
  const startMs = performance.now();
  const startProcessorMs = processorMs();
  const handles = Float64Array.from(labels, (one) => store.handleOf(one));
  for (let scrape = 1; scrape <= scrapes; scrape++) {
    time.nowMs += 2 * intervalMs;
    timesMs.fill(time.nowMs);
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + 1000;
    const { appended } = store.appendColumns({ handles, timesMs, values, length: labels.length });
    if (appended !== labels.length) throw new Error('samples were refused');
    if (scrape % compactEvery === 0) await store.enforceRetention();
  }
  store.flush();
  const samples = labels.length * scrapes;
  const rates = {
    rate: (samples / (performance.now() - startMs)) * 1000,
    perCore: (samples / (processorMs() - startProcessorMs)) * 1000,
  };
  store.close();
  rmSync(dir, { recursive: true });
  return rates;
}

function appendTheirs(folder: string, file: string, samples: number, scrapes: number): Rates {
  const out = join(folder, 'benchout');
  const args = ['tsdb', 'bench', 'write', `--out=${out}`, '--metrics=10000', `--scrapes=${scrapes}`, file];
  // The shell tells the processor time, which says more than the clock on a machine with other work.
  const script = `TIMEFORMAT='processor %U %S'; time "$0" "$@"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, promtool, ...args], { encoding: 'utf8' });
  rmSync(out, { recursive: true, force: true });
  const [, user = '', system = ''] = /processor ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return {
    rate: Number(/samples\/sec: *([\d.e+]+)/.exec(stdout + stderr)?.[1]),
    perCore: samples / (Number(user) + Number(system)),
  };
}

async function* appendWithLabels(folder: string): AsyncGenerator<Line> {
  const labels = benchSeries(10_000);
  const { store, time } = open(join(folder, 'labels'), Math.floor(Date.now() / dayMs) * dayMs);
  const scrapes = 50;
  const startMs = performance.now();
  const startProcessorMs = processorMs();
  for (let scrape = 0; scrape < scrapes; scrape++) {
    time.nowMs += intervalMs;
    store.append(labels.map((one) => ({ labels: one, atMs: time.nowMs, value: scrape * 1000 })));
  }
  const samples = labels.length * scrapes;
  const line: Line = {
    bench: 'ingest',
    case: 'append with labels',
    samples,
    rate: Math.round((samples / (performance.now() - startMs)) * 1000),
    rate_per_core: Math.round((samples / (processorMs() - startProcessorMs)) * 1000),
    load: load(),
  };
  store.close();
  yield line;
}

async function* bytesPerSample(folder: string, wantsPeer: boolean): AsyncGenerator<Line> {
  const labels = benchSeries(300);
  const dir = join(folder, 'bytes');
  const startMs = Math.floor(Date.now() / dayMs) * dayMs - dayMs;
  const { store, time } = open(dir, startMs);
  const handles = Float64Array.from(labels, (one) => store.handleOf(one));
  const timesMs = new Float64Array(labels.length);
  const values = new Float64Array(labels.length);
  const numbers = new RealisticValues(labels.length);
  const text = join(folder, 'samples.txt');
  const out = createWriteStream(text);
  for (; time.nowMs < startMs + 16 * 3_600_000; time.nowMs += intervalMs) {
    timesMs.fill(time.nowMs);
    for (let i = 0; i < labels.length; i++) values[i] = numbers.next(i);
    store.appendColumns({ handles, timesMs, values, length: labels.length });
    const isInBlocks = time.nowMs < startMs + 12 * 3_600_000;
    if (wantsPeer && isInBlocks) out.write(textOf(labels, values, time.nowMs));
    if (time.nowMs % (10 * minuteMs) === 0) await store.enforceRetention();
  }
  await new Promise<void>((resolve) => out.end('# EOF\n', () => resolve()));
  const blocks = store.blocks();
  store.close();
  const sum = (key: 'bytes' | 'samples'): number => blocks.reduce((total, block) => total + block[key], 0);
  const ours = sum('bytes') / sum('samples');
  const line: Line = {
    bench: 'ingest',
    case: 'bytes a sample, 300 series, 12 hours in blocks',
    samples: sum('samples'),
    bytes_per_sample: rounded(ours, 3),
  };
  if (!wantsPeer) {
    yield line;
    return;
  }
  const peer = join(folder, 'bytes-peer');
  mkdirSync(peer);
  spawnSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', text, peer]);
  const files = readdirSync(peer, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /index$|chunks\/\d+$/.test(name),
  );
  const bytes = files.reduce((total, name) => total + statSync(join(peer, name)).size, 0);
  const theirs = bytes / (labels.length * 12 * 240);
  yield { ...line, prometheus_bytes_per_sample: rounded(theirs, 3), ratio: rounded(ours / theirs, 3) };
}

function textOf(labels: readonly Labels[], values: Float64Array, atMs: number): string {
  let text = '';
  for (const [i, { __name__, ...rest }] of labels.entries()) {
    const pairs = Object.entries(rest).map(([name, value]) => `${name}="${value}"`);
    text += `${__name__}{${pairs.join(',')},i="${i}"} ${values[i]} ${atMs / 1000}\n`;
  }
  return text;
}

/** A directory of many days: how fast it is filled, how long the event loop waits meanwhile, how soon it opens, and a look at a day. */
async function* directory(folder: string, series: number, days: number): AsyncGenerator<Line> {
  const dir = join(folder, 'directory');
  const labels = benchSeries(series);
  const endMs = Math.floor(Date.now() / minuteMs) * minuteMs;
  const { store, time } = open(dir, endMs - days * dayMs);
  const handles = Float64Array.from(labels, (one) => store.handleOf(one));
  const timesMs = new Float64Array(series);
  const values = new Float64Array(series);
  const numbers = new RealisticValues(series);
  const startMs = performance.now();
  const holds: Hold[] = [];
  let compactionMs = 0;
  for (; time.nowMs < endMs; time.nowMs += intervalMs) {
    timesMs.fill(time.nowMs);
    for (let i = 0; i < series; i++) values[i] = numbers.next(i);
    store.appendColumns({ handles, timesMs, values, length: series });
    if (time.nowMs % (30 * minuteMs) !== 0) continue;
    const before = performance.now();
    holds.push(await longestHold(() => store.enforceRetention()));
    compactionMs += performance.now() - before;
  }
  const ms = performance.now() - startMs;
  const { blocks, blockBytes, walBytes, headChunkBytes } = store.figures();
  const longest = (key: keyof Hold): number => Math.max(0, ...holds.map((hold) => hold[key]));
  const name = `${series} series, ${days} days of 15 s samples`;
  yield {
    bench: 'ingest',
    case: `filled: ${name}`,
    samples: series * days * (dayMs / intervalMs),
    seconds: rounded(ms / 1000, 1),
    compaction_seconds: rounded(compactionMs / 1000, 1),
    longest_hold_ms: rounded(longest('ms')),
    longest_hold_processor_ms: rounded(longest('processorMs')),
    blocks,
    disk_mib: rounded((blockBytes + walBytes + headChunkBytes) / 2 ** 20),
    bytes_per_sample: rounded(blockBytes / store.blocks().reduce((sum, { samples }) => sum + samples, 0), 3),
    rss_mib: rounded(process.memoryUsage.rss() / 2 ** 20),
    load: load(),
  };
  store.close();
  const openedMs = performance.now();
  const again = open(dir, endMs).store;
  const restartMs = performance.now() - openedMs;
  const lookedMs = performance.now();
  let samples = 0;
  for (const { timesMs: found } of again.select({ matchers: [], fromMs: endMs - dayMs, toMs: endMs }))
    samples += found.length;
  const lookMs = performance.now() - lookedMs;
  yield {
    bench: 'ingest',
    case: `restart: ${name}`,
    seconds: rounded(restartMs / 1000, 2),
    a_day_of_all_series_seconds: rounded(lookMs / 1000, 2),
    a_day_samples: samples,
    rss_mib: rounded(process.memoryUsage.rss() / 2 ** 20),
    load: load(),
  };
  again.close();
}
