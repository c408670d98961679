import { remembered } from './remembered.ts';
import { compareRpmParts } from './rpm-segments.ts';
import { compareDigits, type VersionScheme } from './scheme.ts';

/**
 * RPM's: `[epoch:]version[-release]`; a missing epoch is 0, and a missing release comes before any. Constraints of advisories
 * often lack the epoch, so that one which only one side has says nothing there.
 */
export const rpm: VersionScheme = {
  name: 'rpm',
  // What one epoch says of a version holds for all bounds that have it. A zero that is left out only sometimes has no place.
  orderOfBound: (bound) => (withoutZeros(bound) === bound ? (parsed(bound).epoch ?? 'none') : undefined),
  compare: (left, right) => compareRpm(left, right, 'zero'),
  // A minor release of 0 is written by some distributions and left out by others: el8.0.0 is el8.
  compareToBound: (version, bound) => compareRpm(withoutZeros(version), withoutZeros(bound), 'ignore'),
};

/**
 * @param missingEpoch `zero` as RPM has it; `ignore` as Grype does where an advisory may have lost the epoch: one that only
 *   one side has says nothing.
 */
export function compareRpm(left: string, right: string, missingEpoch: 'zero' | 'ignore'): number {
  const [a, b] = [parsed(left), parsed(right)];
  const isOneSided = (a.epoch === undefined) !== (b.epoch === undefined);
  const epochs = missingEpoch === 'ignore' && isOneSided ? 0 : compareDigits(a.epoch ?? '0', b.epoch ?? '0');
  if (epochs !== 0) return epochs;
  const versions = compareRpmParts(a.version, b.version);
  if (versions !== 0) return versions;
  if (a.release === undefined || b.release === undefined) {
    return Number(a.release !== undefined) - Number(b.release !== undefined);
  }
  return compareRpmParts(a.release, b.release);
}

function withoutZeros(text: string): string {
  return text.includes('.el') && /-[^-]*\.el\d+(?:\.0+)+$/.test(text) ? text.replace(/(?:\.0+)+$/, '') : text;
}

const parsed = remembered((text) => {
  const [, epoch, rest = ''] = /^(?:\s*(\d+):)?(.*)$/s.exec(text) ?? [];
  const parts = rest.split('-');
  // Neither part may have a dash, so that a text with more of them is all version.
  const [version = '', release] = parts.length > 2 ? [rest] : parts;
  return { epoch, version, release };
});
