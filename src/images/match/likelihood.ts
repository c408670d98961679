import type { Vulnerability } from '../../model/vulnerability.ts';
import type { DatabaseSnapshot } from '../database/database-snapshot.ts';
import { riskOf } from './severity.ts';
import type { FoundVulnerability } from './to-vulnerability.ts';

/** What is known of how likely a vulnerability is exploited: of all that is told of it, it alone changes each day. */
export type Likelihood = Pick<Vulnerability, 'epss' | 'knownExploited'>;

/** @param names by which the vulnerability is known, its own first */
export function likelihoodOf(names: readonly string[], data: DatabaseSnapshot): Likelihood {
  const cves = names.filter((name) => /^CVE-/i.test(name));
  const epss = data.exploitPrediction(cves);
  const knownExploited = data.knownExploited(cves);
  return {
    ...(epss === undefined ? {} : { epss }),
    ...(knownExploited === undefined ? {} : { knownExploited }),
  };
}

/** What was found in other data, as likely as this data says. */
export function withLikelihood(found: FoundVulnerability, data: DatabaseSnapshot): FoundVulnerability {
  const { vulnerability } = found;
  const { id, aliases, severity, cvss } = vulnerability;
  const likelihood = likelihoodOf([id, ...aliases], data);
  const risk = riskOf({ severity, cvss, ...likelihood });
  return { ...found, vulnerability: { ...withoutGone(vulnerability, likelihood), ...likelihood, risk } };
}

/** Seldom anything is: a copy without some fields costs much more than one of all. */
function withoutGone(vulnerability: Vulnerability, { epss, knownExploited }: Likelihood): Vulnerability {
  const isGone =
    (epss === undefined && vulnerability.epss !== undefined) ||
    (knownExploited === undefined && vulnerability.knownExploited !== undefined);
  if (!isGone) return vulnerability;
  const { epss: _, knownExploited: __, ...rest } = vulnerability;
  return rest;
}
