import type { ImageSbom } from '../../model/image-sbom.ts';
import type { Vulnerability, VulnerabilityMatch } from '../../model/vulnerability.ts';

/** The document's vulnerabilities: one for each record, with the packages that have it. */
export function cycloneVulnerabilities(matches: readonly VulnerabilityMatch[], { packages }: ImageSbom) {
  const byRecord = new Map<string, VulnerabilityMatch[]>();
  for (const match of matches) {
    const key = `${match.vulnerability.namespace}\n${match.vulnerability.id}\n${match.ignored?.reason ?? ''}`;
    const others = byRecord.get(key);
    if (others === undefined) byRecord.set(key, [match]);
    else others.push(match);
  }
  return [...byRecord.values()].map((group, i) => ({
    'bom-ref': `vulnerability-${i}`,
    ...recordOf(group, packages),
  }));
}

function recordOf(group: readonly VulnerabilityMatch[], packages: ImageSbom['packages']) {
  const [first] = group;
  if (first === undefined) return {};
  const { vulnerability: about, ignored } = first;
  return {
    id: about.id,
    source: { name: about.namespace },
    references: about.aliases.map((id) => ({ id, source: { name: sourceOf(id) } })),
    ratings: ratingsOf(about),
    ...textsOf(about, adviceOf(group, packages)),
    advisories: about.urls.filter((url) => URL.canParse(url)).map((url) => ({ url: new URL(url).href })),
    ...timesOf(about),
    ...(ignored === undefined
      ? {}
      : { analysis: { state: 'not_affected', detail: `${ignored.by}: ${ignored.reason}` } }),
    affects: group.map((match) => ({ ref: `package-${match.package}` })),
    properties: propertiesOf(about),
  };
}

function textsOf({ description }: Vulnerability, recommendation: string) {
  return {
    ...(description === '' ? {} : { description }),
    ...(recommendation === '' ? {} : { recommendation }),
  };
}

function timesOf({ publishedAtMs, modifiedAtMs }: Vulnerability) {
  return {
    ...(publishedAtMs === undefined ? {} : { published: new Date(publishedAtMs).toISOString() }),
    ...(modifiedAtMs === undefined ? {} : { updated: new Date(modifiedAtMs).toISOString() }),
  };
}

function propertiesOf({ risk, epss, knownExploited }: Vulnerability) {
  return [
    { name: 'skopos:risk', value: risk.toFixed(2) },
    ...(knownExploited === undefined
      ? []
      : [{ name: 'skopos:known-exploited', value: knownExploited.dateAdded }]),
    ...(epss === undefined ? [] : [{ name: 'skopos:epss', value: String(epss.probability) }]),
  ];
}

const severities: Readonly<Record<Vulnerability['severity'], string>> = {
  Critical: 'critical',
  High: 'high',
  Medium: 'medium',
  Low: 'low',
  Negligible: 'info',
  Unknown: 'unknown',
};

const methods: Readonly<Record<string, string>> = {
  '2.0': 'CVSSv2',
  '3.0': 'CVSSv3',
  '3.1': 'CVSSv31',
  '4.0': 'CVSSv4',
};

function ratingsOf({ severity, cvss }: Vulnerability) {
  return [
    { severity: severities[severity] },
    ...cvss.map(({ vector, version, score }) => ({ score, method: methods[version] ?? 'other', vector })),
  ];
}

function adviceOf(group: readonly VulnerabilityMatch[], packages: ImageSbom['packages']): string {
  const lines = group
    .filter(({ fix }) => fix.versions.length > 0)
    .map(
      ({ package: index, fix }) => `Upgrade ${packages[index]?.name ?? ''} to ${fix.versions.join(' or ')}.`,
    );
  return [...new Set(lines)].join(' ');
}

function sourceOf(id: string): string {
  return id.startsWith('CVE-') ? 'NVD' : id.startsWith('GHSA-') ? 'GitHub' : (id.split('-')[0] ?? id);
}
