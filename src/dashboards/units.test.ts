import fc from 'fast-check';
import { expect, it } from 'vitest';
import { units } from './unit-table.ts';
import { showText, showValue } from './units.ts';

const context = { nowMs: Date.parse('2026-11-18T16:42:31Z'), zone: 'utc' } as const;

it.each([
  [0, 'short', undefined, '0'],
  [12_345, 'short', undefined, '12.3 K'],
  [2_500_000, 'short', undefined, '2.5 Mil'],
  [0.000123, 'short', undefined, '0.000123'],
  [1536, 'bytes', undefined, '1.5 KiB'],
  [1_048_576, 'bytes', undefined, '1 MiB'],
  [1500, 'decbytes', undefined, '1.5 kB'],
  [2, 'mbytes', undefined, '2 MiB'],
  [123_456, 'Bps', undefined, '123 kB/s'],
  [1_000_000, 'bps', undefined, '1 Mb/s'],
  [-2048, 'bytes', undefined, '-2 KiB'],
  [0.5, 'percentunit', undefined, '50%'],
  [99.95, 'percent', 1, '100.0%'],
  [42, 'percent', undefined, '42%'],
  [0.25, 's', undefined, '250 ms'],
  [90, 's', undefined, '1.5 mins'],
  [3600, 's', undefined, '1 hour'],
  [172_800, 's', 0, '2 days'],
  [5, 'ms', undefined, '5 ms'],
  [0.0000025, 's', undefined, '2.5 µs'],
  [0, 's', undefined, '0 s'],
  [3723, 'dthms', undefined, '01:02:03'],
  [93_784, 'dtdurations', undefined, '1 d 2 h'],
  [12.5, 'reqps', undefined, '12.5 req/s'],
  [7, 'none', undefined, '7'],
  [7, '', undefined, '7'],
  [7, 'suffix:/day', undefined, '7/day'],
  [7, 'prefix:~', undefined, '~7'],
  [7, 'apples', undefined, '7 apples'],
  [1, 'bool_yes_no', undefined, 'Yes'],
  [255, 'hex0x', undefined, '0xFF'],
  [23.456, 'celsius', undefined, '23.5 °C'],
  [5, 'currencyUSD', 2, '$5.00'],
  [null, 'bytes', undefined, '–'],
  [Number.NaN, 's', undefined, '–'],
  [Number.POSITIVE_INFINITY, 's', undefined, '∞'],
  [Date.parse('2026-11-18T12:00:00Z'), 'dateTimeAsIso', undefined, '2026-11-18 12:00:00'],
  [Date.parse('2026-11-18T12:00:00Z'), 'dateTimeAsIsoNoDateIfToday', undefined, '12:00:00'],
  [Date.parse('2026-11-18T16:40:31Z'), 'dateTimeFromNow', undefined, '2 mins ago'],
])('shows %s in %s as wanted', (value, unit, decimals, text) => {
  expect(showText(value, unit, decimals, context)).toBe(text);
});

it('shows any number in any unit as a short text, and the sign that it has', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, min: -1e18, max: 1e18 }),
      fc.constantFrom(...Object.keys(units)),
      (value, unit) => {
        const text = showText(value, unit, undefined, context);
        expect(text).not.toMatch(/NaN|undefined/);
        expect(text.length).toBeLessThan(45);
        if (['si', 'binary', 'short', 'duration'].includes(units[unit]?.kind ?? '') && Math.abs(value) > 1e-3)
          expect(text.startsWith('-')).toBe(value < 0);
      },
    ),
  );
});

it('shows larger sizes as no smaller numbers of bytes', () => {
  const bytesOf = (value: number) => {
    const { text, suffix } = showValue(value, 'bytes', 6, context);
    return Number(text) * 1024 ** ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'].indexOf(suffix.trim());
  };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 }), (value) => {
      expect(Math.abs(bytesOf(value) - value)).toBeLessThanOrEqual(value * 1e-5 + 1e-6);
    }),
  );
});
