import type { Package } from '../../model/package.ts';
import type { MatchReason } from '../../model/vulnerability.ts';
import type { Advisory } from '../database/advisory.ts';
import { type Findings, type Hit, namesOf, type Scene } from './hit.ts';
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
  /** Rows that say the opposite: asked for when there is something to take back. */
  readonly unaffected: () => readonly Advisory[];
  /** Rows of withdrawn and rejected records count as well: of distributions, which take their rows back themselves. */
  readonly keepsWithdrawn: boolean;
}

/** The rows that concern the package, without those that others say it is not affected by. */
export function judge(found: Package, scene: Scene, search: Search): Findings {
  const { hits, isUnreadable } = concerned(found, scene, search, search.affected);
  if (hits.length === 0) return { hits, isUnreadable };
  const cleared = concerned(found, scene, search, search.unaffected());
  const names = new Set(cleared.hits.flatMap(namesOf));
  return {
    hits: names.size === 0 ? hits : hits.filter((hit) => !namesOf(hit).some((name) => names.has(name))),
    isUnreadable,
  };
}

/** Rows whose range the version is in, and whose demands hold. */
export function concerned(
  found: Package,
  { data, distribution }: Scene,
  search: Omit<Search, 'name' | 'affected' | 'unaffected'>,
  advisories: readonly Advisory[],
): { readonly hits: Hit[]; readonly isUnreadable: boolean } {
  let isUnreadable = false;
  const hits: Hit[] = [];
  for (const advisory of advisories) {
    if (!isQualified(found, advisory.about.qualifiers, distribution.id)) continue;
    const judged = judgeVersion(advisory.about.ranges, search.version, search.scheme);
    isUnreadable ||= judged.isUnreadable && judged.within.length === 0;
    if (judged.within.length === 0) continue;
    const record = data.record(advisory);
    if (!search.keepsWithdrawn && isWithdrawn(record)) continue;
    hits.push({
      advisory,
      record,
      ranges: judged.within,
      reason: {
        kind: search.kind,
        matcher: search.matcher,
        searchedFor: search.searchedFor,
        constraint: judged.within.map(({ text }) => text || 'all versions').join(' || '),
        comparator: judged.within[0]?.type || search.scheme,
      },
    });
  }
  return { hits, isUnreadable };
}

function isWithdrawn({ status, withdrawnAtMs }: Hit['record']): boolean {
  return status === 'withdrawn' || status === 'rejected' || withdrawnAtMs !== undefined;
}
