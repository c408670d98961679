import type { Package } from '../../model/package.ts';
import type { Advisory, AdvisoryFix, AdvisoryRange, AdvisoryRecord } from '../database/advisory.ts';
import { schemeOf } from '../versions/schemes.ts';
import { distributionNames, ownVersion, schemeOfRule } from './distribution-names.ts';
import { fixedBy } from './fix.ts';
import { type Findings, type Hit, namesOf, type Scene, withoutNamed } from './hit.ts';
import { ruleOf } from './package-types.ts';
import { isQualified } from './qualifiers.ts';
import { concerned } from './search.ts';

/**
 * AlmaLinux rebuilds Red Hat's packages and fixes them in versions of its own. Its data says from which version on a package
 * is not affected: what Red Hat's data tells is dropped when the installed one is such, and else gets AlmaLinux' version as
 * the one to upgrade to.
 */
export function withAlmaFixes(found: Package, scene: Scene, { hits, isUnreadable }: Findings): Findings {
  if (hits.length === 0) return { hits, isUnreadable };
  const rows = almaRows(found, scene);
  const fixes = fixesOf(rows, scene);
  return {
    hits: withoutNamed(hits, almaCleared(found, scene, rows)).map((hit) => withFix(hit, fixes)),
    isUnreadable,
  };
}

/** What AlmaLinux says of a package, by its name and by that of what it was built from. */
export function almaRows(found: Package, { data, distribution }: Scene): readonly Advisory[] {
  const as = { distribution: distribution.id, isUnaffected: true };
  return distributionNames(found)
    .flatMap(({ name }) => data.byOperatingSystems('unaffected', distribution.own, name))
    .filter(({ about }) => isQualified(found, about.qualifiers, as));
}

/** Names of the vulnerabilities that the installed version does not have. */
function almaCleared(found: Package, scene: Scene, rows: readonly Advisory[]): ReadonlySet<string> {
  const rule = ruleOf(found.type);
  const search = {
    kind: 'exact-direct-match' as const,
    matcher: rule.matcher,
    searchedFor: found.name,
    version: ownVersion(found),
    scheme: schemeOfRule(rule, scene.settings.rpmMissingEpoch === 'zero'),
    keepsWithdrawn: true,
  };
  return new Set(concerned(found, scene, search, rows, true).hits.flatMap(namesOf));
}

interface NamedFix {
  readonly id: string;
  readonly fix: AdvisoryFix;
}

/** The lowest version that is told to be unaffected, by each name of the vulnerability. */
function fixesOf(rows: readonly Advisory[], { data }: Scene): ReadonlyMap<string, NamedFix> {
  const fixes = new Map<string, NamedFix>();
  for (const advisory of rows) {
    const record = data.record(advisory);
    const own = advisory.about.ranges.flatMap((range) => fixOf(range, record));
    for (const name of namesOf({ advisory, record }))
      for (const one of own) {
        const before = fixes.get(name);
        if (before === undefined || isLower(one, before)) fixes.set(name, one);
      }
  }
  return fixes;
}

/** The version that a range begins with. */
function fixOf({ text, fix: told }: AdvisoryRange, { id, urls }: AdvisoryRecord): readonly NamedFix[] {
  const version = /^\s*>?=\s*(\S+)\s*$/.exec(text)?.[1];
  if (version === undefined) return [];
  const availableAtMs = told?.version === version ? told.availableAtMs : undefined;
  const references = [{ id, url: urls[0] ?? '' }];
  const fix: AdvisoryFix = {
    ...{ version, state: 'fixed', references },
    ...(availableAtMs === undefined ? {} : { availableAtMs }),
  };
  return [{ id, fix }];
}

const rpm = schemeOf('rpm');

function isLower(left: NamedFix, right: NamedFix): boolean {
  const [a, b] = [left.fix.version, right.fix.version];
  const order = rpm.compareToBound?.(a, b) ?? rpm.compare(a, b);
  return order < 0 || (order === 0 && left.id < right.id);
}

function withFix(hit: Hit, fixes: ReadonlyMap<string, NamedFix>): Hit {
  const [first, ...more] = namesOf(hit).flatMap((name) => fixes.get(name) ?? []);
  if (first === undefined) return hit;
  const lowest = more.reduce((best, one) => (isLower(one, best) ? one : best), first);
  const reason = { ...hit.reason, constraint: `< ${lowest.fix.version}` };
  return { ...hit, fix: fixedBy([lowest.fix]), reason };
}
