import type { Vulnerability } from '../../model/vulnerability.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import { riskOf } from './severity.ts';
import type { FoundVulnerability } from './to-vulnerability.ts';

/** What is known of how likely a vulnerability is exploited: of all that is told of it, it alone changes each day. */
export type Likelihood = Pick<Vulnerability, 'epss' | 'knownExploited'>;

/** @param names by which the vulnerability is known, its own first */
export function likelihoodOf(names: readonly string[], data: DatabaseSnapshot): Likelihood {
  const cves = names.filter(isCve);
  const epss = data.exploitPrediction(cves);
  const knownExploited = data.knownExploited(cves);
  return {
    ...(epss === undefined ? {} : { epss }),
    ...(knownExploited === undefined ? {} : { knownExploited }),
  };
}

/** CVE identifiers, in any case. */
export function isCve(name: string): boolean {
  return /^CVE-/i.test(name);
}

/** Asks for the likelihoods of all at once, for {@link withLikelihood}. */
export function fetchLikelihoods(all: Iterable<FoundVulnerability>, data: DatabaseSnapshot): void {
  const cves = new Set<string>();
  for (const { vulnerability } of all)
    for (const name of namesOf(vulnerability)) if (isCve(name)) cves.add(name);
  data.fetchCves(cves);
}

/** What was found in other data, as likely as this data says. */
export function withLikelihood(found: FoundVulnerability, data: DatabaseSnapshot): FoundVulnerability {
  const { epss: _, knownExploited: __, risk: ___, ...rest } = found.vulnerability;
  const likelihood = likelihoodOf(namesOf(rest), data);
  const risk = riskOf({ severity: rest.severity, cvss: rest.cvss, ...likelihood });
  return { ...found, vulnerability: { ...rest, ...likelihood, risk } };
}

function namesOf({ id, aliases }: Pick<Vulnerability, 'id' | 'aliases'>): readonly string[] {
  return [id, ...aliases];
}
