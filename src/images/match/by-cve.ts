import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import { toVulnerability } from './to-vulnerability.ts';

/**
 * The same match by NVD's record of its CVE, where there is exactly one: other records (GHSA-…, ALAS-…) have their own ids,
 * severities and texts. Several matches of a package that turn out to be of one CVE become one.
 */
export function byCve(
  matches: readonly VulnerabilityMatch[],
  data: DatabaseSnapshot,
): readonly VulnerabilityMatch[] {
  const merged = new Map<string, VulnerabilityMatch>();
  for (const match of matches) {
    const renamed = asCve(match, data);
    const key = `${renamed.package}\n${renamed.vulnerability.namespace}\n${renamed.vulnerability.id}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? renamed : joined(before, renamed));
  }
  return [...merged.values()];
}

function asCve(match: VulnerabilityMatch, data: DatabaseSnapshot): VulnerabilityMatch {
  const { id, aliases } = match.vulnerability;
  const cves = [id, ...aliases].filter((name) => /^CVE-/i.test(name));
  const records = cves.flatMap((cve) =>
    data.files.flatMap((file) => file.recordsNamed(cve)).filter(({ provider }) => provider === 'nvd'),
  );
  const [record, ...more] = records;
  if (record === undefined || more.length > 0) return match;
  const names = [...new Set([record.id, ...record.aliases, id, ...aliases])];
  return {
    ...match,
    vulnerability: toVulnerability({ operatingSystem: undefined, ecosystem: '' }, record, names, data),
  };
}

function joined(left: VulnerabilityMatch, right: VulnerabilityMatch): VulnerabilityMatch {
  const versions = [...new Set([...left.fix.versions, ...right.fix.versions])];
  const fix = left.fix.state === 'fixed' ? left.fix : right.fix;
  return { ...left, fix: { ...fix, versions }, reasons: [...left.reasons, ...right.reasons] };
}
