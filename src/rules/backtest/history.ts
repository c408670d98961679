import type { MixedSamples } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';

/** Moments `startMs`, `startMs + stepMs`, … up to `endMs`. */
export interface Steps {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Stored samples, as back-tests ask for them. */
export interface History {
  /** For people: `the data folder data/`, `http://prometheus:9090`. */
  readonly name: string;
  /**
   * The values of an expression at each step; a scalar is one series without labels.
   *
   * @throws what the engine or the server says is wrong with it.
   */
  range(expr: Expr, steps: Steps, signal: AbortSignal): Promise<readonly MixedSamples[]>;
  /** Series that the rules under test write, for rules that read them. Without it those read what is stored. */
  readonly recorded?: RecordedSeries;
}

/** Takes what rules under test would have written. */
export interface RecordedSeries {
  /** These are read from here alone from `fromMs` on, whatever is stored. */
  replace(isOurs: (labels: Labels) => boolean, fromMs: number): void;
  /**
   * Samples at those of `steps` where a series has a value; where it has none any more, it is marked stale. `writer` is the
   * rule: what it does not give any more ends.
   */
  write(writer: object, series: readonly MixedSamples[], steps: Steps): void;
  /** Forgets what is older. */
  forget(beforeMs: number): void;
}
