import { describe, expect, it } from 'vitest';
import { formatHistogram } from './histogram/text.ts';
import { parseSeriesLabels, parseSeriesValues, splitSeriesLine } from './series-notation.ts';

function numbers(text: string): (number | string)[] {
  return parseSeriesValues(text).map((value) => (value.kind === 'float' ? value.value : value.kind));
}

describe('the notation of series', () => {
  it.each([
    [
      '1 2.5 -3 1e3 Inf -Inf NaN',
      [1, 2.5, -3, 1000, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
    ],
    ['0+10x3', [0, 10, 20, 30]],
    ['-1-1x2', [-1, -2, -3]],
    ['7x2', [7, 7, 7]],
    ['0x3', [0, 0, 0, 0]],
    ['1 _ _x2 stale 2', [1, 'none', 'none', 'none', 'stale', 2]],
    ['{{schema:1 sum:2 buckets:[1 2]}} 3 {{count:1}}x1', ['histogram', 3, 'histogram', 'histogram']],
    ['', []],
  ])('expands %j', (text, values) => {
    expect(numbers(text)).toEqual(values);
  });

  it.each(['1+2', 'a', '1x', '0+1x9999999999', '1,2'])('refuses %j', (text) => {
    expect(() => parseSeriesValues(text)).toThrow(/^series values: /);
  });

  it('adds up what a series of histograms grows by', () => {
    const sums = parseSeriesValues('{{sum:1 count:2 buckets:[2]}}+{{sum:2 buckets:[0 1] count:1}}x2').map(
      (noted) => (noted.kind === 'histogram' ? formatHistogram(noted.histogram) : noted.kind),
    );
    expect(sums).toEqual([
      '{count:2, sum:1, (0.5,1]:2}',
      '{count:3, sum:3, (0.5,1]:2, (1,2]:1}',
      '{count:4, sum:5, (0.5,1]:2, (1,2]:2}',
    ]);
    expect(() => parseSeriesValues('{{schema:1}}+{{schema:0}}x1')).toThrow(/cannot merge from schema 0 to 1/);
  });

  it.each([
    ['{{schema:9}}', /neither -53 nor from -4 to 8/],
    ['{{sum:1 sum:2}}', /sum is given twice/],
    ['{{buckets:3}}', /buckets is not a list/],
    ['{{offset:0.5}}', /offset is not a whole number/],
    ['{{counter_reset_hint:maybe}}', /maybe is no counter_reset_hint/],
    ['{{width:1}}', /there is no field width/],
    ['{{sum:[1}}', /cannot read/],
  ])('refuses the histogram %s', (text, problem) => {
    expect(() => parseSeriesValues(text)).toThrow(problem);
  });

  it('reads the labels of a series', () => {
    expect(parseSeriesLabels('up{job="a b", instance=\'c\'}')).toEqual({
      __name__: 'up',
      job: 'a b',
      instance: 'c',
    });
    expect(parseSeriesLabels('{"my.metric", x="y"}')).toEqual({ __name__: 'my.metric', x: 'y' });
    expect(parseSeriesLabels('{}')).toEqual({});
    expect(() => parseSeriesLabels('up{job=~"a"}')).toThrow(/must be set with =/);
    expect(() => parseSeriesLabels('up +')).toThrow(/^series "up \+"/);
  });

  it('cuts a line at the first blank outside of braces and quotes', () => {
    expect(splitSeriesLine('up{job="a b"}  1 2 ')).toEqual({ series: 'up{job="a b"}', values: '1 2' });
    expect(splitSeriesLine('up {job="}"} 1')).toEqual({ series: 'up {job="}"}', values: '1' });
    expect(splitSeriesLine('up {{count:1}}')).toEqual({ series: 'up', values: '{{count:1}}' });
    expect(() => splitSeriesLine('up{job="a 1')).toThrow(/do not close/);
  });
});
