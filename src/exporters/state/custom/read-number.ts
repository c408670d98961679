import { parseQuantity } from '../../../kit/quantity.ts';
import { secondsOf } from '../fields.ts';

const words: Readonly<Record<string, number>> = { true: 1, yes: 1, false: 0, no: 0, unknown: 0 };

/**
 * The number that a value of a custom resource stands for: flags and their words, times as Unix seconds, quantities, percentages as
 * parts of 1. undefined when it is none.
 */
export function readNumber(value: unknown, nilIsZero = false): number | undefined {
  if (value === undefined || value === null) return nilIsZero ? 0 : undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return undefined;
  const word = words[value.toLowerCase()];
  if (word !== undefined) return word;
  const number = parseQuantity(value);
  if (number !== undefined) return number;
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return secondsOf(value);
  const percent = /^([+-]?\d+(?:\.\d+)?)%$/.exec(value)?.[1];
  return percent === undefined ? undefined : Number(percent) / 100;
}
