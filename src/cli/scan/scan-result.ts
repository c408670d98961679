import type { Unreadable } from '../../model/change.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { Evidence, Severity } from '../../model/verdict.ts';
import type { Control } from '../../posture/control.ts';
import type { ControlScore, FrameworkScore } from '../../posture/scores.ts';

/** One place of one object that is in breach of one control. */
export interface ScanFinding {
  /** 16 hexadecimal digits, the same for as long as control, object and place are; line numbers play no part. */
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly control: Control;
  readonly object: ObjectRef;
  readonly evidence: Evidence;
  readonly related: readonly ObjectRef[];
  /** As it is named from the working directory; absent in a cluster. `line` is from 1. */
  readonly place?: { readonly file: string; readonly line: number };
  /** Whether the baseline does not have it; absent without a baseline. */
  readonly isNew?: boolean;
}

/** What a control could not judge: an object, or (name `*`) a whole kind. */
export interface ScanUnknown {
  readonly control: Control;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly reason: string;
}

export interface ScanFramework extends FrameworkScore {
  readonly title: string;
  /** Its controls among those that were asked. */
  readonly controlIds: readonly string[];
}

/** All that one scan found; the output formats read this and nothing else. */
export interface ScanResult {
  readonly source: {
    readonly kind: 'files' | 'cluster' | 'host';
    readonly name: string;
    /** What made the objects from the files, where something did. */
    readonly rendered?: 'helm' | 'kustomize';
  };
  /** How many objects were read. */
  readonly objects: number;
  /** Every control that was asked, each once, in the order of the frameworks. */
  readonly controls: readonly Control[];
  readonly controlScores: readonly ControlScore[];
  readonly frameworks: readonly ScanFramework[];
  /** Most severe first, then by control, object and path. */
  readonly findings: readonly ScanFinding[];
  readonly unknown: readonly ScanUnknown[];
  readonly unreadable: readonly Unreadable[];
  /** What is odd about the input but was read all the same, e.g. `a.yaml:3:1: …`. */
  readonly warnings: readonly string[];
  /** Unix ms of the scan. */
  readonly atMs: number;
  /** What findings were compared with: how many of its findings are still there, and how many are gone. */
  readonly baseline?: { readonly file: string; readonly still: number; readonly gone: number };
  /** The objects that pass a control. */
  passedOf(controlId: string): Iterable<ObjectRef>;
  /** Each object with each control that it passes, or fails by an exception. */
  passes(): Iterable<{ readonly controlId: string; readonly object: ObjectRef }>;
  /** The version that the object was read at, `apps/v1`; its group when it is none that was read. */
  apiVersionOf(object: ObjectRef): string;
}
