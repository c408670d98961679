import { AppError } from '../../kit/app-error.ts';

/** How versions of one kind of package are ordered. */
export interface VersionScheme {
  /** As databases name it, e.g. `dpkg`. */
  readonly name: string;
  /**
   * Below 0 when `left` is the older one, 0 when they are the same, above 0 otherwise.
   *
   * @throws {UnsupportedVersionError} for a text that is no version of the scheme.
   */
  compare(left: string, right: string): number;
  /** The order of a version and the bound of a constraint, where it is another than that of two versions. */
  compareToBound?(version: string, bound: string): number;
  /**
   * Bounds with the same answer stand in one order for all versions: what is above one of them is above all that `compare` puts
   * below it. Undefined for a bound of which that does not hold; absent where it is not known of any.
   */
  orderOfBound?(bound: string): string | undefined;
}

/** A text that is no version of its scheme, so that nothing can be said of it. */
export class UnsupportedVersionError extends AppError {
  readonly code = 'UNSUPPORTED_VERSION';

  constructor(scheme: string, version: string) {
    super(`"${version}" is no ${scheme} version`);
  }
}

/** Whole numbers of any length as texts of digits; leading zeros do not count. */
export function compareDigits(left: string, right: string): number {
  const isExact = left.length < exactDigits && right.length < exactDigits;
  // Nothing at all comes before 0.
  if (isExact && left !== '' && right !== '') return Number(left) - Number(right);
  const a = left.replace(/^0+(?=\d)/, '');
  const b = right.replace(/^0+(?=\d)/, '');
  return a.length - b.length || compareTexts(a, b);
}

/** Fewer digits than this are a number without loss. */
const exactDigits = 16;

/** By code unit, which is the order of ASCII. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Number by number; a missing one is 0. */
export function compareDigitLists(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareDigits(left[i] ?? '0', right[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

export function isDigits(text: string): boolean {
  return /^\d+$/.test(text);
}
