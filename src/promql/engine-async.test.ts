import { describe, expect, it } from 'vitest';
import type { SeriesSamples } from '../model/sample.ts';
import { compareLabels } from './column.ts';
import { Engine } from './engine.ts';
import { MemorySeries } from './memory-series.ts';

const stepMs = 15_000;
const steps = 200;
const range = { startMs: 0, endMs: (steps - 1) * stepMs, stepMs };

function counters(count: number): MemorySeries {
  return new MemorySeries(
    Array.from({ length: count }, (_, i): SeriesSamples => {
      const labels = { __name__: 'requests_total', i: String(i), group: String(i % 7) };
      return {
        labels,
        timesMs: Float64Array.from({ length: steps }, (__, k) => k * stepMs),
        values: Float64Array.from({ length: steps }, (__, k) => k * (i + 1)),
      };
    }),
  );
}

const series = counters(400);

describe('queries in slices', () => {
  it.each([
    'requests_total',
    'sum by (group) (rate(requests_total[5m]))',
    'topk(3, requests_total)',
    'quantile_over_time(0.9, requests_total[10m])',
    'max_over_time(rate(requests_total[2m])[10m:1m])',
    'requests_total / on (i, group) (requests_total + 1) > 0.5',
    'requests_total{group="1"} or requests_total{group="2"} unless requests_total{i="1"}',
    'label_replace(-requests_total, "copy", "$1", "i", "(.*)")',
    'sum(rate(requests_total[5m])) / count(rate(requests_total[5m]))',
    'histogram_quantile(0.9, label_replace(requests_total, "le", "$1", "i", "(.*)"))',
    'absent(requests_total{i="x"})',
  ])('answer %s as whole ones do', async (query) => {
    // A slice of no length gives way wherever that is possible at all.
    const engine = new Engine({ sliceMs: 0 });
    let slices = 0;
    const sliced = await engine.rangeAsync(series, query, range, { onSlice: () => slices++ });
    expect(sliced).toEqual(engine.range(series, query, range.startMs, range.endMs, stepMs));
    expect(slices).toBeGreaterThan(query.startsWith('absent') ? 0 : 1);
    expect(await engine.instantAsync(series, query, range.endMs)).toEqual(
      engine.instant(series, query, range.endMs),
    );
  });

  it('come in order of their labels, however many', async () => {
    const many = new MemorySeries(
      Array.from({ length: 2500 }, (_, i) => ({
        labels: { __name__: 'm', [`l${(i * 7919) % 13}`]: String((i * 104_729) % 2500) },
        timesMs: Float64Array.of(0),
        values: Float64Array.of(i),
      })),
    );
    const result = await new Engine({ sliceMs: 0 }).rangeAsync(many, 'm', { startMs: 0, endMs: 0, stepMs });
    const labels = result.type === 'matrix' ? result.series.map((one) => one.labels) : [];
    expect(labels).toHaveLength(2500);
    expect(labels).toEqual(labels.toSorted(compareLabels));
  });

  it('let other work go on while they run', async () => {
    const engine = new Engine({ sliceMs: 1 });
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await engine.rangeAsync(counters(3000), 'sum(rate(requests_total[20m]))', range);
    done = true;
    expect(turns).toBeGreaterThan(5);
  });

  it('share the thread: a small one does not wait for the end of a large one', async () => {
    const engine = new Engine({ sliceMs: 1 });
    const ends: string[] = [];
    const large = engine.rangeAsync(counters(3000), 'requests_total', range).then(() => ends.push('large'));
    const small = engine.instantAsync(series, '1 + 1', 0).then(() => ends.push('small'));
    await Promise.all([large, small]);
    expect(ends).toEqual(['small', 'large']);
  });

  it('stop in the middle when their asker goes', async () => {
    const engine = new Engine({ sliceMs: 0 });
    const controller = new AbortController();
    let slices = 0;
    const query = engine.rangeAsync(series, 'rate(requests_total[5m])', range, {
      signal: controller.signal,
      onSlice: () => ++slices === 3 && controller.abort(),
    });
    await expect(query).rejects.toMatchObject({
      code: 'QUERY_CANCELED',
      message: 'query was canceled in expression evaluation',
    });
    expect(engine.counts).toEqual({ running: 0, waiting: 0 });
  });

  it('stop at their own time, which cannot be longer than the engine allows', async () => {
    let now = 0;
    const engine = new Engine({ sliceMs: 0, timeoutMs: 1000, now: () => now });
    const ask = (timeoutMs: number) =>
      engine.rangeAsync(series, 'rate(requests_total[5m])', range, {
        timeoutMs,
        onSlice: () => {
          now += 600;
        },
      });
    const late = { code: 'QUERY_TIMED_OUT', message: 'query timed out in expression evaluation' };
    await expect(ask(500)).rejects.toMatchObject(late);
    await expect(ask(100_000)).rejects.toMatchObject(late);
  });

  it('wait for others when too many are there, and give up waiting', async () => {
    const engine = new Engine({ sliceMs: 0, maxConcurrency: 1 });
    const first = engine.rangeAsync(series, 'requests_total', range);
    const second = engine.instantAsync(series, '2', 0);
    const gone = new AbortController();
    const third = engine.instantAsync(series, '3', 0, { signal: gone.signal });
    const hasty = engine.instantAsync(series, '4', 0, { timeoutMs: 1 });
    expect(engine.counts).toEqual({ running: 1, waiting: 3 });
    gone.abort();
    await expect(third).rejects.toMatchObject({
      code: 'QUERY_CANCELED',
      message: 'query was canceled in query queue',
    });
    const [, , last] = await Promise.allSettled([first, second, hasty]);
    expect(await second).toMatchObject({ value: 2 });
    if (last?.status === 'rejected')
      expect(last.reason).toMatchObject({ message: 'query timed out in query queue' });
    expect(engine.counts).toEqual({ running: 0, waiting: 0 });
  });

  it('refuse a text that does not parse, and samples beyond the limit', async () => {
    await expect(new Engine().instantAsync(series, 'sum(', 0)).rejects.toMatchObject({ code: 'BAD_QUERY' });
    await expect(
      new Engine({ maxSamples: 1000 }).rangeAsync(series, 'requests_total', range),
    ).rejects.toThrow('query processing would load too many samples into memory in query execution');
  });

  it('use a look-back of their own', async () => {
    const engine = new Engine();
    const ask = async (lookbackMs: number) =>
      engine.instantAsync(series, 'count(requests_total)', range.endMs + 60_000, { lookbackMs });
    expect(await ask(60_001)).toMatchObject({ samples: [{ value: 400 }] });
    expect(await ask(60_000)).toMatchObject({ samples: [] });
  });
});

describe('the plan', () => {
  it('tells what each part read and gave', async () => {
    const { result, plan } = await new Engine().explain(
      series,
      'sum by (group) (rate(requests_total[5m])) / on () group_left () count(requests_total)',
      range,
    );
    expect(result.type === 'matrix' && result.series.length).toBe(7);
    expect(plan).toMatchObject({
      kind: 'operator /',
      detail: 'many-to-one',
      seriesIn: 8,
      seriesOut: 7,
      children: [
        {
          kind: 'aggregation sum',
          detail: 'by group',
          seriesIn: 400,
          seriesOut: 7,
          children: [
            {
              kind: 'function rate',
              expression: 'rate(requests_total[5m])',
              seriesIn: 400,
              samplesIn: 400 * steps,
              children: [{ kind: 'range selector', samplesIn: 400 * steps }],
            },
          ],
        },
        {
          kind: 'aggregation count',
          children: [{ kind: 'selector', seriesIn: 400, samplesOut: 400 * steps }],
        },
      ],
    });
    expect(plan?.ms).toBeGreaterThan(0);
  });

  it('reads what stands twice once', async () => {
    let selects = 0;
    const counting = {
      select(selection: Parameters<MemorySeries['select']>[0]) {
        selects++;
        return series.select(selection);
      },
    };
    await new Engine().explain(
      counting,
      'sum(rate(requests_total[5m])) / count(rate(requests_total[5m]))',
      range,
    );
    expect(selects).toBe(1);
  });
});
