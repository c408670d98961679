import type { Origin } from '../model/change.ts';
import type { KubeObject } from '../model/object.ts';

/** One thing that a source says of the cluster. */
export type SourceChange =
  | {
      readonly type: 'put';
      readonly object: KubeObject;
      readonly origin: Origin;
      /** Unix ms at which the event was first noticed. */
      readonly atMs: number;
    }
  | {
      readonly type: 'put-json';
      readonly key: string;
      /** The object, as JSON.stringify writes it: parsed only when it is other than what is held. */
      readonly json: string;
      readonly origin: Origin;
      /** Unix ms at which the event was first noticed. */
      readonly atMs: number;
    }
  | { readonly type: 'delete'; readonly key: string; readonly atMs: number };

/** What holds for all changes of one batch. */
export interface BatchInfo {
  /** The source's name. */
  readonly source: string;
  /** Part of the source's first complete look: what is found in it was there before us and is a baseline. */
  readonly initial: boolean;
}

/** What a source that reads text or an API says of itself, for pages and `skopos_*` series. */
export interface SourceStatus {
  readonly state: 'starting' | 'ok' | 'degraded' | 'failed';
  /** What is wrong and what to do; empty when ok. */
  readonly message: string;
  /** Unix ms when everything was last known to be read. */
  readonly lastSuccessMs?: number;
}
