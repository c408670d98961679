import type { Labels } from '../model/labels.ts';

/** Targets that were found together: a new group of the same source takes the place of the one before. */
export interface TargetGroup {
  /** What found it, unique within one discovery section: a file, a URL, `pod/shop/cart`. */
  readonly source: string;
  /** Of all targets; a target's own win. */
  readonly labels: Labels;
  /** Each has `__address__`. */
  readonly targets: readonly Labels[];
}

/** Says what a source has now; without targets it has gone. */
export type Emit = (groups: readonly TargetGroup[]) => void;

/** One section of one kind at work. Emits until aborted, and then resolves. Rejects for nothing that may mend itself. */
export interface DiscoveryKind {
  /** As in the configuration: `static`, `file`, `http`, `dns`, `kubernetes`. */
  readonly kind: string;
  run(emit: Emit, signal: AbortSignal): Promise<void>;
}

/** How a kind says that looking failed; what it found before stays. */
export type ReportFailure = (problem: string | undefined) => void;
