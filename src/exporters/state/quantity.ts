import { parseQuantity } from '../../kit/quantity.ts';

/** Cores, to the thousandth above: the least that the API counts in. */
export function coresOf(value: unknown): number | undefined {
  const cores = parseQuantity(value);
  return cores === undefined ? undefined : Math.ceil(Math.round(cores * 1e9) / 1e6) / 1000;
}

/** A whole number, rounded up as the API server does. */
export function wholeOf(value: unknown): number | undefined {
  const number = parseQuantity(value);
  return number === undefined ? undefined : Math.ceil(number);
}
