import type { Matcher } from '../../model/matcher.ts';

/** What is known of stored series. Answers may come later, as the store may be another server. */
export interface SeriesLookup {
  /** For people: `the store`, `http://prometheus:9090`. */
  readonly name: string;
  /** How far back it looks, for people: `24h`. */
  readonly window: string;
  hasSeries(matchers: readonly Matcher[]): Promise<boolean>;
  /** Values of a label among series that match, at most a few thousand; for "did you mean". */
  labelValues(label: string, matchers: readonly Matcher[]): Promise<readonly string[]>;
  /** The metric's type as scraped: `counter`, `gauge`, …; undefined when it is not known. */
  typeOf(metric: string): Promise<string | undefined>;
}

/** A node of the routing tree; the alerting configuration's own fit. */
export interface LintRoute {
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly routes: readonly LintRoute[];
}

export interface LintRouting {
  readonly file: string;
  readonly route: LintRoute;
  /** Whether a receiver has nobody to tell. */
  isSilent(receiver: string): boolean;
}
