import { version } from '../../roles/version.ts';
import type { ScanFinding, ScanResult, ScanUnknown } from './scan-result.ts';

/** Goes up when something that is there is renamed or taken away; docs/cli.md describes the shape. */
export const jsonVersion = 1;

/** The result for programs; see docs/cli.md. */
export function toJson(result: ScanResult): string {
  const { source, objects, controlScores, findings, unknown, unreadable, warnings } = result;
  const frameworks = result.frameworks.map(({ controlIds: _ids, ...framework }) => framework);
  const document = {
    version: jsonVersion,
    tool: { name: 'skopos', version },
    source,
    objects,
    ...(result.baseline === undefined ? {} : { baseline: result.baseline }),
    frameworks,
    controls: controlScores.map(({ controlId, control, ...score }) => ({
      id: controlId,
      name: control,
      ...score,
    })),
    findings: findings.map(findingJson),
    unknown: unknown.map(unknownJson),
    unreadable: unreadable.map(({ group, kind, reason }) => ({ group, kind, reason })),
    warnings,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function findingJson(finding: ScanFinding) {
  const { fingerprint, severity, control, object, evidence, related, place, isNew } = finding;
  return {
    fingerprint,
    ...(isNew === undefined ? {} : { isNew }),
    severity,
    controlId: control.id,
    control: control.name,
    object,
    ...evidence,
    ...place,
    remedy: control.fix,
    related,
  };
}

function unknownJson({ control, severity, object, reason }: ScanUnknown) {
  return { severity, controlId: control.id, control: control.name, object, reason };
}
