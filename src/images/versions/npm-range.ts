import { compareDigits, UnsupportedVersionError } from './scheme.ts';
import { comparePreReleases } from './semver-order.ts';

/** `major.minor.patch`, and the pre-release ('' for a release). */
interface NpmVersion {
  readonly numbers: readonly [string, string, string];
  readonly preRelease: string;
}

interface Bound {
  readonly operator: '<' | '<=' | '>' | '>=' | '=';
  readonly version: NpmVersion;
}

/**
 * Whether a version is within an npm range such as `^1.2.3 || >=2.0 <3`. A pre-release is only within a range that names a
 * pre-release of the same version.
 *
 * Source: https://github.com/npm/node-semver#ranges
 * @throws {UnsupportedVersionError} when the range cannot be read. What is no version is within none.
 */
export function satisfiesNpmRange(version: string, range: string): boolean {
  const found = parseVersion(version);
  if (found === undefined) return false;
  return range.split('||').some((alternative) => {
    const bounds = boundsOf(alternative.trim(), range);
    return bounds.every((bound) => holds(found, bound)) && mayBePreRelease(found, bounds);
  });
}

function mayBePreRelease(version: NpmVersion, bounds: readonly Bound[]): boolean {
  if (version.preRelease === '') return true;
  return bounds.some(
    ({ version: { numbers, preRelease } }) =>
      preRelease !== '' && numbers.join('.') === version.numbers.join('.'),
  );
}

function holds(version: NpmVersion, { operator, version: bound }: Bound): boolean {
  const order = compare(version, bound);
  if (operator === '=') return order === 0;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

function compare(left: NpmVersion, right: NpmVersion): number {
  for (const i of [0, 1, 2] as const) {
    const order = compareDigits(left.numbers[i], right.numbers[i]);
    if (order !== 0) return order;
  }
  return comparePreReleases(left.preRelease, right.preRelease);
}

const part =
  '[vV=\\s]*([0-9]+|[xX*])(?:\\.([0-9]+|[xX*])(?:\\.([0-9]+|[xX*])(?:-?([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z.-]+)?)?)?';
const hyphen = new RegExp(`^${part}\\s+-\\s+${part}$`);
const comparator = new RegExp(`^(\\^|~>?|<=|>=|<|>|=)?\\s*${part}$`);

function parseVersion(text: string): NpmVersion | undefined {
  const found =
    /^[vV=\s]*(\d+)\.(\d+)\.(\d+)(?:-?([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?\s*$/.exec(
      text,
    );
  if (found === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', preRelease = ''] = found;
  return { numbers: [major, minor, patch], preRelease };
}

function boundsOf(alternative: string, range: string): readonly Bound[] {
  const both = hyphen.exec(alternative);
  if (both !== null) {
    return [...expand('>=', partial(both.slice(1, 5))), ...expand('<=', partial(both.slice(5, 9)))];
  }
  const written = alternative
    .replace(/(\^|~>?|<=|>=|<|>|=)\s+/g, '$1')
    .split(/\s+/)
    .filter((one) => one !== '');
  return written.flatMap((one) => {
    const found = comparator.exec(one);
    if (found === null) throw new UnsupportedVersionError('npm range', range);
    return expand(found[1] ?? '', partial(found.slice(2, 6)));
  });
}

/** A version of which parts may be left open. */
interface Partial {
  readonly major: string | undefined;
  readonly minor: string | undefined;
  readonly patch: string | undefined;
  readonly preRelease: string;
}

function partial([major, minor, patch, preRelease]: readonly (string | undefined)[]): Partial {
  const known = (text: string | undefined) => (text === undefined || /[xX*]/.test(text) ? undefined : text);
  const first = known(major);
  const second = first === undefined ? undefined : known(minor);
  const third = second === undefined ? undefined : known(patch);
  return {
    major: first,
    minor: second,
    patch: third,
    preRelease: third === undefined ? '' : (preRelease ?? ''),
  };
}

function next(number: string): string {
  return String(BigInt(number) + 1n);
}

const at = (major: string, minor = '0', patch = '0', preRelease = ''): NpmVersion => ({
  numbers: [major, minor, patch],
  preRelease,
});
/** Below all pre-releases of a version too. */
const below = (version: NpmVersion): Bound => ({ operator: '<', version: { ...version, preRelease: '0' } });
const from = (version: NpmVersion): Bound => ({ operator: '>=', version });

function expand(operator: string, version: Partial): readonly Bound[] {
  const { major, minor, patch, preRelease } = version;
  if (major === undefined) return operator === '<' || operator === '>' ? [below(at('0'))] : [];
  const low = at(major, minor, patch, preRelease);
  if (operator === '^') return [from(low), below(caretEnd(version, major))];
  if (operator.startsWith('~'))
    return [from(low), below(minor === undefined ? at(next(major)) : at(major, next(minor)))];
  const end = minor === undefined ? at(next(major)) : at(major, next(minor));
  const isOpen = patch === undefined;
  switch (operator) {
    case '>':
      return isOpen ? [from(end)] : [{ operator: '>', version: low }];
    case '>=':
      return [from(low)];
    case '<':
      return isOpen ? [below(low)] : [{ operator: '<', version: low }];
    case '<=':
      return isOpen ? [below(end)] : [{ operator: '<=', version: low }];
    default:
      return isOpen ? [from(low), below(end)] : [{ operator: '=', version: low }];
  }
}

/** The first number that is not 0 may not change. */
function caretEnd({ minor, patch }: Partial, major: string): NpmVersion {
  if (major !== '0' || minor === undefined) return at(next(major));
  if (minor !== '0' || patch === undefined) return at(major, next(minor));
  return at(major, minor, next(patch));
}
