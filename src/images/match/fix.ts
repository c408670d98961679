import type { FixState, VulnerabilityMatch } from '../../model/vulnerability.ts';
import type { AdvisoryFix, AdvisoryRange } from '../database/advisory.ts';
import { UnsupportedVersionError } from '../versions/scheme.ts';
import { schemeFor } from './judge-version.ts';

/** What there is to upgrade to. */
export type FoundFix = VulnerabilityMatch['fix'];

export const noFix: FoundFix = { state: 'unknown', versions: [] };

/** The version that something is judged by, and its order, see `judgeVersion`. */
export interface JudgedVersion {
  readonly version: string;
  readonly scheme: string;
}

/**
 * What a row says of fixes, by all of its ranges: a version of another line than the installed one's fixes it as well. One that
 * is older than the installed version fixes nothing.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/db/v6/vulnerability.go
 */
export function fixOfRow(ranges: readonly AdvisoryRange[], installed: JudgedVersion): FoundFix {
  let state: FixState = 'unknown';
  const fixed: AdvisoryFix[] = [];
  for (const range of ranges) {
    const { fix } = range;
    if (fix?.state === 'fixed' && !((orderOfFix(range, installed) ?? 0) > 0)) fixed.push(fix);
    else if (fix?.state === 'wont-fix' || fix?.state === 'not-fixed') state = fix.state;
  }
  return fixed.length === 0 ? { state, versions: [] } : fixedBy(fixed);
}

/** A fix by all of these. */
export function fixedBy(fixes: readonly AdvisoryFix[]): FoundFix {
  const times = fixes.flatMap(({ availableAtMs }) => availableAtMs ?? []);
  return {
    state: 'fixed',
    versions: [...new Set(fixes.map(({ version }) => version).filter((version) => version !== ''))],
    ...(times.length === 0 ? {} : { availableAtMs: Math.min(...times) }),
  };
}

/** Of the installed version and the fixed one: above 0 for a fix that is older. Undefined where that cannot be told. */
export function orderOfFix(range: AdvisoryRange, { version, scheme }: JudgedVersion): number | undefined {
  const fixed = range.fix?.version ?? '';
  if (fixed === '') return undefined;
  const order = schemeFor(range, scheme);
  try {
    return order.compareToBound?.(version, fixed) ?? order.compare(version, fixed);
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return undefined;
    throw error;
  }
}

/** The more is known of a fix the more it counts; none yet before none ever, which people choose not to be told of. */
const ranks: Readonly<Record<FixState, number>> = { unknown: 0, 'wont-fix': 1, 'not-fixed': 2, fixed: 3 };

/** Of several rows that say the same of a package. */
export function mergedFix(fixes: readonly FoundFix[]): FoundFix {
  const [first = noFix, ...more] = fixes;
  return more.reduce((left, right) => {
    const times = [left.availableAtMs, right.availableAtMs].filter((time) => time !== undefined);
    return {
      state: ranks[right.state] > ranks[left.state] ? right.state : left.state,
      versions: [...new Set([...left.versions, ...right.versions])],
      ...(times.length === 0 ? {} : { availableAtMs: Math.min(...times) }),
    };
  }, first);
}
