import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import { isWithin, type TimeInterval } from './time-interval.ts';

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
  /** Who answers for it: a team or a person; '' when nobody was named. */
  readonly owner: string;
  /** Made by a person, or declared in a file, which alone can change it then. */
  readonly origin: 'person' | 'file';
  /** The file that declares it. */
  readonly source?: string;
  /** When given, it holds only within these, between its start and its end. */
  readonly windows: readonly TimeInterval[];
  /** How long before its end its owner is told, while it hides something; 0: not at all. */
  readonly noticeMs: number;
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
  readonly owner?: string | undefined;
  readonly windows?: readonly TimeInterval[] | undefined;
  readonly noticeMs?: number | undefined;
}

/** One that a file declares; its id is made of its name. */
export interface DeclaredSilence extends Omit<NewSilence, 'id'> {
  readonly name: string;
  /** The file, for people. */
  readonly source?: string;
}

/** The last moment that a time of the API can name: the end of a silence that has none. */
export const endlessMs = Date.UTC(9999, 11, 31, 23, 59, 59);

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
   * Ends it now; one that a file declares is refused.
   *
   * @throws {NotFoundError} when the id is not known.
   * @throws {BadInputError} when it has expired already.
   */
  expire(id: string): void;
}

/** Between two of its windows a silence is pending. */
export function stateOf(
  silence: Pick<Silence, 'startsAtMs' | 'endsAtMs' | 'windows'>,
  nowMs: number,
): SilenceState {
  if (nowMs >= silence.endsAtMs) return 'expired';
  if (nowMs < silence.startsAtMs) return 'pending';
  const { windows } = silence;
  return windows.length === 0 || windows.some((window) => isWithin(window, nowMs)) ? 'active' : 'pending';
}

/** More than ten years from now is as good as no end. */
export function isEndless({ endsAtMs }: Pick<Silence, 'endsAtMs'>, nowMs: number): boolean {
  return endsAtMs > nowMs + 10 * 365 * 86_400_000;
}
