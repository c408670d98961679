/** The stations between a change and its receipt, in order. */
export const hops = [
  'change',
  'verdict',
  'finding',
  'series',
  'rule',
  'alert',
  'route',
  'notify',
  'receipt',
] as const;

export type ChainHop = (typeof hops)[number];

/** Everything that rows may be of: the hops, and what happens beside the chain. Kept by its place: new ones go to the end. */
export const recorded = [...hops, 'admission', 'job'] as const;

export type Hop = (typeof recorded)[number];

/**
 * One row of the ledger: append-only, bounded by age and size. The rows of one `cause` answer "why was I paged",
 * those of one alert's `subject` "why was I not".
 */
export interface LedgerEntry {
  /** Unix ms, with fractions where known. */
  readonly atMs: number;
  readonly cause: string;
  readonly hop: Hop;
  /** What the row is about: an object key, finding id, series, rule name, `alert:<fingerprint>`, `group:<key>`. */
  readonly subject: string;
  /** One word or two: `opened`, `pending`, `firing`, `silenced`, `inhibited`, `sent`, `failed`, … */
  readonly decision: string;
  /** Facts for people and pages; JSON, no secrets. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where rooms write ledger rows. Never throws and never waits. */
export type Ledger = (entry: LedgerEntry) => void;
