import { formatRef } from '../../model/object.ts';
import { version } from '../../roles/version.ts';
import type { ScanFinding, ScanResult } from './scan-result.ts';
import { capital } from './to-prometheus.ts';

/**
 * The result as GitLab's SAST report, for the security pages of merge requests.
 *
 * Source: https://gitlab.com/gitlab-org/security-products/security-report-schemas, 15.2.1
 */
export function toGitlabSast(result: ScanResult): string {
  const time = new Date(result.atMs).toISOString().slice(0, 19);
  const scanner = { id: 'skopos', name: 'Skopos', version, vendor: { name: 'Skopos' } };
  const document = {
    version: '15.2.1',
    scan: {
      analyzer: scanner,
      scanner,
      type: 'sast',
      start_time: time,
      end_time: time,
      status: 'success',
      messages: result.warnings.map((value) => ({ level: 'warn', value })),
    },
    vulnerabilities: result.findings.map(vulnerabilityOf),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function vulnerabilityOf({ fingerprint, severity, control, object, evidence, place }: ScanFinding) {
  return {
    id: uuidOf(fingerprint),
    name: `${control.name}: ${formatRef(object)}`.slice(0, 255),
    description: `${evidence.message}${evidence.path === '' ? '' : ` (${evidence.path})`}\n\n${control.why}`,
    severity: capital(severity),
    solution: control.fix,
    // What is in a cluster stands in no file, but the report must name a place.
    location: {
      file:
        place?.file ??
        `${object.kind}/${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`,
      start_line: place?.line ?? 1,
    },
    identifiers: [
      { type: 'skopos_control', name: control.id, value: control.id },
      { type: 'skopos_fingerprint', name: fingerprint, value: fingerprint },
    ],
    details: {
      object: { type: 'text', name: 'Object', value: formatRef(object) },
      path: { type: 'text', name: 'Path', value: evidence.path },
    },
  };
}

/** GitLab asks for the form of a UUID; version 8 is for one's own contents. */
function uuidOf(fingerprint: string): string {
  const [a, b, c] = [fingerprint.slice(0, 8), fingerprint.slice(8, 12), fingerprint.slice(12, 15)];
  return `${a}-${b}-8${c}-8000-${fingerprint.slice(4)}`;
}
