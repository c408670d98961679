import type { ObjectRef } from './object.ts';

/** Severities by Kubescape's base score: critical from 9, high from 7, medium from 4, low from 1. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'unknown';

/** Most severe first. */
export const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'unknown'];

/** Source: opa-utils, reporthandling/apis/severity.go. */
export function severityOf(baseScore: number): Severity {
  if (baseScore >= 9) return 'critical';
  if (baseScore >= 7) return 'high';
  if (baseScore >= 4) return 'medium';
  return baseScore >= 1 ? 'low' : 'unknown';
}

export type VerdictState = 'pass' | 'fail' | 'unknown' | 'excepted' | 'not-applicable';

export interface Evidence {
  /** JSON path of the offending field as `kubectl explain` would name it: `spec.template.spec.containers[0].image`. '' for the whole object. */
  readonly path: string;
  /** The same with list items named where they have a name, so that reordering changes nothing: `spec.containers[name=web].image`. */
  readonly stablePath: string;
  readonly message: string;
  /** The current value as JSON text, redacted where it may be secret; absent when the field is. */
  readonly value?: string;
  /** How to mend it: set a field, delete one, or (neither) by hand as the control's `fix` says. */
  readonly fix?: { readonly path: string; readonly value: string } | { readonly deletePath: string };
  /** What to run to mend it where no field of the object can be set: on a host, against a cloud. Placeholders are a person's to fill in. */
  readonly command?: string;
}

/** What one control says of one object. */
export interface Verdict {
  readonly controlId: string;
  readonly object: ObjectRef;
  readonly state: VerdictState;
  /** Why it is unknown, excepted or not applicable. */
  readonly reason?: string;
  /** The name of the exception, when it is excepted. */
  readonly exception?: string;
  /** What is wrong; not empty exactly when `state` is `fail` or `excepted`. */
  readonly evidence: readonly Evidence[];
  /** Other objects that it rests on: the role and binding of a subject, say. */
  readonly related: readonly ObjectRef[];
}
