import { UnsupportedVersionError, type VersionScheme } from './scheme.ts';
import { compareLoose, required } from './semver.ts';

/**
 * Go's modules (`v1.2.3`, pseudo-versions, `+incompatible`) and its standard library (`go1.22.1`).
 *
 * Source: https://go.dev/ref/mod#versions
 */
export const go: VersionScheme = {
  name: 'go',
  orderOfBound: () => '',
  compare: (left, right) => compareLoose(parsed(left), parsed(right)),
};

function parsed(text: string) {
  // What a build from a working tree calls itself: no version.
  if (text === '(devel)') throw new UnsupportedVersionError('go', text);
  const from = text.startsWith('go') ? 2 : 0;
  return required('go', text.slice(from, text.endsWith(incompatible) ? -incompatible.length : undefined));
}

const incompatible = '+incompatible';
