import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FloatHistogram, MixedSamples } from '../model/float-histogram.ts';
import { Engine } from './engine.ts';
import { formatHistogram } from './histogram/text.ts';
import { MemorySeries } from './memory-series.ts';
import type { QueryResult } from './query-result.ts';
import { parseSeriesLabels, parseSeriesValues, splitSeriesLine } from './series-notation.ts';

const minuteMs = 60_000;
const engine = new Engine();

/** Series as unit tests write them, a sample a minute. */
function store(...lines: readonly string[]): MemorySeries {
  return new MemorySeries(
    lines.map((line): MixedSamples => {
      const { series, values } = splitSeriesLine(line);
      const noted = parseSeriesValues(values).flatMap((value, i) =>
        value.kind === 'none' || value.kind === 'stale' ? [] : [{ value, atMs: i * minuteMs }],
      );
      return {
        labels: parseSeriesLabels(series),
        timesMs: Float64Array.from(noted, ({ atMs }) => atMs),
        values: Float64Array.from(noted, ({ value }) => (value.kind === 'float' ? value.value : Number.NaN)),
        histograms: noted.map(({ value }) => (value.kind === 'histogram' ? value.histogram : undefined)),
      };
    }),
  );
}

function shown({ type, ...result }: QueryResult): string[] {
  if (type !== 'vector' || !('samples' in result)) throw new Error(`not a vector: ${type}`);
  return result.samples.map(({ labels, value, histogram }) => {
    const { __name__: name = '', ...rest } = labels;
    const pairs = Object.entries(rest).map(([key, text]) => `${key}=${text}`);
    return `${name}{${pairs.join(',')}} ${histogram === undefined ? value : formatHistogram(histogram)}`;
  });
}

function at(minutes: number, query: string, series: MemorySeries): string[] {
  return shown(engine.instant(series, query, minutes * minuteMs));
}

function remarks(minutes: number, query: string, series: MemorySeries): readonly string[] {
  const { warnings, infos } = engine.instant(series, query, minutes * minuteMs);
  return [...warnings, ...infos];
}

describe('native histograms', () => {
  const one = store(
    'h{x="a"} {{count:4 sum:5 buckets:[1 2 1]}}',
    'h{x="b"} {{count:2 sum:3 buckets:[0 2]}}',
    'f{x="a"} 2',
  );

  it.each([
    ['h{x="a"}', ['h{x=a} {count:4, sum:5, (0.5,1]:1, (1,2]:2, (2,4]:1}']],
    ['sum(h)', ['{} {count:6, sum:8, (0.5,1]:1, (1,2]:4, (2,4]:1}']],
    ['avg(h)', ['{} {count:3, sum:4, (0.5,1]:0.5, (1,2]:2, (2,4]:0.5}']],
    ['count(h)', ['{} 2']],
    ['-h{x="b"}', ['{x=b} {count:-2, sum:-3, (1,2]:-2}']],
    ['h{x="b"} * 2', ['{x=b} {count:4, sum:6, (1,2]:4}']],
    ['2 * h{x="b"}', ['{x=b} {count:4, sum:6, (1,2]:4}']],
    ['h{x="a"} / f', ['{x=a} {count:2, sum:2.5, (0.5,1]:0.5, (1,2]:1, (2,4]:0.5}']],
    ['h{x="a"} - on () h{x="b"}', ['{} {count:2, sum:2, (0.5,1]:1, (2,4]:1}']],
    ['h == on () group_left () h{x="b"}', ['h{x=b} {count:2, sum:3, (1,2]:2}']],
    ['h{x="a"} </ 2', ['h{x=a} {count:3, sum:3.5355339059327378, (0.5,1]:1, (1,2]:2}']],
    ['histogram_count(h)', ['{x=a} 4', '{x=b} 2']],
    ['histogram_avg(h)', ['{x=a} 1.25', '{x=b} 1.5']],
    ['histogram_quantile(0.5, h{x="b"})', ['{x=b} 1.4142135623730951']],
    ['histogram_quantiles(h{x="b"}, "q", 0, 1)', ['{x=b,q=0} 1', '{x=b,q=1} 2']],
    ['histogram_fraction(1, 2, h)', ['{x=a} 0.5', '{x=b} 1']],
    ['abs(h)', []],
    ['max(h)', []],
    ['count_values("v", h{x="b"})', ['{v={count:2, sum:3, (1,2]:2}} 1']],
    ['limitk(1, h)', ['h{x=a} {count:4, sum:5, (0.5,1]:1, (1,2]:2, (2,4]:1}']],
    ['h unless on (x) f', ['h{x=b} {count:2, sum:3, (1,2]:2}']],
    ['absent(h)', []],
    ['label_replace(h{x="b"}, "y", "$1", "x", "(.)")', ['h{x=b,y=b} {count:2, sum:3, (1,2]:2}']],
  ])('answer %s', (query, wanted) => {
    expect(at(0, query, one)).toEqual(wanted);
  });

  it.each([
    [
      'sum({__name__=~"h|f"})',
      'PromQL warning: encountered a mix of histograms and floats for aggregation (1:5)',
    ],
    ['max(h)', 'PromQL info: ignored histogram in max aggregation (1:5)'],
    [
      'h * on (x) h',
      'PromQL info: incompatible sample types encountered for binary operator "*": histogram * histogram (1:1)',
    ],
    [
      'h > 1',
      'PromQL info: incompatible sample types encountered for binary operator ">": histogram > float (1:1)',
    ],
    [
      '1 / h',
      'PromQL info: incompatible sample types encountered for binary operator "/": float / histogram (1:1)',
    ],
    [
      'f >/ 1',
      'PromQL info: incompatible sample types encountered for binary operator ">/": float >/ float (1:1)',
    ],
  ])('have no answer for %s, which is said', (query, remark) => {
    expect(remarks(0, query, one)).toEqual([remark]);
    expect(at(0, query, one)).toEqual([]);
  });

  const grows = store(
    'c {{count:1 buckets:[1]}}+{{count:2 buckets:[1 1]}}x9',
    'mixed 1 {{count:1 buckets:[1]}}',
    'custom {{schema:-53 count:1 custom_values:[5 10] buckets:[1]}} {{schema:-53 count:3 custom_values:[5] buckets:[3]}}',
    'gauge {{count:1 counter_reset_hint:gauge buckets:[1]}} {{count:3 counter_reset_hint:gauge buckets:[3]}}',
    'kinds {{count:1 buckets:[1]}} {{schema:-53 count:1 custom_values:[5] buckets:[1]}}',
  );

  it.each([
    [9, 'increase(c[5m])', ['{} {count:10, sum:0, (0.5,1]:5, (1,2]:5}']],
    [9, 'irate(c[5m]) * 60', ['{} {count:2, sum:0, (0.5,1]:1, (1,2]:1}']],
    [9, 'sum_over_time(c[2m])', ['{} {count:36, sum:0, (0.5,1]:19, (1,2]:17}']],
    [9, 'avg_over_time(c[2m])', ['{} {count:18, sum:0, (0.5,1]:9.5, (1,2]:8.5}']],
    [9, 'last_over_time(c[2m])', ['c{} {count:19, sum:0, (0.5,1]:10, (1,2]:9}']],
    [9, 'changes(c[5m])', ['{} 4']],
    [9, 'resets(c[5m])', ['{} 0']],
    [1, 'changes(mixed[5m])', ['{} 1']],
    [1, 'count_over_time(mixed[5m])', ['{} 2']],
    [1, 'max_over_time(mixed[5m])', ['{} 1']],
    [1, 'delta(gauge[2m])', ['{} {count:4, sum:0, (0.5,1]:4}']],
    [9, 'increase(c[4m] anchored)', ['{} {count:8, sum:0, (0.5,1]:4, (1,2]:4}']],
    [8.5, 'c smoothed', ['c{} {count:18, sum:0, (0.5,1]:9.5, (1,2]:8.5}']],
    [9, 'max_over_time(histogram_count(c)[5m:1m])', ['{} 19']],
  ])('at minute %d answer %s', (minutes, query, wanted) => {
    expect(at(minutes, query, grows)).toEqual(wanted);
  });

  it.each([
    [
      'rate(mixed[5m])',
      'PromQL warning: encountered a mix of histograms and floats for metric name "mixed" (1:6)',
    ],
    [
      'max_over_time(mixed[5m])',
      'PromQL info: ignored histograms in a range containing both floats and histograms for metric name "mixed" (1:15)',
    ],
    [
      'sum_over_time(custom[5m])',
      'PromQL info: mismatched custom buckets were reconciled during aggregation (1:15)',
    ],
    ['rate(gauge[5m])', 'PromQL warning: this native histogram metric is not a counter: "gauge" (1:6)'],
    ['delta(c[5m])', 'PromQL warning: this native histogram metric is not a gauge: "c" (1:7)'],
    [
      'sum_over_time(kinds[5m])',
      'PromQL warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "kinds" (1:15)',
    ],
  ])('say what is odd about %s', (query, remark) => {
    expect(remarks(1, query, grows)).toEqual([remark]);
  });

  it('come in a range beside floats, each at its time', () => {
    const result = engine.range(grows, 'mixed', 0, minuteMs, minuteMs);
    const [series] = result.type === 'matrix' ? result.series : [];
    expect(series?.histograms?.map((histogram) => histogram?.count)).toEqual([undefined, 1]);
    expect(series?.values[0]).toBe(1);
  });

  it('count like floats of the same counts, whatever is done with them', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 20 });
    const query = fc.constantFrom(
      ['increase(%[5m])', 'increase(%[5m])'],
      ['rate(%[7m])', 'rate(%[7m])'],
      ['sum_over_time(%[5m])', 'sum_over_time(%[5m])'],
      ['avg_over_time(%[5m])', 'avg_over_time(%[5m])'],
      ['irate(%[5m])', 'irate(%[5m])'],
      ['sum(%)', 'sum(%)'],
      ['avg by (x) (% * 3)', 'avg by (x) (% * 3)'],
      ['% - % / 2', '% - % / 2'],
      ['increase(%[4m] anchored)', 'increase(%[4m] anchored)'],
    );
    fc.assert(
      fc.property(counts, counts, query, (first, second, [ofHistogram, ofFloat]) => {
        const lists = [first, second];
        const series = new MemorySeries([
          ...lists.map((list, x) => asHistograms(list, String(x))),
          ...lists.map((list, x) => asFloats(list, String(x))),
        ]);
        const ask = (text: string) => engine.range(series, text, 0, 20 * minuteMs, minuteMs);
        const wanted = ask(ofFloat.replaceAll('%', 'f'));
        const got = ask(`histogram_count(${ofHistogram.replaceAll('%', 'h')})`);
        const points = (result: QueryResult) =>
          result.type === 'matrix'
            ? result.series.map(({ labels, timesMs, values }) => [
                labels['x'],
                [...timesMs],
                [...values].map((value) => Math.round(value * 1e6) / 1e6),
              ])
            : [];
        expect(points(got)).toEqual(points(wanted));
      }),
    );
  });
});

function asHistograms(counts: readonly number[], x: string): MixedSamples {
  return {
    ...asFloats(counts, x),
    labels: { __name__: 'h', x },
    histograms: counts.map(
      (count): FloatHistogram => ({
        schema: 0,
        zeroThreshold: 0,
        zeroCount: 0,
        count,
        sum: 0,
        positiveSpans: [{ offset: 0, length: 1 }],
        negativeSpans: [],
        positiveBuckets: Float64Array.of(count),
        negativeBuckets: new Float64Array(0),
        counterReset: 'unknown',
      }),
    ),
  };
}

function asFloats(counts: readonly number[], x: string): MixedSamples {
  return {
    labels: { __name__: 'f', x },
    timesMs: Float64Array.from(counts, (_, i) => i * minuteMs),
    values: Float64Array.from(counts),
  };
}
