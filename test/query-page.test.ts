import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortNumber, stack, toGrid } from '../web/src/pages/query/graph-data.ts';
import {
  emptyPanel,
  formatSpan,
  nextRange,
  type PanelState,
  parseSpan,
  readPanels,
  stepFor,
  writePanels,
} from '../web/src/pages/query/panel-state.ts';
import { remarkOf } from '../web/src/pages/query/remarks.ts';

describe('the address of the query page', () => {
  const panel: fc.Arbitrary<PanelState> = fc.record({
    expr: fc.string({ unit: 'grapheme' }),
    tab: fc.constantFrom('table', 'graph', 'explain'),
    rangeMs: fc.integer({ min: 1, max: 10_000_000 }).map((seconds) => seconds * 1000),
    endMs: fc.option(fc.integer({ min: 0, max: 2_000_000_000_000 }), { nil: undefined }),
    stepMs: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
    stacked: fc.boolean(),
    sort: fc.option(
      fc.record({ by: fc.constantFrom('series', 'value'), order: fc.constantFrom('asc', 'desc') }),
      {
        nil: undefined,
      },
    ),
  });

  it('holds everything that the panels show, and leaves the rest alone', () => {
    fc.assert(
      fc.property(fc.array(panel, { minLength: 1, maxLength: 20 }), (panels) => {
        const params = writePanels(panels, new URLSearchParams('refresh=5s&g7.expr=old'));
        expect(readPanels(new URLSearchParams(params.toString()))).toEqual(panels);
        expect(params.get('refresh')).toBe('5s');
      }),
    );
  });

  it("takes Prometheus' own links, new and old", () => {
    const query = 'g0.expr=up&g0.tab=1&g0.range_input=2h&g0.end_input=2026-03-01%2012%3A00%3A00&g0.stacked=1';
    expect(readPanels(new URLSearchParams(query))).toEqual([
      {
        expr: 'up',
        tab: 'table',
        rangeMs: 7_200_000,
        endMs: Date.parse('2026-03-01T12:00:00Z'),
        stepMs: undefined,
        stacked: true,
        sort: undefined,
      },
    ]);
    expect(
      readPanels(new URLSearchParams('g0.expr=up&g0.tab=graph&g0.display_mode=stacked'))[0]?.stacked,
    ).toBe(true);
  });

  it('is one empty panel where it names none', () => {
    expect(readPanels(new URLSearchParams())).toEqual([emptyPanel]);
  });
});

describe('ranges and steps', () => {
  it('reads spans as they are written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), (seconds) => {
        expect(parseSpan(formatSpan(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });

  it.each(['', 'x', '1', '5x', '-1h', '0s'])('does not take %j for a span', (text) => {
    expect(parseSpan(text)).toBeUndefined();
  });

  it('goes to the next usual range and stays at the ends', () => {
    expect([nextRange(3_600_000, 1), nextRange(3_600_000, -1), nextRange(1000, -1)]).toEqual([
      10_800_000, 1_800_000, 1000,
    ]);
  });

  it('never asks for more points than the server gives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.option(fc.integer({ min: 1 }), { nil: undefined }),
        (seconds, stepMs) => {
          const rangeMs = seconds * 1000;
          expect(rangeMs / stepFor({ rangeMs, stepMs })).toBeLessThanOrEqual(11_000);
        },
      ),
    );
  });
});

describe('graphs', () => {
  it('have a gap at each step without a number', () => {
    const series = [
      {
        values: [
          [1, '5'],
          [3, 'NaN'],
          [4, '-1.5'],
        ] as const,
      },
      {},
    ];
    expect(toGrid(series, 1000, 5000, 1000)).toEqual({
      seconds: [1, 2, 3, 4, 5],
      values: [
        [5, null, null, -1.5, null],
        [null, null, null, null, null],
      ],
    });
  });

  it('stack each series on the shown ones below it', () => {
    const value = fc.option(fc.integer({ min: -1000, max: 1000 }));
    const columns = fc
      .integer({ min: 1, max: 5 })
      .chain((steps) =>
        fc.array(fc.array(value, { minLength: steps, maxLength: steps }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(columns, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (values, shown) => {
        const stacked = stack(values, (index) => shown[index] === true);
        values[0]?.forEach((_, step) => {
          values.forEach((_column, index) => {
            const below = values.slice(index).filter((_each, i) => shown[index + i] === true);
            const there = below.map((column) => column[step] ?? null).filter((each) => each !== null);
            const sum = there.length === 0 ? null : there.reduce((a, b) => a + b, 0);
            expect(stacked[index]?.[step]).toBe(sum);
          });
        });
      }),
    );
  });

  it.each([
    [0, '0'],
    [1.25, '1.25'],
    [12_345, '12.35k'],
    [-2_000_000, '-2M'],
    [3e9, '3G'],
    [1.5e-7, '1.5e-7'],
    [2e20, '2e+20'],
  ])('shorten %d to %s', (value, text) => expect(shortNumber(value)).toBe(text));
});

it.each([
  [
    'error',
    'invalid parameter "query": 1:5: parse error: unclosed left parenthesis',
    'sum(up',
    { text: 'unclosed left parenthesis', at: 4 },
  ],
  ['error', '2:3: parse error: x', 'ab\ncdef', { text: 'x', at: 5 }],
  [
    'info',
    'PromQL info: might not be a counter: "a" (1:6)',
    'rate(a[5m])',
    { text: 'might not be a counter: "a"', at: 5 },
  ],
  [
    'warning',
    'results truncated due to limit',
    'up',
    { text: 'results truncated due to limit', at: undefined },
  ],
  ['warning', 'beyond the end (9:9)', 'up', { text: 'beyond the end', at: 2 }],
] as const)('finds the place in the %s %s', (severity, message, expr, remark) => {
  expect(remarkOf(severity, message, expr)).toEqual({ severity, ...remark });
});
