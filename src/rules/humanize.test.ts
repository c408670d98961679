import { expect, it } from 'vitest';
import { humanize, humanize1024, humanizeDuration, humanizePercentage } from './humanize.ts';

it.each([
  [0, '0'],
  [1, '1'],
  [1234567, '1.235M'],
  [0.12, '120m'],
  [-1500, '-1.5k'],
  [999.96, '1000'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NaN, 'NaN'],
])('humanize(%d) is %s', (value, text) => expect(humanize(value)).toBe(text));

it.each([
  [0, '0'],
  [1024, '1ki'],
  [1048576, '1Mi'],
  [0.5, '0.5'],
  [1000, '1000'],
])('humanize1024(%d) is %s', (value, text) => expect(humanize1024(value)).toBe(text));

it.each([
  [0, '0s'],
  [1, '1s'],
  [60, '1m 0s'],
  [3725, '1h 2m 5s'],
  [90_061, '1d 1h 1m 1s'],
  [0.1, '100ms'],
  [0.000_02, '20us'],
  [-60, '-1m 0s'],
  [12.345, '12.35s'],
])('humanizeDuration(%d) is %s', (value, text) => {
  expect(humanizeDuration(value)).toBe(text);
});

it.each([
  [0.1234, '12.34%'],
  [1, '100%'],
  [0.00001, '0.001%'],
])('humanizePercentage(%d) is %s', (value, text) => expect(humanizePercentage(value)).toBe(text));
