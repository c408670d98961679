import { CelError } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { objectTypes } from '../types.ts';
import { CelObject, order } from '../values.ts';

class Semver extends CelObject {
  readonly typeName = objectTypes.Semver;
  readonly numbers: readonly [bigint, bigint, bigint];
  /** Parts of the pre-release; none for a release. */
  readonly pre: readonly string[];

  constructor(numbers: readonly [bigint, bigint, bigint], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }

  equals(other: CelObject): boolean {
    return other instanceof Semver && compare(this, other) === 0;
  }
}

const pattern =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function parse(text: string, normalize = false): Semver | CelError {
  const wanted = normalize ? normalized(text) : text;
  const match = wanted === undefined ? null : pattern.exec(wanted);
  const [, major = '', minor = '', patch = '', pre] = match ?? [];
  const parts = pre?.split('.') ?? [];
  if (match === null || parts.some((part) => /^0\d+$/.test(part)))
    return new CelError(`invalid semantic version "${text}"`);
  return new Semver([BigInt(major), BigInt(minor), BigInt(patch)], parts);
}

/** Without a leading `v` and leading zeros, with three numbers; undefined for a short one with more behind it. */
function normalized(text: string): string | undefined {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [
    major,
    ...(minor === undefined ? [] : [minor]),
    ...(rest.length === 0 ? [] : [rest.join('.')]),
  ];
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? '')) return undefined;
  while (parts.length < 3) parts.push('0');
  return parts.map((part) => part.replace(/^0+(?=\d)/, '')).join('.');
}

function compare(a: Semver, b: Semver): number {
  for (const [i, own] of a.numbers.entries()) {
    const found = order(own, b.numbers[i] ?? 0n);
    if (found !== 0) return found;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (const [i, own] of a.pre.entries()) {
    const other = b.pre[i];
    if (other === undefined) return 1;
    const found = comparePart(own, other);
    if (found !== 0) return found;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

/** Numbers go before words. */
function comparePart(a: string, b: string): number {
  const [first, second] = [a, b].map((part) => /^\d+$/.test(part));
  if (first === true && second === true) return order(BigInt(a), BigInt(b));
  if (first !== second) return first === true ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Semantic versions.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-semver-library
 */
export const semver: readonly Overload[] = [
  func('semver', 'string -> Semver', (text: string) => parse(text)),
  func('semver', 'string, bool -> Semver', parse),
  func('isSemver', 'string -> bool', (text: string) => parse(text) instanceof Semver),
  func(
    'isSemver',
    'string, bool -> bool',
    (text: string, normalize: boolean) => parse(text, normalize) instanceof Semver,
  ),
  method('major', 'Semver -> int', ({ numbers }: Semver) => numbers[0]),
  method('minor', 'Semver -> int', ({ numbers }: Semver) => numbers[1]),
  method('patch', 'Semver -> int', ({ numbers }: Semver) => numbers[2]),
  method('isLessThan', 'Semver, Semver -> bool', (a: Semver, b: Semver) => compare(a, b) < 0),
  method('isGreaterThan', 'Semver, Semver -> bool', (a: Semver, b: Semver) => compare(a, b) > 0),
  method('compareTo', 'Semver, Semver -> int', (a: Semver, b: Semver) => BigInt(compare(a, b))),
];
