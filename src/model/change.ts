import type { KubeObject, ObjectRef } from './object.ts';

/** Where an object was read. */
export interface Origin {
  /** The source's name: `folder`, `cluster`, `drill`. */
  readonly source: string;
  /** Of a folder: path relative to it, and the line (from 1) that the document starts at. */
  readonly file?: string;
  readonly line?: number;
  /** Unix ms since when this is the last good state of a file that no longer parses. */
  readonly staleSinceMs?: number;
}

/** One object appeared, changed or went away. */
export interface ObjectChange {
  /** Identifies this event through every hop to the receipt; see ledger.ts. */
  readonly cause: string;
  /** Unix ms at which we learnt of it (file event, watch event). */
  readonly atMs: number;
  readonly key: string;
  readonly ref: ObjectRef;
  /** The new state; absent when the object was deleted. */
  readonly object?: KubeObject;
  readonly origin: Origin;
}

/** A kind that could not be read, so that whatever depends on it is unknown rather than passed. */
export interface Unreadable {
  readonly group: string;
  readonly kind: string;
  /** For people: what happened and what is missing, e.g. `403: the service account may not list secrets`. */
  readonly reason: string;
  readonly sinceMs: number;
  /** The cluster has no such kind, rather than not letting us read it. */
  readonly isAbsent?: true;
}
