import type { Package } from '../../model/package.ts';
import type { MatchReason } from '../../model/vulnerability.ts';
import type { Advisory } from '../database/advisory.ts';
import { fixOfRow } from './fix.ts';
import { type Findings, type Hit, namesOf, type Scene, withoutNamed } from './hit.ts';
import { judgeVersion } from './judge-version.ts';
import { isQualified } from './qualifiers.ts';

/** One question to the data: the rows of a name, and the version to judge them by. */
export interface Search {
  /** Of the package, as the data may know it; a CPE's product. */
  readonly name: string;
  readonly kind: MatchReason['kind'];
  readonly matcher: string;
  readonly searchedFor: string;
  readonly version: string;
  /** Of versions, see `judgeVersion`. */
  readonly scheme: string;
  /** Of rows that the version is in no range of, none need be here. */
  readonly affected: readonly Advisory[];
  /** Rows that say the opposite: asked for when there is something to take back; absent where they take nothing back. */
  readonly unaffected?: () => readonly Advisory[];
  /** Rows that say the opposite count whatever else they demand. */
  readonly clearsAnyway?: boolean;
  /** It is of what the package was built from. */
  readonly isSource?: boolean;
  /** Rows of withdrawn and rejected records count as well: of distributions, which take their rows back themselves. */
  readonly keepsWithdrawn: boolean;
}

/** The rows that concern the package, without those that others say it is not affected by. */
export function judge(found: Package, scene: Scene, search: Search): Findings {
  const { hits, isUnreadable } = concerned(found, scene, search, search.affected);
  return {
    hits: hits.length === 0 ? hits : withoutNamed(hits, clearedNames(found, scene, search)),
    isUnreadable,
  };
}

/** Names of vulnerabilities that rows say the package does not have. */
export function clearedNames(found: Package, scene: Scene, search: Search): ReadonlySet<string> {
  const rows = search.unaffected?.() ?? [];
  if (rows.length === 0) return noNames;
  return new Set(concerned(found, scene, search, rows, true).hits.flatMap(namesOf));
}

const noNames: ReadonlySet<string> = new Set();

/**
 * Rows whose range the version is in, and whose demands hold.
 *
 * @param isUnaffected the rows say that packages are *not* concerned
 */
export function concerned(
  found: Package,
  { data, distribution }: Scene,
  search: Omit<Search, 'name' | 'affected' | 'unaffected'>,
  advisories: readonly Advisory[],
  isUnaffected = false,
): { readonly hits: Hit[]; readonly isUnreadable: boolean } {
  let isUnreadable = false;
  const hits: Hit[] = [];
  const { isSource = false, clearsAnyway = false } = search;
  const as = { distribution: distribution.id, isSource, isUnaffected };
  for (const advisory of advisories) {
    if (!(isUnaffected && clearsAnyway) && !isQualified(found, advisory.about.qualifiers, as)) continue;
    const judged = judgeVersion(advisory.about.ranges, search.version, search.scheme);
    isUnreadable ||= judged.isUnreadable && judged.within.length === 0;
    if (judged.within.length === 0 && advisory.about.ranges.length > 0) continue;
    const record = data.record(advisory);
    if (!search.keepsWithdrawn && isWithdrawn(record)) continue;
    hits.push({
      advisory,
      record,
      fix: fixOfRow(advisory.about.ranges, search),
      reason: {
        kind: search.kind,
        matcher: search.matcher,
        searchedFor: search.searchedFor,
        constraint: judged.within.map(({ text }) => text || 'all versions').join(' || ') || 'all versions',
        comparator: judged.within[0]?.type || search.scheme,
      },
    });
  }
  return { hits, isUnreadable };
}

function isWithdrawn({ status, withdrawnAtMs }: Hit['record']): boolean {
  return status === 'withdrawn' || status === 'rejected' || withdrawnAtMs !== undefined;
}
