import type { Alert } from '../model/alert.ts';
import { labelsKey } from '../model/labels.ts';
import type { RouteNode } from './route-tree.ts';

/** An alert as the router keeps it. */
export interface KeptAlert extends Alert {
  /** '' only before the router has given it one. */
  readonly cause: string;
  /** The end was made from `resolve_timeout`, not given. */
  readonly isTimeout: boolean;
}

/** One alert and what is worked out about it. Labels never change, so what depends on them alone is found once. */
export interface AlertRecord {
  readonly fingerprint: string;
  /** See {@link keyOf}; undefined until somebody asks. */
  key: string | undefined;
  /** The drill it belongs to; undefined for a real one. */
  readonly drill: string | undefined;
  alert: KeptAlert;
  /** Firing, or seen to have resolved (said so, or not renewed before its end). */
  isResolved: boolean;
  /** Resolved, and every receiver that had to know was told: kept only to know it again. */
  isSettled: boolean;
  /** Rises with each change from firing to resolved and back. */
  changeSeq: number;
  /** A group of it was flushed. */
  isProcessed: boolean;
  routes: readonly RouteNode[];
  /** Ids of its groups, each once. */
  groups: readonly string[];
  /** Silences that match it, as of a version of the book. */
  silences: { readonly version: number; readonly ids: readonly string[] };
  /** Indexes of inhibition rules that it is a target of. */
  targetOf: readonly number[];
  /** Indexes of inhibition rules that it is a source of. */
  sourceOf: readonly number[];
  lastOutcome:
    | {
        readonly atMs: number;
        readonly receiver: string;
        readonly outcome: 'delivered' | 'failed' | 'retrying';
      }
    | undefined;
}

/** Of its labels, see `labelsKey`; what lists are in order of. */
export function keyOf(record: AlertRecord): string {
  record.key ??= labelsKey(record.alert.labels);
  return record.key;
}

/** What a person knows the alert by. */
export function nameOf({ alert }: AlertRecord): string {
  return alert.labels['alertname'] ?? '';
}
