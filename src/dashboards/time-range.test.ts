import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { niceInterval, promSpan, stepsOf } from './interval.ts';
import { isRelative, movedRange, parseRange, parseSpan, parseTime } from './time-range.ts';

const now = Date.parse('2026-11-18T16:42:31.500Z');
const at = (text: string, end: 'from' | 'to' = 'from') => {
  const ms = parseTime(text, now, end, 'utc');
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

it.each([
  ['now', '2026-11-18T16:42:31.500Z'],
  ['now-6h', '2026-11-18T10:42:31.500Z'],
  ['now+1d', '2026-11-19T16:42:31.500Z'],
  ['now-1h-30m', '2026-11-18T15:12:31.500Z'],
  ['now/d', '2026-11-18T00:00:00.000Z'],
  ['now-1d/d', '2026-11-17T00:00:00.000Z'],
  // The 18th is a Wednesday.
  ['now/w', '2026-11-16T00:00:00.000Z'],
  ['now/M', '2026-11-01T00:00:00.000Z'],
  ['now/y', '2026-01-01T00:00:00.000Z'],
  ['now-9M', '2026-02-18T16:42:31.500Z'],
  ['1700000000000', '2023-11-14T22:13:20.000Z'],
  ['2026-11-21', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21 16:00', '2026-11-21T16:00:00.000Z'],
  ['2026-11-21T16:00:05.250Z', '2026-11-21T16:00:05.250Z'],
  ['2026-11-21T16:00:05+02:00', '2026-11-21T14:00:05.000Z'],
  ['', undefined],
  ['yesterday', undefined],
  ['now-6', undefined],
  ['now-6x', undefined],
  ['nowhere', undefined],
  ['2026-02-30', undefined],
  ['2026-13-01', undefined],
  ['-5', undefined],
])('reads %s as %s', (text, iso) => {
  expect(at(text)).toBe(iso);
});

it('takes the end of a day where it is the end of a range', () => {
  expect(at('now/d', 'to')).toBe('2026-11-18T23:59:59.999Z');
  expect(at('now-1M/M', 'to')).toBe('2026-10-31T23:59:59.999Z');
});

it('takes the last day of a shorter month for one that it does not have', () => {
  expect(
    new Date(parseTime('now-1M', Date.parse('2026-03-31T12:00:00Z'), 'from', 'utc') ?? 0).toISOString(),
  ).toBe('2026-02-28T12:00:00.000Z');
});

it('is no range when the end is not after the beginning', () => {
  expect(parseRange('now', 'now-1h', now, 'utc')).toBeUndefined();
  expect(parseRange('now-1h', 'now', now, 'utc')).toEqual({ fromMs: now - 3_600_000, toMs: now });
  expect(isRelative({ from: 'now-1h', to: 'now' })).toBe(true);
  expect(isRelative({ from: '1', to: '2' })).toBe(false);
});

it('comes back from any number of units that it went away by', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom('s', 'm', 'h', 'd', 'w'),
      (count, unit) => {
        expect(parseTime(`now-${count}${unit}+${count}${unit}`, now, 'from', 'utc')).toBe(now);
      },
    ),
  );
});

it('never rounds to later for a beginning, nor to earlier for an end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1e12, max: 4e12 }),
      fc.constantFrom('s', 'm', 'h', 'd', 'w', 'M', 'y'),
      (ms, unit) => {
        expect(parseTime(`now/${unit}`, ms, 'from', 'utc')).toBeLessThanOrEqual(ms);
        expect(parseTime(`now/${unit}`, ms, 'to', 'utc')).toBeGreaterThanOrEqual(ms);
      },
    ),
  );
});

it('keeps the length of a range that is moved, and the middle of one that grows', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1e12, max: 2e12 }), fc.integer({ min: 2, max: 1e9 }), (fromMs, half) => {
      const range = { fromMs, toMs: fromMs + 2 * half };
      for (const how of ['earlier', 'later'] as const) {
        const moved = movedRange(range, how);
        expect(moved.toMs - moved.fromMs).toBe(2 * half);
      }
      const out = movedRange(range, 'out');
      expect([out.fromMs + out.toMs, out.toMs - out.fromMs]).toEqual([range.fromMs + range.toMs, 4 * half]);
    }),
  );
});

describe('steps', () => {
  it.each([
    ['90s', 90_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['0s', undefined],
    ['1x', undefined],
    ['', undefined],
  ])('the span %s is %s ms', (text, ms) => {
    expect(parseSpan(text)).toBe(ms);
  });

  it('are as fine as the panel is wide, not finer than scrapes, and never more than may be asked for', () => {
    const hours = (count: number) => ({ fromMs: now - count * 3_600_000, toMs: now });
    expect(stepsOf(hours(1), 1000, '')).toEqual({ intervalMs: 15_000, rateIntervalMs: 60_000 });
    expect(stepsOf(hours(24), 1000, '')).toEqual({ intervalMs: 60_000, rateIntervalMs: 75_000 });
    expect(stepsOf(hours(1), 1000, '1m')).toEqual({ intervalMs: 60_000, rateIntervalMs: 240_000 });
    expect(stepsOf(hours(1), 1000, '>30s').intervalMs).toBe(30_000);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e12 }),
        fc.integer({ min: 1, max: 100_000 }),
        (spanMs, points) => {
          const { intervalMs, rateIntervalMs } = stepsOf({ fromMs: 0, toMs: spanMs }, points, '1s');
          expect(spanMs / intervalMs).toBeLessThanOrEqual(11_000);
          expect(rateIntervalMs).toBeGreaterThan(intervalMs);
        },
      ),
    );
  });

  it('are nice numbers, and written in the largest unit that fits', () => {
    expect([0, 1, 14_000, 70_000, 1e12].map(niceInterval)).toEqual([1, 1, 15_000, 60_000, 31_536_000_000]);
    expect([1, 1500, 30_000, 5_400_000, 86_400_000].map(promSpan)).toEqual([
      '1ms',
      '1500ms',
      '30s',
      '90m',
      '1d',
    ]);
  });
});
