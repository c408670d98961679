import type { VulnerabilityMatch } from '../../model/vulnerability.ts';
import { inOneLine } from '../printable.ts';
import type { ImageResult } from './image-result.ts';

/** Everything that is known of one vulnerability in an image, and why each package is said to have it, or not. */
export function explain({ sbom, result, name }: ImageResult, id: string): string {
  const wanted = id.toUpperCase();
  const all = [...result.matches, ...result.ignored].filter(({ vulnerability }) =>
    [vulnerability.id, ...vulnerability.aliases].some((one) => one.toUpperCase() === wanted),
  );
  if (all.length === 0) {
    const { state, reasons } = result.coverage;
    const but =
      state === 'complete' ? [] : ['But not all could be judged:', ...reasons.map((reason) => `  ${reason}`)];
    return textOf([`${id}: no package of ${name} is said to have it.`, ...but]);
  }
  return all
    .map((match) => {
      const found = sbom.packages[match.package];
      const where = found?.locations.map(({ path }) => path).join(', ') || 'unknown';
      return [
        `${match.vulnerability.id} in ${found?.name ?? ''} ${found?.version ?? ''} (${found?.type ?? ''})`,
        ...aboutRecord(match),
        ['found at', where],
        ['fix', fixText(match)],
        ...match.reasons.map((reason) => [
          'why',
          `${reason.matcher} looked for ${reason.searchedFor} (${reason.kind}); affected are ${reason.constraint}, by the order of ${reason.comparator}`,
        ]),
        ...(match.ignored === undefined
          ? []
          : [['does not count', `${match.ignored.by}: ${match.ignored.reason}`]]),
      ].map((row) => (typeof row === 'string' ? row : `  ${(row[0] ?? '').padEnd(15)}${row[1] ?? ''}`));
    })
    .map(textOf)
    .join('\n');
}

function textOf(lines: readonly string[]): string {
  return `${lines.map(inOneLine).join('\n')}\n`;
}

function aboutRecord({ vulnerability }: VulnerabilityMatch): readonly (readonly string[])[] {
  const { aliases, namespace, severity, risk, cvss, epss, knownExploited, description, urls } = vulnerability;
  return [
    ...(aliases.length === 0 ? [] : [['also', aliases.join(', ')]]),
    ['told by', namespace],
    ['severity', `${severity}, risk ${risk.toFixed(1)} of 100`],
    ...cvss.map((one) => [
      'CVSS',
      `${one.score} ${one.vector}${one.source === '' ? '' : ` (${one.source})`}`,
    ]),
    ...(epss === undefined
      ? []
      : [
          [
            'EPSS',
            `${(epss.probability * 100).toFixed(2)} % within 30 days, higher than ${(epss.percentile * 100).toFixed(0)} % of all`,
          ],
        ]),
    ...(knownExploited === undefined
      ? []
      : [
          [
            'exploited',
            `known since ${knownExploited.dateAdded}${knownExploited.ransomware ? ', by ransomware' : ''}; ${knownExploited.requiredAction}`,
          ],
        ]),
    ...(description === '' ? [] : [['what', description.replace(/\s+/g, ' ').slice(0, 600)]]),
    ...urls.slice(0, 3).map((url) => ['see', url]),
  ];
}

function fixText({ fix }: VulnerabilityMatch): string {
  if (fix.versions.length > 0) return `upgrade to ${fix.versions.join(' or ')}`;
  return {
    fixed: 'fixed',
    'wont-fix': 'there will be none',
    'not-fixed': 'there is none yet',
    unknown: 'none is known',
  }[fix.state];
}
