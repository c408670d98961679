import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock, VirtualClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { FloatHistogram } from '../../src/model/float-histogram.ts';
import { bucketsOf } from '../../src/model/float-histogram-buckets.ts';
import { type Labels, metricName } from '../../src/model/labels.ts';
import { Engine } from '../../src/promql/engine.ts';
import { importSamples } from '../../src/tsdb/import/import-samples.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';

const isInstalled = ['promtool', 'prometheus'].every((tool) => spawnSync(tool, ['--version']).status === 0);

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tsdb-peer-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const hours = 14;
const stepMs = 15_000;

function histogram(k: number, factor: number): FloatHistogram {
  const wide = k % 500 > 200;
  const counts = wide ? [2 * k, 3 * k, 1, 2 * k] : [2 * k, 3 * k, 2 * k];
  return {
    schema: 3,
    zeroThreshold: 2 ** -128,
    zeroCount: k * factor,
    count: 10 * k * factor,
    sum: k * 3.5,
    positiveSpans: wide
      ? [
          { offset: 0, length: 3 },
          { offset: 1, length: 1 },
        ]
      : [
          { offset: 0, length: 2 },
          { offset: 2, length: 1 },
        ],
    positiveBuckets: Float64Array.from(counts, (count) => count * factor),
    negativeSpans: [{ offset: 1, length: 1 }],
    negativeBuckets: Float64Array.of(2 * k * factor),
    counterReset: 'unknown',
  };
}

/** Fourteen hours to now: blocks of several levels, head chunks, a checkpoint, a log, late samples, deletes, exemplars. */
async function makeDirectory(dir: string): Promise<{ store: TimeSeriesStore; endMs: number }> {
  // Always at the same place in a block of two hours, whatever the time of day. For a range of float histograms that begins
  // within a step before a block, 2.42 gives the block's first sample the value of the one before; here none begins there.
  const blockMs = 7_200_000;
  const intoBlockMs = 6_185_000;
  const endMs = Math.floor((Date.now() - intoBlockMs) / blockMs) * blockMs + intoBlockMs;
  const clock = new VirtualClock(endMs - hours * 3_600_000);
  const store = new TimeSeriesStore({ dir, clock, log: silentLogger, outOfOrderWindowMs: 1_800_000 });
  for (let k = 1; clock.now() < endMs; k++) {
    const atMs = clock.now();
    const batch: Parameters<typeof store.append>[0][number][] = [];
    for (let i = 0; i < 30; i++) {
      const value =
        i % 3 === 0
          ? (k * (i + 1)) % 50_000
          : i % 3 === 1
            ? Math.sin(k / 100 + i)
            : k % 97 === 0
              ? 'stale'
              : 7;
      batch.push({
        labels: { [metricName]: `m${i % 5}`, instance: `host-${i}`, job: 'ä\u{1f600}"\\' },
        atMs,
        value,
      });
    }
    batch.push({ labels: { [metricName]: 'h_int', a: '1' }, atMs, value: histogram(k, 1) });
    batch.push({
      labels: { [metricName]: 'h_float', a: '1' },
      atMs,
      value: k % 400 === 0 ? 'stale' : histogram(k, 0.5),
    });
    if (k % 40 === 0) batch.push({ labels: { [metricName]: 'late' }, atMs: atMs - 600_000 + k, value: k });
    if (k % 40 === 1) batch.push({ labels: { [metricName]: 'late' }, atMs, value: k });
    expect(store.append(batch).appended).toBe(batch.length);
    if (k % 240 === 0) {
      const series = { [metricName]: 'm0', instance: 'host-0', job: 'ä\u{1f600}"\\' };
      store.appendExemplars([{ series, exemplar: { labels: { trace_id: `t${k}` }, value: k, atMs } }]);
      store.setMetadata(series, { type: 'counter', help: 'Help.', unit: '' });
      await store.enforceRetention();
    }
    await clock.advance(stepMs);
  }
  const isThird = [{ name: 'instance', op: '=' as const, value: 'host-3' }];
  await store.deleteSeries([isThird], endMs - 10 * 3_600_000, endMs - 9 * 3_600_000);
  return { store, endMs };
}

/** Floats as `promtool tsdb dump` prints them, sorted; NaN stands for markers. */
function floatsOf(store: TimeSeriesStore): string[] {
  const lines: string[] = [];
  for (const { labels, timesMs, values, histograms } of store.select({
    matchers: [],
    fromMs: 0,
    toMs: Number.MAX_SAFE_INTEGER,
  })) {
    const key = JSON.stringify(Object.entries(labels).sort());
    for (const [i, ms] of timesMs.entries())
      if (histograms === undefined) lines.push(`${key} ${values[i]} ${ms}`);
  }
  return lines.sort();
}

function dumpOf(dir: string): string[] {
  const { stdout, stderr, status } = spawnSync('promtool', ['tsdb', 'dump', dir], {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .filter((line) => !line.includes('__name__="h_'))
    .map((line) => {
      const [, pairs = '', value = '', ms = ''] = /^\{(.*)\} (\S+) (\d+)$/.exec(line) ?? [];
      const labels = [...pairs.matchAll(/([\w]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', text = '']) => [
        name,
        JSON.parse(`"${text}"`) as string,
      ]);
      return `${JSON.stringify(labels.sort())} ${Number(value.replace('Inf', 'Infinity'))} ${ms}`;
    })
    .sort();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real Prometheus on a directory, ready. */
async function prometheus(
  dir: string,
  config = 'global: {}\n',
): Promise<{ url: string; child: ChildProcess }> {
  const file = join(tempDir(), 'prometheus.yml');
  const port = await freePort();
  writeFileSync(file, config.replaceAll('PORT', String(port)));
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${dir}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=native-histograms,exemplar-storage',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr?.on('data', (data) => (said += data));
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 150; i++) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return { url, child };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`prometheus is not ready: ${said}`);
}

interface HistogramJson {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

/** Series of a range query, each as its labels and points, sorted: the same for both programs. */
function normalized(
  result: readonly {
    metric: Labels;
    values?: readonly [number, string][];
    histograms?: readonly [number, HistogramJson][];
  }[],
): string[] {
  const round = (text: string): string =>
    Number(Number(text.replace('Inf', 'Infinity')).toPrecision(9)).toString();
  return result
    .map(({ metric, values = [], histograms = [] }) => {
      const points = [
        ...values.map(([at, value]) => `${at} ${round(value)}`),
        ...histograms.map(([at, { count, sum, buckets = [] }]) => {
          const filled = buckets.filter(([, , , inside]) => Number(inside) !== 0);
          const texts = filled.map(([, lower, upper, inside]) => [lower, upper, inside].map(round).join(' '));
          return `${at} h ${round(count)} ${round(sum)} [${texts.join(', ')}]`;
        }),
      ];
      return `${JSON.stringify(Object.entries(metric).sort())} ${points.join(', ')}`;
    })
    .sort();
}

function histogramJson(one: FloatHistogram): HistogramJson {
  const buckets = bucketsOf(one).map(
    ({ lower, upper, count }) => [0, String(lower), String(upper), String(count)] as const,
  );
  return { count: String(one.count), sum: String(one.sum), buckets };
}

const queries = [
  'm0',
  'm1 offset 1h',
  'rate(m0[5m])',
  'sum by (instance) (m2)',
  'count({__name__=~"m.*"})',
  'sum(count_over_time({__name__=~"m1|late"}[1h]))',
  'late',
  'max_over_time(m3{instance=~"host-(3|8)"}[30m])',
  'h_int',
  'h_float',
  'rate(h_int[10m])',
  // Quantiles are interpolated in another way since Prometheus 3, so that they cannot be compared.
  'rate(h_float[1h])',
  'histogram_count(rate(h_float[1h]))',
  'histogram_count(h_int) - histogram_sum(h_float)',
];

describe.skipIf(!isInstalled)('the data directory and Prometheus (of the Debian package prometheus)', () => {
  it('is read by promtool: list, analyze, dump', async () => {
    const dir = tempDir();
    const { store } = await makeDirectory(dir);
    const blocks = store.blocks();
    store.close();
    expect(blocks.length).toBeGreaterThan(2);
    expect(Math.max(...blocks.map(({ level }) => level))).toBeGreaterThan(1);
    const list = spawnSync('promtool', ['tsdb', 'list', dir], { encoding: 'utf8' });
    expect({ status: list.status, stderr: list.stderr }).toEqual({ status: 0, stderr: '' });
    for (const { ulid, samples, chunks, series } of blocks)
      expect(list.stdout).toMatch(new RegExp(`${ulid} .* ${samples} +${chunks} +${series} `));
    for (const { ulid, series } of blocks) {
      const analyzed = spawnSync('promtool', ['tsdb', 'analyze', '--extended', dir, ulid], {
        encoding: 'utf8',
      });
      expect(analyzed.stdout).toContain(`Series: ${series}\n`);
      expect(analyzed.status).toBe(0);
    }
    const again = new TimeSeriesStore({ dir, clock: systemClock, log: silentLogger, readOnly: true });
    const ours = floatsOf(again);
    again.close();
    const theirs = dumpOf(dir);
    expect(theirs.length).toBeGreaterThan(90_000);
    expect(theirs.length).toBe(ours.length);
    expect(theirs.filter((line, i) => line !== ours[i])).toEqual([]);
  });

  it('gives a Prometheus that starts on a copy the same answers, native histograms and exemplars included', async () => {
    const dir = tempDir();
    const copy = join(tempDir(), 'data');
    const { store, endMs } = await makeDirectory(dir);
    store.close();
    cpSync(dir, copy, { recursive: true });
    const { url } = await prometheus(copy);
    const ours = new TimeSeriesStore({ dir, clock: systemClock, log: silentLogger });
    const engine = new Engine({});
    // Steps beside the samples: what 2.42 does at the left edge of a range differs from Prometheus 3.
    const range = {
      startMs: endMs - (hours - 1) * 3_600_000 + 3001,
      endMs: endMs - 60_000 + 3001,
      stepMs: 600_000,
    };
    for (const query of queries) {
      const parameters = new URLSearchParams({
        query,
        start: String(range.startMs / 1000),
        end: String(range.endMs / 1000),
        step: String(range.stepMs / 1000),
      });
      const reply = (await (
        await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: parameters })
      ).json()) as {
        data: { result: Parameters<typeof normalized>[0] };
      };
      const answer = engine.range(ours, query, range.startMs, range.endMs, range.stepMs);
      if (answer.type !== 'matrix') throw new Error(`${query} gives no series`);
      const result = answer.series.map(({ labels, timesMs, values, histograms }) => ({
        metric: labels,
        values: [...timesMs].flatMap((ms, i) =>
          histograms?.[i] === undefined ? [[ms / 1000, String(values[i])] as [number, string]] : [],
        ),
        histograms: [...timesMs].flatMap((ms, i) => {
          const one = histograms?.[i];
          return one === undefined ? [] : [[ms / 1000, histogramJson(one)] as [number, HistogramJson]];
        }),
      }));
      expect(reply.data.result.length, query).toBeGreaterThan(0);
      expect(normalized(result), query).toEqual(normalized(reply.data.result));
    }
    const parameters = new URLSearchParams({
      query: 'm0',
      start: String(endMs / 1000 - 86_400),
      end: String(endMs / 1000),
    });
    const exemplars = (await (await fetch(`${url}/api/v1/query_exemplars?${parameters}`)).json()) as {
      data: { exemplars: { labels: Labels; value: string }[] }[];
    };
    const found = ours.exemplars([[{ name: metricName, op: '=', value: 'm0' }]], 0, endMs);
    expect(exemplars.data[0]?.exemplars.map(({ labels, value }) => [labels, Number(value)])).toEqual(
      found[0]?.exemplars.map(({ labels, value }) => [labels, value]),
    );
    ours.close();
  });

  it('opens what a Prometheus left that was killed: blocks, head chunks and a compressed log', async () => {
    const dir = tempDir();
    const nowS = Math.floor(Date.now() / 1000);
    const text = Array.from({ length: 3000 }, (_, i) => `old{a="${i % 7}"} ${i}.5 ${nowS - 90_000 + i * 20}`);
    const file = join(tempDir(), 'old.txt');
    writeFileSync(file, `${text.join('\n')}\n# EOF\n`);
    expect(spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, dir]).status).toBe(0);
    const config = `
scrape_configs:
- job_name: self
  scrape_interval: 50ms
  scrape_timeout: 50ms
  static_configs: [{targets: ['127.0.0.1:PORT']}]
`;
    const { child } = await prometheus(dir, config);
    // Until chunks of 120 samples are done and moved to files.
    const folder = join(dir, 'chunks_head');
    const endMs = performance.now() + 120_000;
    while ((existsSync(folder) ? readdirSync(folder) : []).length === 0 && performance.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(readdirSync(folder).length).toBeGreaterThan(0);
    const theirs = dumpOf(dir);
    const store = new TimeSeriesStore({ dir, clock: systemClock, log: silentLogger });
    const ours = floatsOf(store);
    store.close();
    expect(theirs.length).toBeGreaterThan(30_000);
    expect(ours.length).toBe(theirs.length);
    expect(ours.filter((line, i) => line !== theirs[i])).toEqual([]);
    // And once more from what the first start left.
    const again = new TimeSeriesStore({ dir, clock: systemClock, log: silentLogger });
    expect(floatsOf(again)).toEqual(ours);
    again.close();
  });

  it('imports blocks that promtool reads', async () => {
    const dir = join(tempDir(), 'data');
    const samples = Array.from({ length: 20_000 }, (_, i) => ({
      labels: { [metricName]: 'imported', i: String(i % 13) },
      atMs: 1_600_000_000_000 + ((i * 7919) % 20_000) * 1000,
      value: i / 3,
    }));
    const metas = await importSamples({
      dir,
      log: silentLogger,
      nowMs: Date.now(),
      maxSamples: 9000,
      samples: () => samples,
    });
    // 20,000 seconds, not from a multiple of two hours on.
    expect(metas.length).toBe(3);
    mkdirSync(join(dir, 'wal'));
    expect(existsSync(join(dir, metas[0]?.ulid ?? '', 'tombstones'))).toBe(true);
    const wanted = samples.map(
      ({ labels, atMs, value }) => `${JSON.stringify(Object.entries(labels).sort())} ${value} ${atMs}`,
    );
    expect(dumpOf(dir)).toEqual(wanted.sort());
  });
});
