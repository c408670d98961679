import { remembered } from './remembered.ts';
import { compareDigitLists, UnsupportedVersionError, type VersionScheme } from './scheme.ts';
import { comparePreReleases } from './semver-order.ts';

/** A version of any number of numbers, with what may follow them. */
export interface LooseVersion {
  readonly numbers: readonly string[];
  /** '' for a release. */
  readonly preRelease: string;
  /** '' where there is none. */
  readonly build: string;
}

const more = '[0-9A-Za-z~-]*(?:\\.[0-9A-Za-z~-]+)*';
/** What a part begins with is one character: no text can be read in many ways, which would take long. */
const form = new RegExp(
  `^[vV]?(\\d+(?:\\.\\d+)*)(?:-(\\d${more})|-?([A-Za-z~-]${more}))?(?:\\+([0-9A-Za-z~-]${more}))?$`,
);

/** Semantic versions read leniently: `v`, fewer or more than three numbers, and `1.0rc1` are taken. Undefined when it is none. */
export const parseLoose = remembered((text): LooseVersion | undefined => {
  const normal = text.trim().replace(/\.(alpha|beta|rc)/g, '-$1');
  const found = form.exec(normal);
  if (found === null) return undefined;
  return {
    numbers: (found[1] ?? '').split('.'),
    preRelease: found[2] ?? found[3] ?? '',
    build: found[4] ?? '',
  };
});

/** Builds do not count. */
export function compareLoose(left: LooseVersion, right: LooseVersion): number {
  return (
    compareDigitLists(left.numbers, right.numbers) || comparePreReleases(left.preRelease, right.preRelease)
  );
}

/**
 * Semantic Versioning, read leniently.
 *
 * Source: https://semver.org
 */
export const semver: VersionScheme = {
  name: 'semver',
  orderOfBound: () => '',
  compare: (left, right) => compareLoose(required('semver', left), required('semver', right)),
};

/** @throws {UnsupportedVersionError} */
export function required(scheme: string, text: string): LooseVersion {
  const found = parseLoose(text);
  if (found === undefined) throw new UnsupportedVersionError(scheme, text);
  return found;
}
