import type { VulnerabilitySeverity } from '../../model/vulnerability.ts';
import { findingsOf, type ImageFinding, type ImageResult, rankOf } from './image-result.ts';

/** What makes the command end with status 1. */
export interface ImageGates {
  /** From this severity on. */
  readonly severity?: VulnerabilitySeverity;
  /** Known to be exploited. */
  readonly knownExploited: boolean;
  /** From this probability of exploitation on, 0 to 1. */
  readonly epss?: number;
  /** Of all these, only what can be fixed by upgrading. */
  readonly onlyFixable: boolean;
}

/** The findings that do not pass; with a baseline, only new ones count. */
export function breachesOf(result: ImageResult, gates: ImageGates): readonly ImageFinding[] {
  return findingsOf(result).filter(
    (finding) =>
      finding.isNew !== false &&
      (!gates.onlyFixable || finding.match.fix.versions.length > 0) &&
      isOver(finding, gates),
  );
}

function isOver(
  { match: { vulnerability } }: ImageFinding,
  { severity, knownExploited, epss }: ImageGates,
): boolean {
  // How bad an unknown one is, nobody knows: it counts where everything does.
  const threshold =
    severity === undefined ? Number.POSITIVE_INFINITY : severity === 'Negligible' ? 0 : rankOf(severity);
  return (
    rankOf(vulnerability.severity) >= threshold ||
    (knownExploited && vulnerability.knownExploited !== undefined) ||
    (epss !== undefined && (vulnerability.epss?.probability ?? -1) >= epss)
  );
}
