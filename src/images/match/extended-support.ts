import type { Package } from '../../model/package.ts';
import type { Advisory, AdvisoryFix, AdvisoryRange } from '../database/advisory.ts';
import { type FoundFix, fixedBy, fixOfRow, orderOfFix } from './fix.ts';
import { type Hit, namesOf, type Scene, withoutNamed } from './hit.ts';
import { isQualified } from './qualifiers.ts';
import type { Search } from './search.ts';

/** The search, what it found in the release's data, and all that the release's and the extended support's data say of the name. */
export interface ExtendedQuestion {
  readonly search: Search;
  readonly hits: readonly Hit[];
  readonly rows: readonly Advisory[];
}

/**
 * Red Hat's EUS and Ubuntu's ESM fix what the release itself no longer does, in versions of their own. What the release's
 * data tells stands, unless the installed version has the fix of one or the other; else their fixes are what to upgrade to.
 */
export function withExtendedFixes(
  found: Package,
  scene: Scene,
  { search, hits, rows }: ExtendedQuestion,
): readonly Hit[] {
  const told = toldOf(found, scene, search, rows);
  return withoutNamed(hits, fixedNames(told)).map((hit) => {
    const same = told.filter(({ record }) => record.id === hit.record.id);
    const needed = same.flatMap(({ fixes }) => fixes).filter(({ order }) => order < 0);
    if (needed.length > 0) return { ...hit, fix: neededFix(needed, scene) };
    return same.some(({ advisory }) => fixOfRow(advisory.about.ranges, search).state === 'wont-fix')
      ? { ...hit, fix: { state: 'wont-fix', versions: [] } }
      : hit;
  });
}

/** Names of vulnerabilities that the installed version has the fix of, by the release or its extended support. */
export function clearedByExtended(
  found: Package,
  scene: Scene,
  { search, hits, rows }: ExtendedQuestion,
): ReadonlySet<string> {
  return hits.length === 0 ? new Set() : fixedNames(toldOf(found, scene, search, rows));
}

function toldOf(found: Package, scene: Scene, search: Search, rows: readonly Advisory[]) {
  const as = { distribution: scene.distribution.id, isSource: search.isSource === true };
  return rows
    .filter((advisory) => isQualified(found, advisory.about.qualifiers, as))
    .map((advisory) => ({ advisory, record: scene.data.record(advisory), fixes: fixesOf(advisory, search) }));
}

function fixedNames(told: ReturnType<typeof toldOf>): ReadonlySet<string> {
  return new Set(told.filter(({ fixes }) => fixes.some(({ order }) => order >= 0)).flatMap(namesOf));
}

/** A fix, and how the installed version stands to it. */
interface KnownFix {
  readonly fix: AdvisoryFix;
  readonly order: number;
}

function fixesOf({ about }: Advisory, search: Search): readonly KnownFix[] {
  return about.ranges.flatMap((range: AdvisoryRange) => {
    const order = range.fix?.state === 'fixed' ? orderOfFix(range, search) : undefined;
    return range.fix === undefined || order === undefined ? [] : [{ fix: range.fix, order }];
  });
}

/** A fix for a later minor release of Red Hat's is none for those who stay on this one. */
function neededFix(needed: readonly KnownFix[], { distribution }: Scene): FoundFix {
  const reachable = needed
    .map(({ fix }) => fix)
    .filter(({ version }) => distribution.id !== 'rhel' || isReachable(version, distribution.version));
  return reachable.length === 0 ? { state: 'not-fixed', versions: [] } : fixedBy(reachable);
}

/** By the mark in its release, `.el9_4` for 9.4 and `.el9` for all of 9; one without a mark is for all. */
function isReachable(version: string, ofImage: string): boolean {
  const [, major, minor = '0'] = /\.el(\d+)(?:_(\d+))?/.exec(version.split('-').at(-1) ?? '') ?? [];
  const [ownMajor, ownMinor = '0'] = ofImage.split('.');
  if (major === undefined || ownMajor === undefined || !/^\d+$/.test(ownMajor)) return true;
  return Number(major) === Number(ownMajor) && Number(minor) <= (Number(ownMinor) || 0);
}
