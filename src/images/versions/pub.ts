import type { VersionScheme } from './scheme.ts';
import { compareLoose, required } from './semver.ts';
import { compareIdentifiers } from './semver-order.ts';

/**
 * Dart's: semantic versions whose builds count, and come after the version without one.
 *
 * Source: https://github.com/dart-lang/pub/blob/master/doc/solver.md
 */
export const pub: VersionScheme = {
  name: 'pub',
  compare(left, right) {
    const [a, b] = [required('pub', left), required('pub', right)];
    return compareLoose(a, b) || compareIdentifiers(identifiers(a.build), identifiers(b.build));
  },
};

function identifiers(build: string): readonly string[] {
  return build === '' ? [] : build.split('.');
}
