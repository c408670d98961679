import { compareDigits, isDigits, UnsupportedVersionError, type VersionScheme } from './scheme.ts';

/** A sequence of numbers; of two that begin alike the longer is newer. */
function compareSequences(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareDigits(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function scheme(name: string, border: RegExp): VersionScheme {
  const parsed = (text: string) => {
    const numbers = text.split(border);
    if (!numbers.every(isDigits)) throw new UnsupportedVersionError(name, text);
    return numbers;
  };
  return { name, compare: (left, right) => compareSequences(parsed(left), parsed(right)) };
}

/**
 * R's: numbers with dots or dashes between.
 *
 * Source: https://cran.r-project.org/doc/manuals/R-exts.html#The-DESCRIPTION-file
 */
export const cran = scheme('cran', /[.-]/);

/**
 * Haskell's: numbers with dots between.
 *
 * Source: https://pvp.haskell.org
 */
export const hackage = scheme('hackage', /\./);
