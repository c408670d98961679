import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';

/** What the Alertmanager API needs of the alert router, which provides it; times in Unix milliseconds. */
export interface AlertmanagerSource {
  receive(alerts: readonly PostedAlert[]): { readonly problems: readonly string[] };
  alerts(filter?: AlertFilter): readonly AlertState[];
  groups(filter?: AlertFilter): readonly AlertGroupState[];
  receivers(): readonly { readonly name: string; readonly labels: Labels }[];
  readonly silences: {
    list(): readonly SilenceState[];
    get(id: string): SilenceState | undefined;
    set(silence: PostedSilence): string;
    expire(id: string): void;
  };
  status(): { readonly startedAtMs: number; readonly configText: string };
  /** Processes that share the work; undefined when it is not shared. */
  peers(): PeersState | undefined;
}

export interface PeersState {
  readonly state: 'joining' | 'together' | 'alone';
  /** This process first. */
  readonly members: readonly {
    readonly name: string;
    readonly address: string;
    readonly isAlive: boolean;
  }[];
}

export interface PostedAlert {
  readonly labels: Labels;
  readonly annotations?: Labels | undefined;
  readonly startsAtMs?: number | undefined;
  readonly endsAtMs?: number | undefined;
  readonly generatorURL?: string | undefined;
}

export interface AlertFilter {
  readonly active?: boolean | undefined;
  readonly silenced?: boolean | undefined;
  readonly inhibited?: boolean | undefined;
  readonly unprocessed?: boolean | undefined;
  readonly muted?: boolean | undefined;
  readonly matchers?: readonly Matcher[] | undefined;
  readonly receiver?: string | undefined;
  readonly receiverMatchers?: readonly Matcher[] | undefined;
}

export interface AlertState {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly generatorURL: string;
  readonly receivers: readonly string[];
  readonly status: {
    readonly state: 'unprocessed' | 'active' | 'suppressed';
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly mutedBy: readonly string[];
  };
}

export interface AlertGroupState {
  readonly labels: Labels;
  readonly routeLabels: Labels;
  readonly receiver: string;
  readonly alerts: readonly AlertState[];
}

export interface PostedSilence {
  readonly id?: string | undefined;
  readonly matchers: readonly Matcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations?: Labels | undefined;
}

export interface SilenceState extends PostedSilence {
  readonly id: string;
  readonly updatedAtMs: number;
  readonly state: 'pending' | 'active' | 'expired';
}

/** Reads one matcher of a query such as `severity=~"critical|high"`. @throws {BadInputError} */
export type ParseMatcher = (text: string) => Matcher;
