import type { Package } from '../../model/package.ts';
import type { Advisory, AdvisoryFix, AdvisoryRange } from '../database/advisory.ts';
import { UnsupportedVersionError } from '../versions/scheme.ts';
import type { Hit, Scene } from './hit.ts';
import { schemeFor } from './judge-version.ts';
import { isQualified } from './qualifiers.ts';
import type { Search } from './search.ts';

/**
 * Red Hat's EUS and Ubuntu's ESM fix what the release itself no longer does, in versions of their own. What the release's
 * data tells stands, unless the installed version has the extended support's fix; else that fix is one to upgrade to.
 */
export function withExtendedFixes(
  found: Package,
  { data, distribution }: Scene,
  {
    search,
    hits,
    fixes,
  }: { readonly search: Search; readonly hits: readonly Hit[]; readonly fixes: readonly Advisory[] },
): readonly Hit[] {
  const byId = new Map<string, AdvisoryRange[]>();
  for (const advisory of fixes) {
    if (!isQualified(found, advisory.about.qualifiers, distribution.id)) continue;
    const { id } = data.record(advisory);
    byId.set(id, [...(byId.get(id) ?? []), ...advisory.about.ranges]);
  }
  return hits.flatMap((hit) => {
    const fixed = (byId.get(hit.record.id) ?? []).filter(({ fix }) => fix?.state === 'fixed');
    const order = fixed.map((range) => orderOf(search, range));
    if (order.some((one) => one !== undefined && one >= 0)) return [];
    const needed = fixed.filter((_range, i) => (order[i] ?? 0) < 0);
    return [needed.length === 0 ? hit : { ...hit, ranges: [...hit.ranges.map(withoutWontFix), ...needed] }];
  });
}

/** Of the installed version and the fixed one; undefined where that cannot be told. */
function orderOf({ version, scheme }: Search, range: AdvisoryRange): number | undefined {
  const order = schemeFor(range, scheme);
  const fixed = range.fix?.version ?? '';
  if (fixed === '') return undefined;
  try {
    return order.compareToBound?.(version, fixed) ?? order.compare(version, fixed);
  } catch (error) {
    if (error instanceof UnsupportedVersionError) return undefined;
    throw error;
  }
}

/** The release will not fix it, but extended support has. */
function withoutWontFix({ fix, ...range }: AdvisoryRange): AdvisoryRange {
  const state: AdvisoryFix['state'] | undefined = fix?.state === 'wont-fix' ? 'not-fixed' : fix?.state;
  return fix === undefined || state === undefined ? range : { ...range, fix: { ...fix, state } };
}
