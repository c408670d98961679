import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import { toVulnerability } from './to-vulnerability.ts';

/**
 * The same match by its first CVE, and by NVD's record of that where there is one: other records (GHSA-…, ALAS-…) have their own
 * ids, severities and texts. Several matches of a package that turn out to be of one CVE become one.
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
  const cve = [id, ...aliases].find((name) => /^CVE-/i.test(name));
  if (cve === undefined) return match;
  const record = data.files
    .flatMap((file) => file.recordsNamed(cve))
    .find(({ provider }) => provider === 'nvd');
  const names = [...new Set([cve, id, ...aliases])];
  if (record !== undefined) {
    const all = [...new Set([...names, ...record.aliases])];
    return { ...match, vulnerability: toVulnerability(ofCpe, record, all, data) };
  }
  if (cve === id) return match;
  const others = names.filter((name) => name !== cve);
  return {
    ...match,
    vulnerability: { ...match.vulnerability, id: cve, aliases: others, namespace: 'nvd:cpe' },
  };
}

const ofCpe = { operatingSystem: undefined, ecosystem: '' };

function joined(left: VulnerabilityMatch, right: VulnerabilityMatch): VulnerabilityMatch {
  const versions = [...new Set([...left.fix.versions, ...right.fix.versions])];
  const fix = left.fix.state === 'fixed' ? left.fix : right.fix;
  return { ...left, fix: { ...fix, versions }, reasons: [...left.reasons, ...right.reasons] };
}
