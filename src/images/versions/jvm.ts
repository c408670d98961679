import type { VersionScheme } from './scheme.ts';
import { compareLoose, type LooseVersion, required } from './semver.ts';

/**
 * Java's: the old `1.8.0_131-b11` is `8.0.131`; builds do not count.
 *
 * Source: https://openjdk.org/jeps/223
 */
export const jvm: VersionScheme = {
  name: 'jvm',
  compare: (left, right) => compareLoose(parsed(left), parsed(right)),
};

function parsed(text: string): LooseVersion {
  const normal = text
    .trim()
    .replace(/-update_?/, '_')
    // 1.8.0_131 is the old name of 8.0.131.
    .replace(/^1\.(?=\d)/, '')
    .replace(/_/, '.')
    .replace(/-b\d+$/, '');
  return required('jvm', normal);
}
