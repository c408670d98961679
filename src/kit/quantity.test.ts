import { expect, it } from 'vitest';
import { parseQuantity } from './quantity.ts';

it.each([
  ['100m', 0.1],
  ['1', 1],
  ['1.5Gi', 1_610_612_736],
  ['2k', 2000],
  ['1e3', 1000],
  ['1E', 1e18],
  ['-5', -5],
  ['.5', 0.5],
  [7, 7],
  ['1Ki5', undefined],
  ['m', undefined],
  ['', undefined],
  [null, undefined],
])('the quantity %s is %s', (text, number) => expect(parseQuantity(text)).toBe(number));
