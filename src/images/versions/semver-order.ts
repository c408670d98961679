import { compareDigits, compareTexts, isDigits } from './scheme.ts';

/**
 * Identifiers of a pre-release by Semantic Versioning: numbers by value and before words, words by ASCII, fewer before more.
 *
 * Source: https://semver.org/#spec-item-11
 */
export function compareIdentifiers(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [a, b] = [left[i], right[i]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const [isA, isB] = [isDigits(a), isDigits(b)];
    if (isA !== isB) return isA ? -1 : 1;
    const order = isA ? compareDigits(a, b) : compareTexts(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

/** A pre-release comes before its release. */
export function comparePreReleases(left: string, right: string): number {
  if (left === '' || right === '') return left === right ? 0 : left === '' ? 1 : -1;
  return compareIdentifiers(left.split('.'), right.split('.'));
}
