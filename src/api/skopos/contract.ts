/**
 * The JSON of our own API under /api/skopos/v1, as the server sends it and the pages read it. Types only.
 * Times are Unix milliseconds; severities and states are the words of model/.
 */
import type { FeedItem } from '../../model/feed.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { Evidence, Severity } from '../../model/verdict.ts';

export type { FeedItem, FeedVerdict } from '../../model/feed.ts';
export type * from './cluster-map-contract.ts';
export type * from './monitoring-contract.ts';
export type * from './posture-contract.ts';
export type * from './relations-contract.ts';
export type * from './rules-contract.ts';
export type * from './suppressions-contract.ts';

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

/** GET /live-feed?limit=: the newest changes first; see model/feed.ts. */
export interface LiveFeedJson {
  readonly items: readonly FeedItem[];
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

/** GET /alerts?q=&filter=<matcher>&receiver=&state=firing|pending|silenced|resolved&offset=&limit= (filter may be there several times) */
export interface AlertsJson {
  /** How many there are under all filters. */
  readonly total: number;
  /** The most urgent first. */
  readonly items: readonly AlertJson[];
  /** Counts by value under the other filters. */
  readonly facets: { readonly state: readonly FacetJson[]; readonly receiver: readonly FacetJson[] };
}

/** GET /alerts/groups?filter=&receiver=: alerts as they are told of. */
export interface AlertGroupsJson {
  readonly items: readonly AlertGroupJson[];
}

export interface AlertGroupJson {
  readonly key: string;
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How many fire; `items` holds at most 50 of them. */
  readonly total: number;
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
  /** Names of the time intervals that mute its routes now. */
  readonly mutedBy: readonly string[];
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
  /** The value of the rule's expression for it, oldest first; absent when the rule is gone or the values cannot be had. */
  readonly values?: readonly (readonly [atMs: number, value: number])[];
}

/** GET /why?alert=TEXT: labels, a name, a fingerprint, or a cause. */
export interface WhyJson {
  /** The newest first, at most 10. */
  readonly items: readonly AlertDetailJson[];
  /** How many are meant by the text. */
  readonly total: number;
  /** When none is: why there is no such alert, and where one would go. */
  readonly answer: string;
}

/** A recurring window, as `time_intervals` of alertmanager.yml write it. */
export interface WindowJson {
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
  readonly weekdays?: readonly string[];
  readonly days_of_month?: readonly string[];
  readonly months?: readonly string[];
  readonly years?: readonly string[];
  readonly location?: string;
}

/** GET /silences?state=pending|active|expired&q= */
export interface SilencesJson {
  readonly items: readonly SilenceJson[];
}

export interface SilenceJson {
  readonly id: string;
  /** As they are written: `severity="critical"`. */
  readonly matchers: readonly string[];
  readonly state: 'pending' | 'active' | 'expired';
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly isEndless: boolean;
  readonly createdBy: string;
  /** Who answers for it; '' when nobody was named. */
  readonly owner: string;
  readonly reason: string;
  /** One that a file declares can be changed there alone. */
  readonly origin: 'person' | 'file';
  /** The file; '' when a person made it here. */
  readonly source: string;
  readonly windows: readonly WindowJson[];
  /** How long before its end its owner is told; 0: not at all. */
  readonly noticeMs: number;
  readonly updatedAtMs: number;
  /** How many alerts that fire now it matches. */
  readonly matches: number;
}

/** POST /silences; with the id of one that is there it is an edit. Answers {id}, or 409 `CONFIRMATION_NEEDED`. POST /silences/:id/expire ends one. */
export interface SilenceInputJson {
  readonly id?: string;
  readonly matchers: readonly string[];
  /** Now, when left out. */
  readonly startsAtMs?: number;
  /** null: no end. */
  readonly endsAtMs: number | null;
  readonly createdBy: string;
  readonly owner?: string;
  readonly reason: string;
  readonly windows?: readonly WindowJson[];
  readonly noticeMs?: number;
  /** The warnings of the preview were seen, and it is meant. */
  readonly confirm?: boolean;
}

/** POST /silences/preview with {matchers, endsAtMs} */
export interface SilencePreviewJson {
  /** How many alerts that fire now it would hide; `alerts` holds at most 500. */
  readonly total: number;
  readonly alerts: readonly {
    readonly fingerprint: string;
    readonly name: string;
    readonly severity: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly startsAtMs: number;
  }[];
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
}

/** GET /routes: the root of the tree. */
export interface RouteJson {
  /** Place in the tree: `0.2.1`. */
  readonly id: string;
  /** `{severity="critical"}`; `{}` matches all. */
  readonly matchers: string;
  readonly receiver: string;
  readonly groupBy: readonly string[] | 'all';
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly mutedBy: readonly string[];
  /** Alerts that fire and whose way ends here. */
  readonly alerts: number;
  readonly routes: readonly RouteJson[];
}

/** POST /routes/test {labels: {…}} or {labels: "a=\"b\",c=\"d\""} */
export interface RouteTestJson {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
  readonly ends: readonly {
    readonly receiver: string;
    /** Ids of the nodes from the root to the end, and their matchers. */
    readonly path: readonly string[];
    readonly matchers: readonly string[];
    readonly groupKey: string;
    readonly groupLabels: Readonly<Record<string, string>>;
    readonly groupWaitMs: number;
    readonly groupIntervalMs: number;
    readonly repeatIntervalMs: number;
    readonly mutedBy: readonly string[];
  }[];
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
}

/** GET /receivers */
export interface ReceiversJson {
  readonly items: readonly ReceiverJson[];
}

export interface ReceiverJson {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly integrations: readonly string[];
  /** `unused` until something was sent to it. */
  readonly health: 'ok' | 'failing' | 'unused';
  readonly lastSuccessMs?: number;
  /** Alerts that fire and go to it. */
  readonly alerts: number;
  /** The newest first, at most 10. */
  readonly answers: readonly NotificationJson[];
}

/** GET /peers: the processes that tell of the same alerts; `shared` is absent when this one works for itself. */
export interface PeersJson {
  readonly shared?: {
    /** `alone`: the database is away, and this process tells of everything itself. */
    readonly state: 'joining' | 'together' | 'alone';
    readonly sinceMs: number;
    /** Why it is alone; '' otherwise. */
    readonly problem: string;
    /** Whether changes are heard at once, rather than looked for every second. */
    readonly isListening: boolean;
    /** Its place in the order in which they try to send: 0 is first. */
    readonly position: number;
    /** This process first. */
    readonly members: readonly PeerJson[];
  };
}

export interface PeerJson {
  readonly name: string;
  readonly address: string;
  readonly version: string;
  readonly isSelf: boolean;
  readonly isAlive: boolean;
  readonly startedAtMs: number;
  readonly lastSeenMs: number;
  /** How far the database's clock is ahead of its clock. */
  readonly aheadMs: number;
}

/** GET /notifications?receiver=&outcome=delivered|failed|retrying&before=&limit=: what became of notifications, newest first. */
export interface NotificationsJson {
  readonly items: readonly NotificationJson[];
}

export interface NotificationJson {
  readonly id: number;
  readonly atMs: number;
  readonly cause: string;
  readonly receiver: string;
  readonly integration: string;
  readonly outcome: string;
  /** What the service answered, or why it was not reached. */
  readonly answer: string;
  readonly status?: number;
  readonly attempt: number;
  readonly tookMs: number;
  readonly group: string;
  readonly fingerprints: readonly string[];
  readonly templateProblems: readonly string[];
  readonly isTest: boolean;
  readonly isDrill: boolean;
}

/** POST /receivers/:name/test {integration?, labels?} */
export interface ReceiverTestJson {
  readonly results: readonly {
    readonly integration: string;
    readonly delivered: boolean;
    readonly answer: string;
    readonly status?: number;
    readonly tookMs: number;
    readonly templateProblems: readonly string[];
  }[];
}

/** POST /templates/preview {template, html?, fingerprint?, receiver?, status?} */
export interface TemplatePreviewJson {
  /** '' when it failed. */
  readonly text: string;
  readonly problem: string;
  /** Tried on a sample, for want of an alert. */
  readonly isSample: boolean;
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
  readonly changed: { readonly what: 'findings' | 'alerts' | 'inbox' | 'overview' | 'drills' | 'jobs' };
}

/** Errors everywhere under /api/skopos: status 4xx or 5xx. */
export interface ErrorJson {
  readonly code: string;
  readonly error: string;
}
