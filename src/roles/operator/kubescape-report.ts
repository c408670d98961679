import type { ScanResult } from '../../cli/scan/scan-result.ts';
import { toKubescapeJson } from '../../cli/scan/to-kubescape-json.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { keyOf, type ObjectRef } from '../../model/object.ts';
import { severityOf } from '../../model/verdict.ts';
import type { Control } from '../../posture/control.ts';
import type { PostureEngine } from '../../posture/engine.ts';
import { type ControlScore, type FrameworkControls, frameworkScore } from '../../posture/scores.ts';

export interface ReportInput {
  readonly inventory: Inventory;
  readonly engine: PostureEngine;
  readonly controls: readonly Control[];
  readonly frameworks: readonly FrameworkControls[];
  readonly scores: readonly ControlScore[];
  readonly isWanted: (ref: ObjectRef) => boolean;
  readonly objects: number;
  readonly now: () => number;
}

/** What the running engine says of everything in scope, in the shape of Kubescape's report. */
export function kubescapeReport(input: ReportInput): string {
  const { inventory, engine, controls, frameworks, scores, isWanted, objects, now } = input;
  const byId = new Map(controls.map((control) => [control.id, control]));
  const findings: ScanResult['findings'][number][] = [];
  const unknown: ScanResult['unknown'][number][] = [];
  for (const { controlId, object, state, evidence: all, related, reason = '' } of engine.verdicts()) {
    const control = byId.get(controlId);
    if (control === undefined || (object.name !== '*' && !isWanted(object))) continue;
    const severity = severityOf(control.baseScore);
    if (state === 'unknown') unknown.push({ control, severity, object, reason });
    else
      for (const evidence of all) {
        const fingerprint = fnv1a64([controlId, keyOf(object), evidence.stablePath]);
        findings.push({ fingerprint, severity, control, object, evidence, related });
      }
  }
  const states = ['pass', 'excepted'] as const;
  return toKubescapeJson({
    source: { kind: 'cluster', name: inventory.cluster },
    objects,
    controls,
    controlScores: scores,
    frameworks: frameworks.map((framework) => ({
      ...frameworkScore(framework, scores),
      title: framework.name,
      controlIds: framework.controls.filter((id) => byId.has(id)),
    })),
    findings,
    unknown,
    unreadable: inventory.unreadable(),
    warnings: [],
    atMs: now(),
    *passedOf(controlId) {
      for (const { object } of engine.verdicts({ states, controlIds: [controlId] }))
        if (isWanted(object)) yield object;
    },
    *passes() {
      for (const { controlId, object } of engine.verdicts({ states }))
        if (byId.has(controlId) && isWanted(object)) yield { controlId, object };
    },
    apiVersionOf: (object) => inventory.object(keyOf(object))?.apiVersion ?? object.group,
  });
}
