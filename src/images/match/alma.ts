import type { Package } from '../../model/package.ts';
import type { Advisory, AdvisoryFix } from '../database/advisory.ts';
import { distributionNames, schemeOfRule } from './distribution-names.ts';
import { type Findings, type Hit, namesOf, type Scene } from './hit.ts';
import { ruleOf } from './package-types.ts';
import { concerned } from './search.ts';

/**
 * AlmaLinux rebuilds Red Hat's packages and fixes them in versions of its own. Its data says from which version on a package
 * is not affected: what Red Hat's data tells is dropped when the installed one is such, and else gets AlmaLinux' version as
 * the one to upgrade to.
 */
export function withAlmaFixes(found: Package, scene: Scene, { hits, isUnreadable }: Findings): Findings {
  if (hits.length === 0) return { hits, isUnreadable };
  const { data, distribution, settings } = scene;
  const rows = distributionNames(found).flatMap(({ name }) =>
    data.byOperatingSystems('unaffected', distribution.own, name),
  );
  const rule = ruleOf(found.type);
  const cleared = concerned(
    found,
    scene,
    {
      kind: 'exact-direct-match',
      matcher: rule.matcher,
      searchedFor: found.name,
      version: found.version,
      scheme: schemeOfRule(rule, settings.rpmMissingEpoch === 'zero'),
      keepsWithdrawn: true,
    },
    rows,
  );
  const names = new Set(cleared.hits.flatMap(namesOf));
  const fixes = fixesOf(rows, scene);
  return {
    hits: hits
      .filter((hit) => !namesOf(hit).some((name) => names.has(name)))
      .map((hit) => withFix(hit, fixes)),
    isUnreadable,
  };
}

/** The lowest version that is told to be unaffected, by each name of the vulnerability. */
function fixesOf(rows: readonly Advisory[], { data }: Scene): ReadonlyMap<string, AdvisoryFix> {
  const fixes = new Map<string, AdvisoryFix>();
  for (const advisory of rows) {
    const record = data.record(advisory);
    for (const { text } of advisory.about.ranges) {
      const version = /^\s*>?=\s*(\S+)\s*$/.exec(text)?.[1];
      if (version === undefined) continue;
      const fix: AdvisoryFix = {
        version,
        state: 'fixed',
        references: [{ id: record.id, url: record.urls[0] ?? '' }],
      };
      for (const name of namesOf({ advisory, record })) if (!fixes.has(name)) fixes.set(name, fix);
    }
  }
  return fixes;
}

function withFix(hit: Hit, fixes: ReadonlyMap<string, AdvisoryFix>): Hit {
  const fix = namesOf(hit)
    .map((name) => fixes.get(name))
    .find((one) => one !== undefined);
  return fix === undefined ? hit : { ...hit, ranges: hit.ranges.map((range) => ({ ...range, fix })) };
}
