import type { Finding, FindingChange } from '../model/finding.ts';
import type { Severity, Verdict, VerdictState } from '../model/verdict.ts';

/** What findings need of a verdict change; the posture engine's `VerdictChange` is one, and other scanners can make the same. */
export interface FindingInput {
  readonly verdict: Verdict;
  readonly before?: VerdictState;
  readonly removed?: true;
  readonly key: string;
  readonly causeKey: string;
  readonly drill?: string;
}

/** A control, as far as findings need it. */
export interface FindingControl {
  readonly id: string;
  readonly name: string;
  readonly baseScore: number;
  /** It judges nothing as it is, so that its first look is still to come. */
  readonly isIdle?: boolean;
}

/** What brought a batch of verdict changes about. */
export interface FindingContext {
  /** The cause of the whole batch, or by `causeKey` where a batch has several. */
  readonly cause: string | ((causeKey: string) => string);
  readonly atMs: number;
  /** Whether what opens was there before us, so that it is not new. */
  readonly baseline?: boolean;
  /** Whether other controls judge from this batch on: what those find that never did before is not new. */
  readonly otherControls?: boolean;
  /** The drill that the batch belongs to. */
  readonly drill?: string;
}

export interface SyncResult {
  /** Whether it was the first complete look at this cluster, so that everything in it is baseline. */
  readonly baseline: boolean;
  readonly counts: Readonly<Record<FindingChange['kind'], number>>;
  /** What is other than when we last looked; empty for a baseline, whose findings are no news. */
  readonly changes: readonly FindingChange[];
}

/** Every list means "any of"; one that is left out or empty does not filter. */
export interface FindingQuery {
  readonly severity?: readonly Severity[];
  readonly controlId?: readonly string[];
  readonly namespace?: readonly string[];
  readonly kind?: readonly string[];
  /** `open` when left out. */
  readonly status?: 'open' | 'fixed' | 'all';
  /** Only those that are no baseline and were last opened at this Unix ms or later. */
  readonly newSinceMs?: number;
  /** Words that must all occur in the object's name, namespace or kind, the path, the message, or the control's id or name. */
  readonly q?: string;
  /** `severity` when left out. */
  readonly sort?: 'severity' | 'newest' | 'object' | 'control';
  /** When left out: most severe and newest first, names from A. */
  readonly order?: 'asc' | 'desc';
  readonly offset?: number;
  /** 50 when left out, at most 1000. */
  readonly limit?: number;
  /** Findings of this drill instead of the real ones. */
  readonly drill?: string;
}

export interface Facet {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

export interface FindingPage {
  readonly total: number;
  readonly items: readonly Finding[];
  /** Counts by value under the other filters: severities most severe first, others by count. */
  readonly facets: Readonly<Record<'severity' | 'control' | 'namespace' | 'kind', readonly Facet[]>>;
}

export type SeverityTally = Readonly<Record<Severity, number>>;
