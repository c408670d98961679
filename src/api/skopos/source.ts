import type { Clock } from '../../kit/clock.ts';
import type { Origin } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { Labels } from '../../model/labels.ts';
import type { LedgerEntry } from '../../model/ledger.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { KubeObject, ObjectRef } from '../../model/object.ts';
import type { Evidence, Severity, Verdict, VerdictState } from '../../model/verdict.ts';
import type { ClusterMapReader } from './cluster-map.ts';
import type {
  AccessJson,
  AttackPathsJson,
  ConnectionJson,
  ControlStateJson,
  DrillJson,
  EventsJson,
  ExceptionPreviewJson,
  ExceptionScopeJson,
  ExposureJson,
  FacetJson,
  FrameworkScoreJson,
  InboxJson,
  InboxMessageJson,
  OverviewJson,
  PartJson,
  PeersJson,
  ReceiverTestJson,
  RelationsJson,
  RouteJson,
  RouteTestJson,
  ScoreDifferenceJson,
  SilenceJson,
  SilencePreviewJson,
  SubjectAccessJson,
  SubjectJson,
  TemplatePreviewJson,
  WhoMayJson,
  WindowJson,
} from './contract.ts';

/** What our own API needs of the running process. The rooms' own objects fit each part as they are; times in Unix ms. */
export interface SkoposSource {
  readonly cluster: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly clock: Clock;
  /** What rules add to alerts before they send them, so that a pending alert has the fingerprint it will fire with. */
  readonly externalLabels: Labels;
  /** Since when a finding counts as new: `now` less what the configuration says. */
  newSinceMs(): number;
  sourceInfo(): OverviewJson['source'];
  /** `Findings`. */
  readonly findings: FindingReader;
  /** `LedgerStore`. */
  readonly ledger: LedgerReader;
  /** Reads matchers as people write them, one or several. @throws {BadInputError} */
  parseMatchers(text: string): readonly Matcher[];
  /** Reads recurring windows; what it gives is for `silences.set` alone. @throws {BadInputError} */
  parseWindows(value: unknown): Windows;
  windowJson(windows: Windows): readonly WindowJson[];
  /** Values of an expression over time, of the series that have those of its labels that `labels` have. */
  valuesOf?(
    expr: string,
    labels: Labels,
    startMs: number,
    endMs: number,
  ):
    | readonly (readonly [atMs: number, value: number])[]
    | Promise<readonly (readonly [atMs: number, value: number])[]>;
  /** `AlertRouter`. */
  readonly router: RouterReader;
  readonly exceptions: ExceptionBook;
  /** `RuleManager`. */
  readonly rules: RuleReader;
  /** `InboxStore`. */
  readonly inbox: InboxBook;
  /** `DrillRunner`. */
  readonly drills: DrillBook;
  frameworks(): readonly FrameworkScoreJson[];
  verdictTotals(): OverviewJson['verdicts'];
  /** What is judged, and how it stands. */
  readonly posture: PostureReader;
  /** How every workload stands. */
  readonly clusterMap: ClusterMapReader;
  /** How objects hang together now. */
  relations(): RelationsReader;
  parts(): readonly PartJson[];
  /** Undefined for a control that is no longer there. */
  control(id: string): ControlInfo | undefined;
  /** The object as it is now, and where it was read; everything is absent when it is gone. */
  objectOf(ref: ObjectRef): ObjectInfo | Promise<ObjectInfo>;
  /** `redactObject`: the object without what may be secret. */
  redact(object: KubeObject): KubeObject;
  /** `markEvidence`. */
  mark(input: MarkInput): { readonly lines: readonly number[]; readonly patch?: string };
  /** Calls `listener` whenever something of a sort changed, as often as it likes. Returns the cancel function. */
  onChanged(listener: (what: ChangedWhat) => void): () => void;
}

export type ChangedWhat = EventsJson['changed']['what'];

export interface FindingReader {
  list(query?: FindingListQuery): {
    readonly total: number;
    readonly items: readonly Finding[];
    readonly facets: Readonly<Record<'severity' | 'control' | 'namespace' | 'kind', readonly FacetJson[]>>;
  };
  get(id: string): Finding | undefined;
  openCounts(): Readonly<Record<Severity, number>>;
  newCounts(sinceMs: number): Readonly<Record<Severity, number>>;
}

export interface FindingListQuery {
  readonly severity?: readonly Severity[];
  readonly controlId?: readonly string[];
  readonly namespace?: readonly string[];
  readonly kind?: readonly string[];
  readonly status?: 'open' | 'fixed' | 'all';
  readonly newSinceMs?: number;
  readonly q?: string;
  readonly sort?: 'severity' | 'newest' | 'object' | 'control';
  readonly order?: 'asc' | 'desc';
  readonly offset?: number;
  readonly limit?: number;
}

export interface PostureReader {
  /** In the order of the configuration. */
  frameworks(): readonly JudgedFramework[];
  readonly otherFrameworks: readonly { readonly name: string; readonly title: string }[];
  readonly controls: readonly JudgedControl[];
  /** One for each of `controls`, in their order. */
  scores(): readonly ControlStanding[];
  /** Counts by control and namespace; a control that has no verdict has no row. */
  counts(): Iterable<ControlTally>;
  /** Drills' are left out. Those on things that are missing come first. */
  verdicts(filter: {
    readonly states: readonly VerdictState[];
    readonly controlIds?: readonly string[];
    readonly key?: string;
  }): Iterable<Verdict>;
  attackPaths(): AttackPathsJson;
}

/** A `RelationsReport`. */
export interface RelationsReader {
  /** @throws {BadInputError} */
  parseSubject(text: string): Subject;
  ranking(): AccessJson['items'];
  subject(subject: Subject): SubjectAccessJson;
  whoMay(
    action: {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly name?: string;
    },
    namespace: string,
  ): WhoMayJson;
  exposed(): ExposureJson['items'];
  notEvaluated(): readonly string[];
  connection(
    from: string,
    to: string,
    ports: readonly { readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly port: number }[],
  ): ConnectionJson | undefined;
  relations(key: string): RelationsJson | undefined;
}

type Subject = Omit<SubjectJson, 'key'>;

export interface JudgedFramework {
  readonly name: string;
  readonly title: string;
  readonly managed?: string;
  /** Ids of those of its controls that are judged. */
  readonly controls: readonly string[];
  readonly numbers?: Readonly<Record<string, string>>;
  readonly sections?: readonly {
    readonly number: string;
    readonly title: string;
    readonly controls: readonly string[];
  }[];
  readonly difference?: ScoreDifferenceJson;
}

export interface JudgedControl {
  readonly id: string;
  readonly name: string;
  readonly baseScore: number;
  readonly category: string;
  readonly why: string;
  readonly fix: string;
  readonly examples: {
    readonly pass: readonly string[];
    readonly fail: readonly { readonly yaml: string; readonly paths: readonly string[] }[];
  };
  readonly checks?: readonly { readonly needs?: readonly string[] }[];
}

export interface ControlStanding {
  readonly controlId: string;
  readonly severity: Severity;
  readonly state: ControlStateJson;
  readonly missing: number;
  readonly compliance: number;
  readonly honest?: number;
}

export interface ControlTally {
  readonly controlId: string;
  readonly namespace: string;
  readonly states: Readonly<Record<VerdictState, number>>;
}

export interface LedgerRow extends LedgerEntry {
  readonly id: number;
}

export interface LedgerReader {
  query(query: {
    readonly cause?: string;
    readonly subject?: string;
    readonly alert?: string;
    readonly limit?: number;
    /** Only rows before this one. */
    readonly beforeId?: number;
  }): readonly LedgerRow[];
  receipts(query: {
    readonly receiver?: string;
    readonly decision?: string;
    readonly limit?: number;
    readonly beforeId?: number;
  }): readonly LedgerRow[];
  subscribe(listener: (row: LedgerRow) => void): () => void;
}

// biome-ignore lint/suspicious/noExplicitAny: recurring windows in the router's own form, which no one here looks into
export type Windows = any;

export interface RouterReader {
  alerts(filter?: {
    readonly matchers?: readonly Matcher[];
    readonly receiver?: string;
  }): readonly RoutedAlert[];
  alert(fingerprint: string): RoutedAlert | undefined;
  groups(filter?: { readonly matchers?: readonly Matcher[]; readonly receiver?: string }): readonly {
    readonly key: string;
    readonly receiver: string;
    readonly labels: Labels;
    readonly alerts: readonly RoutedAlert[];
  }[];
  receivers(): readonly {
    readonly name: string;
    readonly labels: Labels;
    readonly integrations: readonly string[];
  }[];
  /** Processes that share the work; undefined when it is not shared. */
  peers(): PeersJson['shared'];
  /** Receivers that the routes lead these labels to. */
  wouldReach(labels: Labels): readonly string[];
  readonly silences: {
    list(): readonly KeptSilence[];
    get(id: string): KeptSilence | undefined;
    /** @throws {BadInputError | NotFoundError} */
    set(silence: {
      readonly id?: string | undefined;
      readonly matchers: readonly Matcher[];
      readonly startsAtMs: number;
      readonly endsAtMs: number;
      readonly createdBy: string;
      readonly comment: string;
      readonly owner?: string | undefined;
      readonly windows?: Windows;
      readonly noticeMs?: number | undefined;
    }): string;
    /** @throws {BadInputError | NotFoundError} */
    expire(id: string): void;
  };
  readonly tools: {
    routeTree(): RouteJson;
    testRoute(labels: Labels): Omit<RouteTestJson, 'labels'>;
    previewSilence(silence: {
      readonly matchers: readonly Matcher[];
      readonly startsAtMs?: number;
      readonly endsAtMs: number;
    }): {
      readonly alerts: readonly {
        readonly fingerprint: string;
        readonly labels: Labels;
        readonly startsAtMs: number;
      }[];
      readonly total: number;
      readonly warnings: SilencePreviewJson['warnings'];
    };
    countMatching(matchers: readonly Matcher[]): number;
    testReceiver(
      name: string,
      options: { readonly integration?: string; readonly labels?: Labels },
    ): Promise<ReceiverTestJson['results']>;
    previewTemplate(options: {
      readonly template: string;
      readonly html?: boolean;
      readonly fingerprint?: string;
      readonly receiver?: string;
      readonly status?: 'firing' | 'resolved';
    }): TemplatePreviewJson;
  };
}

export interface KeptSilence {
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly state: SilenceJson['state'];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly owner: string;
  readonly origin: SilenceJson['origin'];
  readonly source?: string;
  readonly windows: Windows;
  readonly noticeMs: number;
}

/** Exceptions of posture, whoever made them. */
export interface ExceptionBook {
  list(): readonly ListedException[];
  get(id: string): ListedException | undefined;
  /** What it would except of what fails now; with an id, in place of the one that has it. @throws {BadInputError} */
  preview(wanted: Pick<WantedException, 'id' | 'scopes' | 'policies' | 'endsAtMs'>): ExceptionPreview;
  /** Makes one, or changes the one whose id is given; it has effect at once. @throws {BadInputError | NotFoundError} */
  set(wanted: WantedException): string;
  /** @throws {BadInputError | NotFoundError} */
  expire(id: string): void;
}

export type ExceptionPreview = ExceptionPreviewJson;

export interface WantedException {
  readonly id?: string | undefined;
  readonly scopes: readonly ExceptionScopeJson[];
  readonly policies: readonly {
    readonly controlId?: string;
    readonly controlName?: string;
    readonly framework?: string;
    readonly rule?: string;
  }[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly owner: string;
  readonly reason: string;
  readonly windows: readonly unknown[];
  readonly noticeMs: number;
}

export interface ListedException extends Omit<WantedException, 'id'> {
  readonly id: string;
  readonly state: 'pending' | 'active' | 'expired';
  readonly origin: 'person' | 'file' | 'object';
  /** Where it is written; '' when a person made it here. */
  readonly source: string;
  readonly updatedAtMs: number;
  /** How many verdicts are excepted by it now. */
  readonly excepts: number;
}

export interface RoutedAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly generatorURL: string;
  readonly receivers: readonly string[];
  readonly status: {
    readonly state: 'unprocessed' | 'active' | 'suppressed';
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly mutedBy: readonly string[];
  };
  readonly lastNotification?: { readonly atMs: number; readonly receiver: string; readonly outcome: string };
}

export interface RuleReader {
  groups(): readonly {
    readonly spec: { readonly name: string };
    readonly rules: readonly RuleState[];
  }[];
}

export interface RuleState {
  readonly spec:
    | { readonly kind: 'recording'; readonly name: string; readonly expr: string }
    | {
        readonly kind: 'alerting';
        readonly name: string;
        readonly expr: string;
        readonly forMs: number;
        readonly labels: Labels;
      };
  readonly alerts: readonly RuleAlert[];
}

export interface RuleAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
  readonly activeAtMs: number;
  readonly firedAtMs?: number;
  readonly cause?: string;
}

export interface InboxBook {
  list(options: { readonly offset?: number; readonly limit?: number }): InboxJson;
  get(id: number): InboxMessageJson | undefined;
  /** Returns how many messages there were to mark. */
  markRead(id: number | 'all', read?: boolean): number;
}

export interface DrillBook {
  /** Newest first. */
  list(): readonly DrillJson[];
  get(id: string): DrillJson | undefined;
  /** @throws {BadInputError} when the receiver is not configured. */
  start(options: { readonly receiver?: string; readonly timeoutMs: number }): DrillJson;
}

export interface ControlInfo {
  readonly name: string;
  readonly category: string;
  readonly why: string;
  readonly fix: string;
  /** Names of the frameworks that it is part of. */
  readonly frameworks: readonly string[];
}

export interface ObjectInfo {
  readonly object?: KubeObject;
  readonly origin?: Origin;
  /** The object's own document as it stands in its file, with the line (from 1) that it starts at. Not redacted. */
  readonly text?: { readonly yaml: string; readonly file: string; readonly firstLine: number };
}

export interface MarkInput {
  readonly yaml: string;
  readonly file: string;
  readonly firstLine: number;
  readonly evidence: Evidence;
}
