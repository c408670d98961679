import { parseConstraint, satisfies } from '../../versions/constraint.ts';
import { schemeOf } from '../../versions/schemes.ts';
import type { WrittenRange } from '../database-writer.ts';
import type { OsvAffected } from './osv-record.ts';

type Range = NonNullable<OsvAffected['ranges']>[number];

/**
 * The ranges of an OSV record, as constraints: one for each stretch from an introduction to a fix, with that as the version to
 * upgrade to, and one for the versions that are listed and in none of these. Ranges of commits (`GIT`) say nothing of packages.
 */
export function rangesOf({ ranges, versions }: OsvAffected, scheme: string): readonly WrittenRange[] {
  const stretches = (ranges ?? [])
    .filter(({ type }) => type !== 'GIT')
    .flatMap((range) => stretchesOf(range, scheme));
  const listed = (versions ?? []).filter(
    (version) =>
      isPlain(version) &&
      !stretches.some(({ version: { constraint } }) => isWithin(version, constraint, scheme)),
  );
  if (listed.length === 0) return stretches;
  const constraint = listed.map((version) => `= ${version}`).join(' || ');
  return [...stretches, { version: { type: scheme, constraint } }];
}

function stretchesOf({ events }: Range, scheme: string): readonly WrittenRange[] {
  const stretches: WrittenRange[] = [];
  let from: string | undefined;
  for (const { introduced, fixed, last_affected: last } of events) {
    if (introduced !== undefined) {
      if (from !== undefined) stretches.push(stretch(scheme, from, '', undefined));
      from = introduced;
    }
    if (from === undefined || (fixed === undefined && last === undefined)) continue;
    stretches.push(stretch(scheme, from, fixed === undefined ? `<= ${last ?? ''}` : `< ${fixed}`, fixed));
    from = undefined;
  }
  if (from !== undefined) stretches.push(stretch(scheme, from, '', undefined));
  return stretches;
}

function stretch(scheme: string, from: string, until: string, fixed: string | undefined): WrittenRange {
  const bounds = [...(from === '0' || from === '' ? [] : [`>= ${from}`]), ...(until === '' ? [] : [until])];
  return {
    version: { type: scheme, constraint: bounds.join(', ') },
    fix: fixed === undefined ? { state: 'unknown' } : { version: fixed, state: 'fixed' },
  };
}

/** Whether a version can stand in a constraint. */
function isPlain(version: string): boolean {
  return version.trim() !== '' && !/[<>=()|,"']/.test(version);
}

function isWithin(version: string, constraint: string, scheme: string): boolean {
  try {
    return satisfies(schemeOf(scheme), version, parseConstraint(constraint));
  } catch {
    return false;
  }
}
