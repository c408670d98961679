import { compareTexts } from '../kit/text-order.ts';

export { compareTexts };

/** Compares label sets as lists of name, value, name, value, …, sorted by name. */
export function comparePairs(a: readonly string[], b: readonly string[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareTexts(a[i] as string, b[i] as string);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
