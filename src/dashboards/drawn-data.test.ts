import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mappingOf, stylesOf, thresholdColour } from './field-style.ts';
import { framesOf, legendOf } from './frames.ts';
import { heatMapOf } from './heat-map.ts';
import { isSafeUrl, parseMarkdown } from './markdown.ts';
import { reduce } from './reduce.ts';
import { bridged, stackColumns, timeGrid } from './time-grid.ts';

const asked = { startMs: 0, endMs: 4000, stepMs: 1000 };

it('names series by their legend, the label that is alone, or as they are written', () => {
  const labels = { __name__: 'up', job: 'a' };
  expect(legendOf(labels, '{{ job }} of {{nothing}}')).toBe('a of ');
  expect(legendOf(labels, '__auto')).toBe('a');
  expect(legendOf({ ...labels, pod: 'b' }, '')).toBe('up{job="a", pod="b"}');
});

it('puts points on the grid that was asked for, so that what is missing is a gap', () => {
  const frames = framesOf(
    {
      resultType: 'matrix',
      result: [
        {
          metric: {},
          values: [
            [0, '1'],
            [2, 'NaN'],
            [4, '3'],
          ],
        },
      ],
    },
    { refId: 'A', legend: 'x', format: 'time_series', queries: 1 },
  );
  const { timesMs, lines } = timeGrid(frames, asked, 10);
  expect(timesMs).toEqual([0, 1000, 2000, 3000, 4000]);
  expect(lines[0]?.values).toEqual([1, null, null, null, 3]);
  expect(bridged(lines[0]?.values ?? [], timesMs, 4000)).toEqual([1, undefined, undefined, undefined, 3]);
  expect(bridged(lines[0]?.values ?? [], timesMs, 2000)).toEqual([1, null, null, null, 3]);
});

it('stacks to the sum of all, and to 100 percent', () => {
  const column = fc.array(fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null }), {
    minLength: 5,
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 5 }), (columns) => {
      const sums = Array.from({ length: 5 }, (_, at) =>
        columns.reduce((sum, each) => sum + (each[at] ?? 0), 0),
      );
      const top = stackColumns(columns, 'normal', () => true).at(-1) ?? [];
      expect(top.map((value) => value ?? 0)).toEqual(sums);
      const shares = stackColumns(columns, 'percent', () => true).at(-1) ?? [];
      sums.forEach((sum, at) => {
        if (sum > 0) expect(shares[at]).toBeCloseTo(100);
      });
    }),
  );
});

it('makes counts of one size of classic buckets, which count all that is smaller', () => {
  const bucket = (le: string, ...values: readonly number[]) => ({
    metric: { le },
    values: values.map((value, at): [number, string] => [at, String(value)]),
  });
  const { rows, highest } = heatMapOf([bucket('+Inf', 5, 9), bucket('1', 2, 3), bucket('10', 4, 9)], asked);
  expect(rows.map(({ from, to, counts }) => [from, to, counts.slice(0, 3)])).toEqual([
    [0, 1, [2, 3, null]],
    [1, 10, [2, 6, null]],
    [10, Number.POSITIVE_INFINITY, [1, 0, null]],
  ]);
  expect(highest).toBe(6);
});

it('takes the buckets of native histograms as they are', () => {
  const histogram = {
    count: '3',
    sum: '1',
    buckets: [
      [0, '1', '2', '2'],
      [0, '2', '4', '1'],
    ] as const,
  };
  const { rows } = heatMapOf([{ metric: {}, histograms: [[1, histogram]] }], asked);
  expect(rows.map(({ from, to, counts }) => [from, to, counts[1]])).toEqual([
    [1, 2, 2],
    [2, 4, 1],
  ]);
});

it.each([
  ['lastNotNull', 3],
  ['last', undefined],
  ['first', 1],
  ['min', 1],
  ['max', 5],
  ['mean', 3],
  ['sum', 9],
  ['count', 4],
  ['range', 4],
  ['diff', 2],
  ['delta', 7],
  ['median', 3],
] as const)('%s of 1, 5, 3 and nothing is %s', (reducer, value) => {
  expect(reduce([1, 5, 3, null], reducer)).toBe(value);
});

it('is coloured by the step that it reaches, and shown by the mapping that fits', () => {
  const frame = { refId: 'A', fields: [{ name: 'Value', type: 'number' as const, values: [1] }] };
  const config = {
    defaults: {
      thresholds: {
        mode: 'absolute',
        steps: [
          { value: null, color: 'green' },
          { value: 10, color: 'red' },
        ],
      },
      mappings: [
        { type: 'value', options: { 0: { text: 'down' } } },
        { type: 'range', options: { from: 5, to: 9, result: { text: 'some' } } },
        { type: 'special', options: { match: 'null', result: { text: 'none' } } },
      ],
    },
    overrides: [
      { matcher: { id: 'byName', options: 'Value' }, properties: [{ id: 'custom.width', value: 7 }] },
    ],
  };
  const [style] = stylesOf(frame, config, new Map());
  if (style === undefined) throw new Error('no style');
  expect([-5, 9.9, 10].map((value) => thresholdColour(value, style))).toEqual(['green', 'green', 'red']);
  expect([0, 5, 12, null].map((value) => mappingOf(value, style.mappings)?.text)).toEqual([
    'down',
    'some',
    undefined,
    'none',
  ]);
  expect(style.custom).toEqual({ width: 7 });
});

describe('Markdown', () => {
  it('is read as blocks; HTML stays text', () => {
    const blocks = parseMarkdown('# A `b`\n\nc **d** [e](f)\n\n- one\n- two\n\n```\n<x>\n```\n\n<b>no</b>');
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'paragraph', 'list', 'code', 'paragraph']);
    expect(blocks.at(-1)).toEqual({ kind: 'paragraph', inner: [{ kind: 'text', text: '<b>no</b>' }] });
  });

  it.each([
    ['https://a.b', true],
    ['/d/x', true],
    ['mailto:a@b.c', true],
    ['javascript:alert(1)', false],
    ['java\tscript:alert(1)', false],
    ['data:text/html,x', false],
  ])('follows %s: %s', (url, isSafe) => {
    expect(isSafeUrl(url)).toBe(isSafe);
  });

  it('ends for any text, and loses no letter of plain words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: fc.constantFrom(...'ab *_`[]()|#->\n1.') }), (text) => {
        expect(Array.isArray(parseMarkdown(text))).toBe(true);
      }),
    );
    expect(JSON.stringify(parseMarkdown('plain words'))).toContain('plain words');
  });
});
