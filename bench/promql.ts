/**
 * Queries of Prometheus' own range-query benchmark, over the same samples in both: the shipped program, and Debian's Prometheus on a
 * copy of its data directory. Answers are asked for over HTTP and read to their end. Flags: `--full` (every case, more runs),
 * `--only <text>` (cases whose name has it), `--ours` (without Prometheus).
 */
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { load, quantiles, rounded } from './support/figures.ts';
import { freePort, type Program, start } from './support/program.ts';
import { intervalMs, writeData } from './support/promql-data.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';

interface Case {
  readonly name: string;
  readonly query: string;
  /** 1 is an instant query. */
  readonly steps: number;
  readonly stepMs: number;
}

type Line = Readonly<Record<string, string | number>> & { readonly bench: 'promql'; readonly case: string };

const prometheusProgram = '/usr/bin/prometheus';
/** Time that one side of a case may take for its runs, after the first. */
const budgetMs = { usual: 700, full: 4000 };
const mostRuns = 100;
/** So long, and so often, each side is asked a small case before anything is measured: what is asked often is compiled. */
const warmMs = 300;
const mostWarmRuns = 300;
/** After a start the store may have blocks to write. */
const mostQuietMs = 240_000;
const firstWorkMs = 65_000;
const lookMs = 2000;

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  yield* inFolder(async function* inside(folder, ending): AsyncGenerator<Line> {
    const endMs = Math.floor(Date.now() / intervalMs) * intervalMs;
    const dir = join(folder, 'data/tsdb');
    mkdirSync(dir, { recursive: true });
    mkdirSync(join(folder, 'objects'));
    const writtenMs = performance.now();
    const samples = writeData(dir, endMs);
    const writeMs = performance.now() - writtenMs;
    const wantsPeer = !flags.includes('--ours');
    if (wantsPeer && existsSync(prometheusProgram))
      cpSync(dir, join(folder, 'prometheus'), { recursive: true });
    const ours = await startOurs(folder);
    ending.push(() => ours.stop());
    yield {
      bench: 'promql',
      case: 'load',
      samples,
      write_s: rounded(writeMs / 1000),
      ready_s: rounded(ours.readyMs / 1000),
      rss_mib: ours.resident().now,
    };
    if (!wantsPeer) {
      await quiet([ours]);
      yield* measure(casesFor(flags), ours, undefined, endMs, flags);
      return;
    }
    if (!existsSync(prometheusProgram)) {
      yield {
        bench: 'promql',
        case: 'peer',
        skipped: 'Prometheus is not installed: apt-get install prometheus',
      };
      return;
    }
    const theirs = await startPrometheus(folder);
    ending.push(() => theirs.stop());
    yield {
      bench: 'promql',
      case: 'load, Prometheus',
      ready_s: rounded(theirs.readyMs / 1000),
      rss_mib: theirs.resident().now,
    };
    await quiet([ours, theirs]);
    yield* measure(casesFor(flags), ours, theirs, endMs, flags);
  });
}

async function startOurs(folder: string): Promise<Program> {
  writeFileSync(
    join(folder, 'objects/one.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: default}\n',
  );
  return startSkopos({
    folder: join(folder, 'objects'),
    data: join(folder, 'data'),
    logFile: join(folder, 'skopos.log'),
  });
}

async function startPrometheus(folder: string): Promise<Program> {
  const port = await freePort();
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  return start({
    command: prometheusProgram,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      // All stays in memory, as in Prometheus' own benchmark, and nothing is compacted meanwhile.
      ...['--storage.tsdb.min-block-duration=30d', '--storage.tsdb.max-block-duration=30d'],
      '--storage.tsdb.retention.time=90d',
    ],
    port,
    readyPath: '/-/ready',
    logFile: join(folder, 'prometheus.log'),
    timeoutMs: 180_000,
  });
}

/**
 * Waits until the work that follows a start is done, such as writing the samples of three days into blocks, which ours begins
 * a minute after; not for ever.
 */
async function quiet(programs: readonly Program[]): Promise<void> {
  const untilMs = performance.now() + mostQuietMs;
  await pause(firstWorkMs);
  for (let calm = 0; calm < 3 && performance.now() < untilMs; ) {
    const before = programs.map((program) => program.cpuSeconds());
    await pause(lookMs);
    const used = programs.map((program, i) => program.cpuSeconds() - (before[i] ?? 0));
    calm = used.every((seconds) => seconds < (lookMs / 1000) * 0.15) ? calm + 1 : 0;
  }
}

function casesFor(flags: readonly string[]): readonly Case[] {
  const full = flags.includes('--full');
  const at = flags.indexOf('--only');
  const only = at < 0 ? '' : (flags[at + 1] ?? '');
  return allCases(full).filter(({ name }) => name.includes(only));
}

function allCases(full: boolean): Case[] {
  return [
    ...small('one', full),
    ...small('hundred', full),
    ...large('tenk', full),
    ...[1, 100].map((steps) => toCase('count({__name__!=""})', steps, 36_000)),
  ];
}

/** A thousand and ten thousand steps. */
function small(family: string, full: boolean): Case[] {
  const ranges = [1000, 10_000].flatMap((steps) =>
    [...wholeQueries(family), ...foldingQueries(family)].map((query) => toCase(query, steps, intervalMs)),
  );
  // Prometheus goes through a whole day for each step.
  const days = (full || family === 'one' ? [1000, 10_000] : [1000]).map((steps) =>
    toCase(`rate(a_${family}[1d])`, steps, intervalMs),
  );
  return [...ranges, ...days, ...instants(family)];
}

/** Ten million points in an answer are for `--full`; a hundred million are more than either answers at once. */
function large(family: string, full: boolean): Case[] {
  const whole = wholeQueries(family).flatMap((query) => [
    toCase(query, 100, 36_000),
    ...(full ? [toCase(query, 1000, 3600)] : []),
  ]);
  return [...whole, ...foldingQueries(family).map((query) => toCase(query, 1000, 3600)), ...instants(family)];
}

/** Queries whose answer has every series. */
function wholeQueries(family: string): string[] {
  return [`a_${family}`, `rate(a_${family}[1m])`, `a_${family} - on (l) b_${family}`];
}

/** Queries that make few series of many. */
function foldingQueries(family: string): string[] {
  return [
    `sum by (g) (a_${family})`,
    `sum by (g) (rate(a_${family}[1m]))`,
    `sum(a_${family} * on (l, g) group_left b_${family})`,
    `histogram_quantile(0.9, rate(h_${family}[1m]))`,
    `topk(5, a_${family})`,
  ];
}

function instants(family: string): Case[] {
  return [`a_${family}`, `sum(rate(a_${family}[5m]))`].map((query) => toCase(query, 1, 0));
}

function toCase(query: string, steps: number, stepMs: number): Case {
  return { name: steps === 1 ? query : `${query} × ${steps}`, query, steps, stepMs };
}

async function* measure(
  cases: readonly Case[],
  ours: Program,
  theirs: Program | undefined,
  endMs: number,
  flags: readonly string[],
): AsyncGenerator<Line> {
  const budget = flags.includes('--full') ? budgetMs.full : budgetMs.usual;
  const ratios: { readonly name: string; readonly ratio: number }[] = [];
  for (const one of cases.filter(({ query }) => !query.includes('tenk') && !query.includes('1d')))
    for (const side of theirs === undefined ? [ours] : [ours, theirs]) await warm(side, pathOf(one, endMs));
  for (const one of cases) {
    const figures = await compare(pathOf(one, endMs), ours, theirs, budget);
    if ('ratio' in figures) ratios.push({ name: one.name, ratio: figures.ratio });
    yield { bench: 'promql', case: one.name, ...figures };
  }
  for (const one of cases.filter(({ query, steps }) => query.includes('tenk') && steps > 1))
    yield { bench: 'promql', case: `beside ${one.name}`, ...(await beside(ours.url, pathOf(one, endMs))) };
  if (theirs === undefined) return;
  const worst = ratios.toSorted((a, b) => b.ratio - a.ratio)[0];
  yield {
    bench: 'promql',
    case: 'all',
    cases: ratios.length,
    ratio: rounded(Math.exp(sum(ratios.map(({ ratio }) => Math.log(ratio))) / ratios.length), 3),
    worst_ratio: worst?.ratio ?? Number.NaN,
    worst: worst?.name ?? '',
    above_2: ratios.filter(({ ratio }) => ratio > 2).length,
    rss_mib: ours.resident().now,
    rss_peak_mib: ours.resident().peak,
    prometheus_rss_mib: theirs.resident().now,
    prometheus_rss_peak_mib: theirs.resident().peak,
    load: load(),
  };
}

async function warm({ url }: Program, path: string): Promise<void> {
  const untilMs = performance.now() + warmMs;
  for (let run = 0; run < mostWarmRuns && performance.now() < untilMs; run++) await ask(url, path);
}

/** Runs in turns, so that what else the machine does meets both; the first answers of both do not count, unless they take too long. */
async function compare(path: string, ours: Program, theirs: Program | undefined, budget: number) {
  const first = await ask(ours.url, path);
  const other = theirs === undefined ? undefined : await ask(theirs.url, path);
  const our: number[] = [];
  const their: number[] = [];
  while (our.length < mostRuns && sum(our) + sum(their) < budget * 2 - first.ms) {
    our.push((await ask(ours.url, path)).ms);
    if (theirs !== undefined) their.push((await ask(theirs.url, path)).ms);
  }
  if (our.length === 0) our.push(first.ms);
  const figures = { p50_ms: rounded(median(our), 2), bytes: first.bytes, runs: our.length };
  if (other === undefined) return figures;
  if (their.length === 0) their.push(other.ms);
  return {
    ...figures,
    prometheus_p50_ms: rounded(median(their), 2),
    prometheus_bytes: other.bytes,
    ratio: rounded(median(our) / median(their), 3),
  };
}

/** How long a small request takes while a large query is answered: what else the program serves waits no longer than that. */
async function beside(url: string, path: string): Promise<Readonly<Record<string, number>>> {
  const waits: number[] = [];
  let isDone = false;
  const large = ask(url, path).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    waits.push((await ask(url, '/-/healthy')).ms);
    await pause(1);
  }
  await large;
  return quantiles(waits);
}

function pathOf({ query, steps, stepMs }: Case, endMs: number): string {
  const text = encodeURIComponent(query);
  if (steps === 1) return `/api/v1/query?query=${text}&time=${endMs / 1000}`;
  const startMs = endMs - (steps - 1) * stepMs;
  return `/api/v1/query_range?query=${text}&start=${startMs / 1000}&end=${endMs / 1000}&step=${stepMs / 1000}`;
}

const agent = new Agent({ keepAlive: true });

/** The time from asking to the last byte. @throws {Error} when the answer is not 200. */
function ask(url: string, path: string): Promise<{ readonly ms: number; readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    get(`${url}${path}`, { agent }, (reply) => {
      let bytes = 0;
      let head = '';
      reply.on('data', (part: Buffer) => {
        if (bytes < 500) head += part.toString('utf8', 0, 500);
        bytes += part.length;
      });
      reply.on('error', reject);
      reply.on('end', () => {
        if (reply.statusCode === 200) resolve({ ms: performance.now() - startedMs, bytes });
        else reject(new Error(`${url}${path}: ${reply.statusCode} ${head}`));
      });
    }).on('error', reject);
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
