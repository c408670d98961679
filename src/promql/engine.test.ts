import { describe, expect, it } from 'vitest';
import { formatLabels } from '../model/labels.ts';
import { type SeriesSamples, setStaleAt } from '../model/sample.ts';
import { Engine } from './engine.ts';
import { MemorySeries } from './memory-series.ts';
import type { Queryable } from './queryable.ts';
import { parseSeriesLabels, parseSeriesValues, splitSeriesLine } from './series-notation.ts';

const minuteMs = 60_000;

/** Series in the notation of rule unit tests, one sample a minute from time 0. */
function store(...lines: readonly string[]): Queryable {
  return new MemorySeries(
    lines.map((line): SeriesSamples => {
      const { series, values: text } = splitSeriesLine(line);
      const noted = parseSeriesValues(text).map((value, i) => ({ value, atMs: i * minuteMs }));
      const kept = noted.filter(({ value }) => value.kind !== 'none');
      const values = Float64Array.from(kept, ({ value }) => (value.kind === 'float' ? value.value : 0));
      kept.forEach(({ value }, i) => {
        if (value.kind === 'stale') setStaleAt(values, i);
      });
      return {
        labels: parseSeriesLabels(series),
        timesMs: Float64Array.from(kept, ({ atMs }) => atMs),
        values,
      };
    }),
  );
}

const engine = new Engine();

/** An instant query's answer as `series value` texts. */
function at(minutes: number, query: string, queryable: Queryable): string[] {
  const result = engine.instant(queryable, query, minutes * minuteMs);
  if (result.type === 'scalar') return [`scalar ${result.value}`];
  if (result.type !== 'vector') return [result.type];
  return result.samples.map(({ labels, value }) => `${formatLabels(labels)} ${value}`);
}

describe('selectors', () => {
  it('take the newest sample within the look-back, whose old end does not belong to it', () => {
    const series = store('a 1');
    expect(at(4, 'a', series)).toEqual(['a 1']);
    expect(at(5, 'a', series)).toEqual([]);
  });

  it('forget a series at its staleness marker', () => {
    const series = store('a 1 stale _ 2');
    expect([0, 1, 2, 3].map((minute) => at(minute, 'a', series))).toEqual([['a 1'], [], [], ['a 2']]);
    expect(at(3, 'count_over_time(a[10m])', series)).toEqual(['{} 2']);
  });

  it('look back and ahead by offset, and at a fixed time by @', () => {
    const series = store('a 0+1x20');
    expect(at(10, 'a offset 3m', series)).toEqual(['a 7']);
    expect(at(10, 'a offset -3m', series)).toEqual(['a 13']);
    expect(at(10, 'a @ 120', series)).toEqual(['a 2']);
    expect(at(10, 'a @ 300 offset 1m', series)).toEqual(['a 4']);
  });

  it('leave the left end of a range out', () => {
    expect(at(5, 'count_over_time(a[5m])', store('a 0+1x20'))).toEqual(['{} 5']);
  });

  it('give the samples of a range', () => {
    const result = engine.instant(store('a 1 2 3'), 'a[2m]', 2 * minuteMs);
    expect(
      result.type === 'matrix' && result.series.map(({ timesMs, values }) => [[...timesMs], [...values]]),
    ).toEqual([
      [
        [60_000, 120_000],
        [2, 3],
      ],
    ]);
  });
});

describe('rate and its kin', () => {
  it('draw out to the ends of the range, count resets, and never go below zero', () => {
    expect(at(5, 'increase(a_total[5m])', store('a_total 0+60x5'))).toEqual(['{} 300']);
    expect(at(5, 'rate(a_total[5m])', store('a_total 0+60x5'))).toEqual(['{} 1']);
    expect(at(5, 'increase(a_total[5m])', store('a_total 0 5 10 2 4 6'))).toEqual(['{} 13.75']);
    expect(at(2, 'increase(a_total[10m])', store('a_total 1 2 3'))).toEqual(['{} 2.5']);
    expect(at(5, 'resets(a_total[6m])', store('a_total 5 1 2 1 2 3'))).toEqual(['{} 2']);
  });

  it('say nothing of a single sample', () => {
    expect(at(0, 'rate(a_total[5m])', store('a_total 1'))).toEqual([]);
  });

  it('remark on a name that is not a counter’s', () => {
    const { infos } = engine.instant(store('a 1 2'), 'sum(rate(a[5m]))', minuteMs);
    expect(infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "a" (1:10)',
    ]);
  });
});

describe('operators', () => {
  const series = store(
    'a{x="1"} 1',
    'a{x="2"} 2',
    'b{x="1"} 10',
    'b{x="3"} 30',
    'many{x="1",y="p"} 3',
    'many{x="1",y="q"} 4',
  );

  it('join series of equal labels and drop the name', () => {
    expect(at(0, 'a + b', series)).toEqual(['{x="1"} 11']);
    expect(at(0, 'a > 1', series)).toEqual(['a{x="2"} 2']);
    expect(at(0, '1 < a', series)).toEqual(['a{x="2"} 2']);
    expect(at(0, 'a > bool 1', series)).toEqual(['{x="1"} 0', '{x="2"} 1']);
  });

  it('group many series to one', () => {
    expect(at(0, 'many * on (x) group_left b', series)).toEqual(['{x="1", y="p"} 30', '{x="1", y="q"} 40']);
    expect(at(0, 'b * on (x) group_right many', series)).toEqual(['{x="1", y="p"} 30', '{x="1", y="q"} 40']);
  });

  it('refuse matches that are not unique', () => {
    expect(() => at(0, 'many + on (x) b', series)).toThrow(
      'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
    );
    expect(() => at(0, 'b + on (x) many', series)).toThrow(
      /^found duplicate series for the match group \{x="1"\} on the right hand-side of the operation: .*many-to-many matching not allowed/,
    );
    expect(() => at(0, '{__name__=~"a|b"} * 2', series)).toThrow(
      'vector cannot contain metrics with the same labelset',
    );
  });

  it('know sets', () => {
    expect(at(0, 'a and on (x) b', series)).toEqual(['a{x="1"} 1']);
    expect(at(0, 'a unless on (x) b', series)).toEqual(['a{x="2"} 2']);
    expect(at(0, 'a or b', series)).toEqual(['a{x="1"} 1', 'a{x="2"} 2', 'b{x="3"} 30']);
  });

  it('fill in what is missing where asked to', () => {
    expect(at(0, 'a + fill(0) b', series)).toEqual(['{x="1"} 11', '{x="2"} 2', '{x="3"} 30']);
  });

  it('bind as in mathematics', () => {
    expect(at(0, '-2 ^ 2 + 2 ^ 3 ^ 2 / 2 % 7', series)).toEqual(['scalar 0']);
    expect(at(0, '1 ^ NaN', series)).toEqual(['scalar 1']);
  });
});

describe('aggregations', () => {
  const series = store('a{x="1",y="p"} 1', 'a{x="1",y="q"} 3', 'a{x="2",y="p"} NaN', 'a{x="2",y="q"} 5');

  it.each([
    ['sum by (x) (a)', ['{x="1"} 4', '{x="2"} NaN']],
    ['max by (x) (a)', ['{x="1"} 3', '{x="2"} 5']],
    ['avg without (y) (a)', ['{x="1"} 2', '{x="2"} NaN']],
    ['count(a)', ['{} 4']],
    ['group by (y) (a)', ['{y="p"} 1', '{y="q"} 1']],
    ['stddev by (x) (a{x="1"})', ['{x="1"} 1']],
    ['quantile(0.5, a{x="1"})', ['{} 2']],
    ['topk(2, a)', ['a{x="2", y="q"} 5', 'a{x="1", y="q"} 3']],
    ['bottomk by (x) (1, a)', ['a{x="1", y="p"} 1', 'a{x="2", y="q"} 5']],
    ['count_values("v", a)', ['{v="1"} 1', '{v="3"} 1', '{v="NaN"} 1', '{v="5"} 1']],
    ['count(limitk(3, a))', ['{} 3']],
    ['count(limit_ratio(0.4, a) or limit_ratio(-0.6, a))', ['{} 4']],
  ])('%s', (query, wanted) => {
    expect(at(0, query, series)).toEqual(wanted);
  });

  it('lose nothing of small numbers beside great ones', () => {
    expect(at(0, 'sum(a)', store('a{x="1"} 1', 'a{x="2"} 1e100', 'a{x="3"} 1', 'a{x="4"} -1e100'))).toEqual([
      '{} 2',
    ]);
  });
});

describe('functions', () => {
  it('compute quantiles of classic histograms', () => {
    const series = store('h_bucket{le="1"} 1', 'h_bucket{le="2"} 3', 'h_bucket{le="+Inf"} 4');
    expect(at(0, 'histogram_quantile(0.5, h_bucket)', series)).toEqual(['{} 1.5']);
    expect(at(0, 'histogram_quantile(0.99, h_bucket)', series)).toEqual(['{} 2']);
    expect(at(0, 'histogram_fraction(0, 1, h_bucket)', series)).toEqual(['{} 0.25']);
  });

  it('tell of absence with the labels that the selector fixes', () => {
    expect(at(0, 'absent(up{job="a",instance=~"b"})', store())).toEqual(['{job="a"} 1']);
    expect(at(0, 'absent(up)', store('up 1'))).toEqual([]);
    expect(at(9, 'absent_over_time(up[5m])', store('up 1'))).toEqual(['{} 1']);
  });

  it('rewrite labels', () => {
    const series = store('a{x="v-1"} 7');
    expect(at(0, 'label_replace(a, "y", "$1", "x", "v-(.*)")', series)).toEqual(['a{x="v-1", y="1"} 7']);
    expect(at(0, 'label_join(a, "y", "/", "x", "x")', series)).toEqual(['a{x="v-1", y="v-1/v-1"} 7']);
  });

  it('add the labels of info series', () => {
    const series = store('a{job="j",instance="i"} 7', 'target_info{job="j",instance="i",version="2"} 1');
    expect(at(0, 'info(a)', series)).toEqual(['a{instance="i", job="j", version="2"} 7']);
  });
});

describe('the finer points', () => {
  it('compute lengths of time', () => {
    const series = store('a 0+1x60');
    expect(at(30, 'count_over_time(a[2m * (3 + 2)])', series)).toEqual(['{} 10']);
    expect(at(30, 'a offset (10m - 60)', series)).toEqual(['a 21']);
    const result = engine.range(series, 'count_over_time(a[step() * 2])', 600_000, 1_200_000, 300_000);
    expect(result.type === 'matrix' && result.series.map(({ values }) => [...values])).toEqual([
      [10, 10, 10],
    ]);
    expect(() => at(30, 'a[1m - 1m]', series)).toThrow('duration must be greater than 0');
    expect(() => at(30, 'a[1m / 0]', series)).toThrow('division by zero');
  });

  it('put steps of subqueries at multiples of their step', () => {
    const result = engine.instant(store('a 0+1x60'), 'a[10m:4m]', 10.5 * minuteMs);
    expect(result.type === 'matrix' && result.series.map(({ timesMs }) => [...timesMs])).toEqual([
      [240_000, 480_000],
    ]);
  });

  it('read names that are not plain words', () => {
    const series = store(
      '{"http.requests", "k8s.pod"="p", x="1"} 4',
      '{"http.requests", "k8s.pod"="p", x="2"} 5',
    );
    expect(at(0, 'sum by ("k8s.pod") ({"http.requests"})', series)).toEqual(['{k8s.pod="p"} 9']);
  });

  it('take the change between the true ends of a range, anchored or smoothed', () => {
    const series = store('a_total 0 60 120 180 240');
    expect(at(3.5, 'increase(a_total[2m] anchored)', series)).toEqual(['{} 120']);
    expect(at(3.5, 'increase(a_total[2m] smoothed)', series)).toEqual(['{} 120']);
    expect(at(2.5, 'a_total smoothed', series)).toEqual(['a_total 150']);
  });

  it('sort by value and by label, numbers by their size', () => {
    const series = store('a{x="c10"} 2', 'a{x="c9"} NaN', 'a{x="c1"} 3');
    expect(at(0, 'sort(a)', series)).toEqual(['a{x="c10"} 2', 'a{x="c1"} 3', 'a{x="c9"} NaN']);
    expect(at(0, 'sort_desc(a)', series)).toEqual(['a{x="c1"} 3', 'a{x="c10"} 2', 'a{x="c9"} NaN']);
    expect(at(0, 'sort_by_label(a, "x")', series)).toEqual(['a{x="c1"} 3', 'a{x="c9"} NaN', 'a{x="c10"} 2']);
  });

  it('know the calendar', () => {
    // 2024-02-29 23:59:59 UTC, a Thursday.
    const time = 'vector(1709251199)';
    const read = [
      'year',
      'month',
      'day_of_month',
      'day_of_week',
      'day_of_year',
      'days_in_month',
      'hour',
      'minute',
    ];
    expect(read.flatMap((name) => at(0, `${name}(${time})`, store()))).toEqual(
      [2024, 2, 29, 4, 60, 29, 23, 59].map((number) => `{} ${number}`),
    );
  });

  it('use the start of a counter where the store knows it', () => {
    const queryable: Queryable = {
      select: () => [
        {
          labels: { __name__: 'a_total' },
          timesMs: Float64Array.of(120_000, 180_000, 240_000),
          values: Float64Array.of(5, 8, 9),
          startsMs: Float64Array.of(60_000, 60_000, 200_000),
        },
      ],
    };
    const query = (startTimestamps: boolean): unknown => {
      const result = new Engine({ startTimestamps }).instant(queryable, 'increase(a_total[4m])', 240_000);
      return result.type === 'vector' ? result.samples[0]?.value : undefined;
    };
    expect(query(false)).toBe(5);
    // From its start it counted 5, then 3, and 9 anew after the reset.
    expect(query(true)).toBe(17);
  });

  it('place remarks at the part of the query that they are about', () => {
    const { warnings } = engine.instant(store('a 1'), '1 +\n  quantile(2, a)', 0);
    expect(warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 2 (2:12)']);
  });
});

describe('range queries', () => {
  const series = store('b 1+1x10', 'a{x="1"} 0+1x4 stale', 'a{x="2"} 5');

  it('give each series its values, in order of labels', () => {
    const result = engine.range(series, '{__name__=~"a|b"}', 0, 6 * minuteMs, 2 * minuteMs);
    expect(
      result.type === 'matrix' &&
        result.series.map(({ labels, values }) => `${formatLabels(labels)} ${values.join(' ')}`),
    ).toEqual(['a{x="1"} 0 2 4', 'a{x="2"} 5 5 5', 'b 1 3 5 7']);
  });

  it('evaluate what @ pins once, and spread it', () => {
    const result = engine.range(series, 'sum(b @ end()) + 0 * b', 0, 2 * minuteMs, minuteMs);
    expect(result.type === 'matrix' && result.series.map(({ values }) => [...values])).toEqual([[3, 3, 3]]);
  });

  it('agree with instant queries at every step', () => {
    for (const query of [
      'rate(b[3m])',
      'max_over_time(sum(a)[4m:1m])',
      'a - on () group_left b',
      'topk(1, a)',
      'b @ 60 or a',
    ]) {
      const whole = engine.range(series, query, 0, 10 * minuteMs, minuteMs);
      for (let minute = 0; minute <= 10; minute++) {
        const wanted = engine.instant(series, query, minute * minuteMs);
        const there =
          wanted.type === 'vector'
            ? wanted.samples.map(({ labels, value }) => `${formatLabels(labels)} ${value}`)
            : [];
        const got = (whole.type === 'matrix' ? whole.series : []).flatMap(({ labels, timesMs, values }) => {
          const i = timesMs.indexOf(minute * minuteMs);
          return i < 0 ? [] : [`${formatLabels(labels)} ${values[i]}`];
        });
        expect([query, minute, got]).toEqual([query, minute, there.sort()]);
      }
    }
  });

  it('refuse more steps than allowed, and a step of nothing', () => {
    expect(() => engine.range(series, 'b', 0, 12_000_000, 1000)).toThrow(
      'exceeded maximum resolution of 11,000 points per timeseries',
    );
    expect(() => engine.range(series, 'b', 0, 1000, 0)).toThrow(/zero or negative/);
    expect(() => engine.range(series, 'b[5m]', 0, 1000, 1000)).toThrow(
      /invalid expression type "range vector"/,
    );
  });
});

describe('limits', () => {
  const series = store('a 0+1x100');

  it('leave room on the stack for the longest chain', () => {
    expect(at(0, `a${' + a'.repeat(1000)}`, series)).toEqual(['{} 0']);
  });

  it('stop a query that holds too many samples', () => {
    const small = new Engine({ maxSamples: 50 });
    expect(() => small.range(series, 'a', 0, 99 * minuteMs, minuteMs)).toThrow(
      'query processing would load too many samples into memory in query execution',
    );
    expect(() => small.instant(series, 'sum_over_time(a[2h])', 99 * minuteMs)).toThrow(/too many samples/);
    expect(small.instant(series, 'sum_over_time(a[20m])', 99 * minuteMs).type).toBe('vector');
  });

  it('stop a query at its time, and when its asker is gone', () => {
    let now = 0;
    const slow = new Engine({ timeoutMs: 10, now: () => now++ * 5 });
    const far = store(...Array.from({ length: 300 }, (_, i) => `a{x="${i}"} 0+1x100`));
    expect(() => slow.range(far, 'a + a', 0, 99 * minuteMs, minuteMs)).toThrow(
      expect.objectContaining({ code: 'QUERY_TIMED_OUT' }),
    );
    expect(() => engine.instant(series, 'a', 0, AbortSignal.abort())).toThrow(
      expect.objectContaining({ code: 'QUERY_CANCELED' }),
    );
  });
});

it('drops names at the end only, where asked to', () => {
  const delayed = new Engine({ delayedNameRemoval: true });
  const series = store('a 1', 'b 2');
  const query = 'label_replace({__name__=~"a|b"} * 1, "was", "$1", "__name__", "(.+)")';
  const result = delayed.instant(series, query, 0);
  expect(result.type === 'vector' && result.samples.map(({ labels }) => labels)).toEqual([
    { was: 'a' },
    { was: 'b' },
  ]);
  expect(() => delayed.instant(series, '{__name__=~"a|b"} * 1', 0)).toThrow(/same labelset/);
  expect(() => engine.instant(series, query, 0)).toThrow(/same labelset/);
});
