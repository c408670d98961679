/**
 * The JSON of our own API under /api/skopos/v1, as the server sends it and the pages read it. Types only.
 * Times are Unix milliseconds; severities and states are the words of model/.
 */
import type { ObjectRef } from '../../model/object.ts';
import type { Evidence, Severity } from '../../model/verdict.ts';

export interface SeverityCounts extends Readonly<Record<Severity, number>> {}

/** GET /overview */
export interface OverviewJson {
  readonly cluster: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly source: { readonly kind: 'folder' | 'cluster'; readonly name: string; readonly objects: number };
  readonly frameworks: readonly FrameworkScoreJson[];
  readonly findings: { readonly open: SeverityCounts; readonly newToday: SeverityCounts };
  readonly verdicts: Readonly<Record<'pass' | 'fail' | 'unknown' | 'excepted' | 'not-applicable', number>>;
  readonly alerts: { readonly firing: number; readonly pending: number; readonly silenced: number };
  /** The chain itself. */
  readonly parts: readonly PartJson[];
  readonly lastDrill?: DrillJson;
  /** Newest first, at most 50. */
  readonly recent: readonly LedgerRowJson[];
}

export interface FrameworkScoreJson {
  readonly name: string;
  /** Kubescape's compliance score, 0 to 100. */
  readonly compliance: number;
  /** Ours: unknown is not passed, and what has nothing to judge does not count. Absent when nothing could be judged. */
  readonly honest?: number;
  readonly controls: Readonly<Record<'pass' | 'fail' | 'unknown' | 'not-applicable', number>>;
  /** Oldest first, up to 60 points of the last 24 h. */
  readonly trend: readonly (readonly [atMs: number, compliance: number])[];
}

/** A part of the chain and its freshness: `inventory`, `posture`, `rules`, `receiver:slack`, … */
export interface PartJson {
  readonly name: string;
  readonly state: 'ok' | 'degraded' | 'failed' | 'starting';
  /** What is wrong and what to do; empty when ok. */
  readonly message: string;
  readonly lastSuccessMs?: number;
}

/** GET /findings?severity=&control=&namespace=&kind=&status=open|fixed|all&new=1&q=&sort=severity|newest|object|control&order=asc|desc&offset=&limit= (comma lists allowed) */
export interface FindingsJson {
  readonly total: number;
  readonly items: readonly FindingJson[];
  /** Counts by value under the other filters, for the filter lists. */
  readonly facets: {
    readonly severity: readonly FacetJson[];
    readonly control: readonly FacetJson[];
    readonly namespace: readonly FacetJson[];
    readonly kind: readonly FacetJson[];
  };
}

export interface FacetJson {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

export interface FindingJson {
  readonly id: string;
  readonly controlId: string;
  readonly control: string;
  readonly severity: Severity;
  readonly object: ObjectRef;
  readonly evidence: Evidence;
  readonly status: 'open' | 'fixed';
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly fixedAtMs?: number;
  readonly reappeared: number;
  readonly baseline: boolean;
}

/** GET /findings/:id */
export interface FindingDetailJson extends FindingJson {
  readonly why: string;
  readonly fix: string;
  readonly category: string;
  readonly frameworks: readonly string[];
  readonly related: readonly ObjectRef[];
  /** Where it stands on disk, when it came from a folder. */
  readonly file?: string;
  /** The object as YAML, secrets redacted; absent when it is gone. */
  readonly yaml?: string;
  /** Lines of `yaml`, from 1, that the evidence points at. */
  readonly lines: readonly number[];
  /** A unified diff of `yaml` that mends it; absent when it can only be mended by hand. */
  readonly patch?: string;
  /** A command that applies the same to the cluster, or how to do it by hand. */
  readonly command?: string;
  readonly history: readonly LedgerRowJson[];
  readonly alerts: readonly AlertJson[];
}

/** GET /alerts */
export interface AlertsJson {
  readonly items: readonly AlertJson[];
}

export interface AlertJson {
  readonly fingerprint: string;
  readonly name: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'resolved';
  readonly startsAtMs: number;
  readonly endsAtMs?: number;
  /** Suppressed by these silences or inhibiting alerts. */
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  /** Receivers that its routes lead to. */
  readonly receivers: readonly string[];
  /** What became of the last notification. */
  readonly lastNotification?: { readonly atMs: number; readonly receiver: string; readonly outcome: string };
}

/** GET /alerts/:fingerprint: the alert and the ledger rows that lead to and from it, oldest first. */
export interface AlertDetailJson extends AlertJson {
  readonly generatorURL: string;
  readonly rule?: {
    readonly group: string;
    readonly name: string;
    readonly expr: string;
    readonly forMs: number;
  };
  readonly ledger: readonly LedgerRowJson[];
  /** One sentence: why somebody was paged, or why nobody was. */
  readonly answer: string;
}

/** GET /ledger?cause=&subject=&alert=&limit= */
export interface LedgerJson {
  readonly items: readonly LedgerRowJson[];
}

export interface LedgerRowJson {
  readonly id: number;
  readonly atMs: number;
  readonly cause: string;
  readonly hop: string;
  readonly subject: string;
  readonly decision: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** GET /inbox?offset=&limit= */
export interface InboxJson {
  readonly total: number;
  readonly unread: number;
  readonly items: readonly InboxMessageJson[];
}

export interface InboxMessageJson {
  readonly id: number;
  readonly atMs: number;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly title: string;
  /** Plain text with line breaks, as rendered by the receiver's templates. */
  readonly text: string;
  readonly severity: string;
  readonly read: boolean;
  readonly alerts: readonly {
    readonly fingerprint: string;
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
  }[];
  readonly drill: boolean;
}

/** POST /drills {receiver?: string, timeoutMs?: number} answers 202 with it; GET /drills/:id; GET /drills newest first as {items}. */
export interface DrillJson {
  readonly id: string;
  readonly startedAtMs: number;
  readonly state: 'running' | 'delivered' | 'stopped';
  readonly receiver: string;
  /** Where a real alert with these labels would have gone. */
  readonly wouldReach: readonly string[];
  /** `atMs` since the start; a hop that was not reached has none. */
  readonly hops: readonly { readonly hop: string; readonly afterMs?: number; readonly note: string }[];
  /** Why it stopped and what to do; empty when delivered. */
  readonly problem: string;
}

/** GET /events (server-sent events): `event:` one of these, `data:` JSON. */
export interface EventsJson {
  readonly hello: { readonly version: string; readonly atMs: number };
  /** Every new ledger row. */
  readonly ledger: LedgerRowJson;
  /** Something of this sort changed: ask again. Coalesced, at most every 250 ms each. */
  readonly changed: { readonly what: 'findings' | 'alerts' | 'inbox' | 'overview' | 'drills' };
}

/** Errors everywhere under /api/skopos: status 4xx or 5xx. */
export interface ErrorJson {
  readonly code: string;
  readonly error: string;
}
