import type { Labels } from './labels.ts';

/** An alert as rules send it and the router keeps it. */
export interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** When it resolves or resolved; in the future for one that fires and must be renewed. */
  readonly endsAtMs: number;
  readonly generatorURL: string;
  /** When it was last received. */
  readonly updatedAtMs: number;
  /** The cause of the event that made it fire or resolve, where one is known. */
  readonly cause?: string;
}
