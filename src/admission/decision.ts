import type { ObjectRef } from '../model/object.ts';
import type { Severity } from '../model/verdict.ts';
import type { Action } from './settings.ts';

/** One thing that is wrong with an object, or could not be judged, and what the policy says of it. */
export interface Breach {
  readonly controlId: string;
  readonly control: string;
  readonly severity: Severity;
  readonly state: 'fail' | 'unknown' | 'excepted';
  /** Of the policy. */
  readonly rule: string;
  readonly action: Action;
  /** '' for the whole object. */
  readonly path: string;
  /** By which it is known again when lists are in another order. */
  readonly stablePath: string;
  readonly message: string;
  readonly fix: string;
  /** It was in breach before the update already, so that the update is not denied for it. */
  readonly existing?: true;
}

export type Outcome = 'allowed' | 'warned' | 'denied';

/** What was decided of one request. */
export interface Decision {
  /** Unix ms. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly uid: string;
  readonly outcome: Outcome;
  /** Why nothing was judged; '' where it was. */
  readonly skipped: '' | 'delete' | 'subresource' | 'exempt' | 'owned' | 'going';
  readonly operation: string;
  readonly object: ObjectRef;
  readonly user: string;
  readonly dryRun: boolean;
  /** The most severe first; those that the policy ignores are not among them. */
  readonly breaches: readonly Breach[];
}
