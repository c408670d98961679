/**
 * A week of 15 s samples of 10,000 series: how long a start of the shipped program on them takes, what memory it holds, and how
 * long graphs over `rate` of a day take and keep others waiting, who ask for something small all the while. Flags: `--series N`
 * (10000), `--days N` (7).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { silentLogger } from '../src/log/logger.ts';
import { TimeSeriesStore } from '../src/tsdb/store.ts';
import { type Line, load, numberFlag, rounded } from './support/figures.ts';
import { intervalMs, writeHistory } from './support/history.ts';
import type { Program } from './support/program.ts';
import { benchSeries } from './support/series.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';

const dayS = 86_400;
/** How often something small is asked for. */
const askMs = 20;
/** The store looks after its blocks a minute after a start. */
const firstWorkMs = 75_000;

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const series = numberFlag(flags, 'series', 10_000);
  const days = numberFlag(flags, 'days', 7);
  const name = `${series} series, ${days} days`;
  yield* inFolder(async function* inside(folder, ending): AsyncGenerator<Line> {
    const dir = join(folder, 'data/tsdb');
    const toMs = Math.floor(Date.now() / intervalMs) * intervalMs;
    const startMs = performance.now();
    const samples = await writeHistory({
      dir,
      // What is left of a series' labels without its name must be its own, too.
      labels: benchSeries(series).map((labels, i) => ({ ...labels, handler: `/api/${i % 100}` })),
      fromMs: toMs - days * dayS * 1000,
      toMs,
    });
    yield {
      bench: 'week',
      case: `written: ${name}`,
      samples,
      seconds: rounded((performance.now() - startMs) / 1000),
      load: load(),
    };
    yield opened(dir, toMs, name);
    mkdirSync(join(folder, 'objects'));
    writeFileSync(
      join(folder, 'objects/one.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: default}\n',
    );
    const program = await startSkopos({
      folder: join(folder, 'objects'),
      data: join(folder, 'data'),
      logFile: join(folder, 'skopos.log'),
    });
    ending.push(() => program.stop());
    yield {
      bench: 'week',
      case: `start of the program: ${name}`,
      seconds: rounded(program.readyMs / 1000, 2),
      rss_mib: program.resident().now,
      load: load(),
    };
    await pause(firstWorkMs);
    yield {
      bench: 'week',
      case: 'once it is quiet',
      rss_mib: program.resident().now,
      rss_peak_mib: program.resident().peak,
    };
    yield* graphs(program, toMs / 1000);
  });
}

/** The store alone, in this process. */
function opened(dir: string, nowMs: number, name: string): Line {
  const before = process.cpuUsage();
  const startMs = performance.now();
  const clock = { now: () => nowMs, timer: () => () => {} };
  const store = new TimeSeriesStore({ dir, clock, log: silentLogger, retentionMs: 15 * dayS * 1000 });
  const ms = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  const blocks = store.blocks();
  const sum = (key: 'bytes' | 'samples'): number => blocks.reduce((total, block) => total + block[key], 0);
  const line: Line = {
    bench: 'week',
    case: `restart of the store: ${name}`,
    seconds: rounded(ms / 1000, 2),
    processor_seconds: rounded((user + system) / 1e6, 2),
    blocks: blocks.length,
    disk_mib: rounded(sum('bytes') / 2 ** 20),
    bytes_per_sample: rounded(sum('bytes') / sum('samples'), 3),
    load: load(),
  };
  store.close();
  return line;
}

async function* graphs(program: Program, endS: number): AsyncGenerator<Line> {
  const cases = [
    { name: 'rate over a day, a hundred series, a day of 288 steps', query: 'rate(metric_17[1d])', days: 1 },
    {
      name: 'rate over a day, a hundred series, six days of 288 steps',
      query: 'rate(metric_17[1d])',
      days: 6,
    },
    {
      name: 'rate over a day, all series, a day of 288 steps',
      query: 'sum by (namespace) (rate({__name__=~"metric_.*"}[1d]))',
      days: 1,
    },
    { name: 'all series, instant', query: 'count({__name__=~"metric_.*"})', days: 0 },
  ];
  for (const { name, query, days } of cases) {
    const stepS = Math.max(1, (days * dayS) / 288);
    const parameters = new URLSearchParams(
      days === 0
        ? { query, time: String(endS) }
        : { query, start: String(endS - days * dayS), end: String(endS), step: String(stepS) },
    );
    const url = `${program.url}/api/v1/query${days === 0 ? '' : '_range'}?${parameters}`;
    const asking = new AbortController();
    const waits = smallQuestions(program, asking.signal);
    const before = program.cpuSeconds();
    const startMs = performance.now();
    const reply = await fetch(url);
    const text = await reply.text();
    const seconds = (performance.now() - startMs) / 1000;
    const processor = program.cpuSeconds() - before;
    asking.abort();
    const sorted = (await waits).sort((a, b) => a - b);
    if (reply.status !== 200) throw new Error(`${query}: ${text.slice(0, 300)}`);
    yield {
      bench: 'week',
      case: name,
      seconds: rounded(seconds, 2),
      processor_seconds: rounded(processor, 2),
      answer_kib: rounded(text.length / 1024),
      others_wait_p50_ms: rounded(sorted[sorted.length >>> 1] ?? 0),
      others_wait_max_ms: rounded(sorted.at(-1) ?? 0),
      rss_mib: program.resident().now,
      load: load(),
    };
  }
}

/** How long each of the small questions took. */
async function smallQuestions(program: Program, signal: AbortSignal): Promise<number[]> {
  const waits: number[] = [];
  while (!signal.aborted) {
    const startMs = performance.now();
    await (await fetch(`${program.url}/-/healthy`)).arrayBuffer();
    waits.push(performance.now() - startMs);
    await pause(askMs);
  }
  return waits;
}
