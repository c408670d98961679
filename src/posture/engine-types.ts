import type { KubeObject, ObjectRef } from '../model/object.ts';
import type { Severity, Verdict, VerdictState } from '../model/verdict.ts';
import type { ClusterView, Control, ControlInputs } from './control.ts';
import type { ExceptionSet } from './exceptions/exception-set.ts';

export interface EngineOptions {
  readonly controls: readonly Control[];
  readonly inputs: ControlInputs;
  /** How many controls there may be besides, that come and go; none when left out. */
  readonly room?: number;
  /** What is knowingly left as it is; see {@link PostureEngine.setExceptions}. */
  readonly exceptions?: ExceptionSet;
  /** Which namespaces ('' for what is of none) are judged here; all when left out. See {@link PostureEngine.setShare}. */
  readonly isOurs?: (namespace: string) => boolean;
  /** The cluster as it is whenever the engine is called: changes that are applied are already in it. */
  readonly view: ClusterView;
  /** The object of a key, where that is surer than by kind and name; `view.get` when left out. */
  readonly objectOf?: (key: string) => KubeObject | undefined;
}

/** One object appeared, changed, or (no `object`) went away. An inventory's `ObjectChange` is one. */
export interface EngineChange {
  readonly key: string;
  readonly ref: ObjectRef;
  readonly object?: KubeObject;
  /** The drill that made the object: it is judged, but counted nowhere and seen by no other verdict. */
  readonly drill?: string;
}

/** A verdict whose state or evidence differs from before. */
export interface VerdictChange {
  /** As it is now; of one that was removed, as it was. */
  readonly verdict: Verdict;
  /** Absent when there was no verdict before. */
  readonly before?: VerdictState;
  /** There is no verdict any more: the object is gone, or an owner covers it now, or what was missing is there. */
  readonly removed?: true;
  /** The key of the judged object. */
  readonly key: string;
  /**
   * The key of the changed object that brought it about: the judged one, its owner, or one that its verdict asked about;
   * '' for a change of what can be read.
   */
  readonly causeKey: string;
  readonly drill?: string;
}

export interface VerdictFilter {
  /** `fail` and `unknown` when left out. Others are made up from their states, without a reason. */
  readonly states?: readonly VerdictState[];
  readonly controlIds?: readonly string[];
  /** The judged object's key. */
  readonly key?: string;
  /** Drills' verdicts too; they are left out otherwise. */
  readonly drills?: boolean;
}

export type StateCounts = Readonly<Record<VerdictState, number>>;

/** How many objects of a namespace ('' for cluster-scoped ones) have each state under a control. */
export interface ControlCounts {
  readonly controlId: string;
  readonly control: string;
  readonly severity: Severity;
  readonly namespace: string;
  readonly states: StateCounts;
  /** How many of `states.unknown` stand for things that could not be read at all, not for an object. */
  readonly missing: number;
}

/** Over how many controls one object failed, could not be judged and passed. */
export interface ResourceState {
  readonly object: ObjectRef;
  readonly apiVersion: string;
  readonly failed: number;
  readonly unknown: number;
  readonly passed: number;
}
