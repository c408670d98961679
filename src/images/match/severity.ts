import type { Vulnerability, VulnerabilitySeverity } from '../../model/vulnerability.ts';
import type { AdvisoryRecord, AdvisorySeverity } from '../database/advisory.ts';
import { cvssScore } from './cvss.ts';

const words: ReadonlyMap<string, VulnerabilitySeverity> = new Map([
  ['critical', 'Critical'],
  ['high', 'High'],
  ['important', 'High'],
  ['medium', 'Medium'],
  ['moderate', 'Medium'],
  ['low', 'Low'],
  ['negligible', 'Negligible'],
  ['none', 'Negligible'],
]);

/** The first that a record has, as records list the provider's own first: a word, or the word for a CVSS score. */
export function severityOf({ severities }: Pick<AdvisoryRecord, 'severities'>): VulnerabilitySeverity {
  const [first] = severities;
  if (first === undefined) return 'Unknown';
  if (first.word !== undefined) return words.get(first.word.toLowerCase()) ?? 'Unknown';
  return first.vector === undefined ? 'Unknown' : wordForVector(first.vector, first.version ?? '');
}

/** The scores of a record's CVSS vectors; a vector that cannot be read is left out. */
export function cvssOf({ severities }: Pick<AdvisoryRecord, 'severities'>): Vulnerability['cvss'] {
  return severities.flatMap((severity: AdvisorySeverity) => {
    if (severity.vector === undefined) return [];
    const found = cvssScore(severity.vector, severity.version);
    return found === undefined
      ? []
      : [{ vector: severity.vector, version: found.version, score: found.score, source: severity.source }];
  });
}

function wordForVector(vector: string, version: string): VulnerabilitySeverity {
  const found = cvssScore(vector, version);
  if (found === undefined) return 'Unknown';
  const { score } = found;
  if (found.version.startsWith('2'))
    return score >= 7 ? 'High' : score >= 4 ? 'Medium' : score > 0 ? 'Low' : 'Negligible';
  if (score >= 9) return 'Critical';
  if (score >= 7) return 'High';
  if (score >= 4) return 'Medium';
  return score > 0 ? 'Low' : 'Negligible';
}

/** How bad a word is, within 0..10. */
const wordScores: Readonly<Record<VulnerabilitySeverity, number>> = {
  Critical: 9,
  High: 7.5,
  Medium: 5,
  Low: 3,
  Negligible: 0.5,
  Unknown: 5,
};

/**
 * Likelihood times severity, 0 to 100. Likelihood is certain for what is known to be exploited, else EPSS's probability;
 * severity is the mean of the word's and of the CVSS scores; what is exploited weighs a little more.
 *
 * Source: https://github.com/anchore/grype/blob/main/grype/vulnerability/metadata.go
 */
export function riskOf({
  severity,
  cvss,
  epss,
  knownExploited,
}: Pick<Vulnerability, 'severity' | 'cvss' | 'epss' | 'knownExploited'>): number {
  const likelihood = knownExploited === undefined ? (epss?.probability ?? 0) : 1;
  const scores = cvss.filter(({ score }) => score > 0).map(({ score }) => score);
  const ofWord = wordScores[severity] / 10;
  const mean = scores.reduce((sum, score) => sum + score, 0) / (scores.length || 1) / 10;
  const badness = scores.length === 0 ? ofWord : (ofWord + mean) / 2;
  const weight = knownExploited === undefined ? 1 : knownExploited.ransomware ? 1.1 : 1.05;
  return Math.min(likelihood * badness * weight, 1) * 100;
}
