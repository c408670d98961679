import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';

export type SilenceState = 'pending' | 'active' | 'expired';

export interface Silence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Labels;
}

/** A silence as a person asks for it. With the id of one that exists it is an edit. */
export interface NewSilence {
  readonly id?: string | undefined;
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations?: Labels | undefined;
}

export interface SilenceView extends Silence {
  readonly state: SilenceState;
}

/** What API v2 and the pages need of silences; `AlertRouter.silences` is one. */
export interface SilenceBook {
  /** Active first, then pending, then expired; each by its end. */
  list(): readonly SilenceView[];
  get(id: string): SilenceView | undefined;
  /**
   * Creates one, or edits the one whose id is given: in place when only its end, start (while pending), comment or annotations
   * differ, otherwise the old one expires and a new one is made.
   *
   * @returns the id
   * @throws {BadInputError} when it is not valid.
   * @throws {NotFoundError} when the id is not known.
   */
  set(silence: NewSilence): string;
  /**
   * Ends it now.
   *
   * @throws {NotFoundError} when the id is not known.
   * @throws {BadInputError} when it has expired already.
   */
  expire(id: string): void;
}

export function stateOf(silence: Pick<Silence, 'startsAtMs' | 'endsAtMs'>, nowMs: number): SilenceState {
  if (nowMs < silence.startsAtMs) return 'pending';
  return nowMs < silence.endsAtMs ? 'active' : 'expired';
}
