import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../../../test/support/property-seed.ts';
import { versionTexts } from '../../../test/support/version-texts.ts';
import { UnsupportedVersionError } from './scheme.ts';
import { schemeOf } from './schemes.ts';

/**
 * All but `fuzzy`, which orders semantic versions among themselves in another way than beside other texts, as Grype does. Of Maven's, texts that
 * begin with a zero or a letter are left out: Maven itself has circles among them (`a.0`, `0`, `0.rc1.0`).
 */
const schemes = [
  ...['apk', 'bitnami', 'cran', 'dpkg', 'gem', 'go', 'hackage', 'jvm', 'kb', 'maven', 'nuget'],
  ...['packagist', 'pacman', 'pep440', 'portage', 'pub', 'rpm', 'semver'],
];

/** Undefined where one of the two is no version of the scheme. */
function orderBy(name: string): (left: string, right: string) => number | undefined {
  const scheme = schemeOf(name);
  return (left, right) => {
    try {
      return Math.sign(scheme.compare(left, right));
    } catch (error) {
      expect(error).toBeInstanceOf(UnsupportedVersionError);
      return undefined;
    }
  };
}

type Order = ReturnType<typeof orderBy>;

function expectLaws(order: Order, a: string, b: string, c: string): void {
  const [first, second, both] = [order(a, b) ?? 0, order(b, c) ?? 0, order(a, c) ?? 0];
  if (first === 0) expect([a, b, c, both]).toEqual([a, b, c, second]);
  if (first * second > 0) expect([a, b, c, both]).toEqual([a, b, c, first]);
}

it.each(schemes)('%s: what comes after a version comes after all that come before it', (name) => {
  const order = orderBy(name);
  const isOrdered = (text: string) =>
    order(text, text) !== undefined && (name !== 'maven' || /^[1-9][\w.+~^-]*$/.test(text));
  fc.assert(
    fc.property(versionTexts, versionTexts, versionTexts, (a, b, c) => {
      if (![a, b, c].every(isOrdered)) return;
      expectLaws(order, a, b, c);
      expectLaws(order, b, c, a);
      expectLaws(order, c, a, b);
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['gem', `1${'-'.repeat(46)}_`],
  ['semver', `1.0.0-${'1'.repeat(60_000)}!`],
  ['semver', `1.0.0-${'a'.repeat(60_000)}!`],
  ['go', `v1.0.0-${'a-'.repeat(30_000)}!`],
  ['nuget', `1.0.0-${'a-'.repeat(30_000)}!`],
  ['bitnami', `1.0.0-${'a'.repeat(60_000)}!`],
  ['pub', `1.0.0+${'a'.repeat(60_000)}!`],
])('%s reads what is no version without trying each way to part it', (name, text) => {
  expect(() => schemeOf(name).compare(text, '1.0.0')).toThrow(UnsupportedVersionError);
});
