import { parseQuantity } from '../../kit/quantity.ts';

/** A quantity as people write it in the values of a control: spaces around it do not count, and `K` is taken for `k`. */
export function quantityOf(value: unknown): number | undefined {
  return parseQuantity(typeof value === 'string' ? value.trim().replace(/K$/, 'k') : value);
}
