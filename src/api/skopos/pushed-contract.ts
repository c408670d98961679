import type { Labels } from '../../model/labels.ts';

/**
 * `taken`: the last push was. `refused`: it was not, what was there before still counts. `stale`: the last push is older than its time
 * to live, and nothing of it counts.
 */
export const pushedStates = ['taken', 'refused', 'stale'] as const;
export type PushedStateJson = (typeof pushedStates)[number];

/** A group of pushed metrics. */
export interface PushedGroupJson {
  /** The path that it is pushed to, which names it: `/metrics/job/backup/instance/db1`. */
  readonly path: string;
  readonly labels: Labels;
  readonly state: PushedStateJson;
  /** Unix ms; left out where there was none. */
  readonly pushedAtMs?: number;
  readonly failedAtMs?: number;
  /** How long a push counts, in ms; for ever when left out. */
  readonly timeToLiveMs?: number;
  readonly families: number;
  readonly series: number;
}

/** GET /pushed */
export interface PushedJson {
  /** Whether the role `push` is on. */
  readonly isOn: boolean;
  readonly total: number;
  readonly items: readonly PushedGroupJson[];
  /** How many groups, within what is searched for, are in each state. */
  readonly counts: Readonly<Record<PushedStateJson, number>>;
}

export interface PushedSeriesJson {
  readonly name: string;
  readonly labels: Labels;
  /** As the text format has it: `NaN` and `+Inf` are no JSON. */
  readonly value: string;
}

export interface PushedFamilyJson {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly atMs: number;
  /** The first of them. */
  readonly series: readonly PushedSeriesJson[];
  /** How many there are. */
  readonly total: number;
}

/** GET /pushed/group?path= */
export interface PushedGroupDetailJson extends PushedGroupJson {
  readonly parts: readonly PushedFamilyJson[];
}
