import type { Labels } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';

/** An alert as a sender gives it; {@link import('../model/alert.ts').Alert} is one. */
export interface NewAlert {
  readonly labels: Labels;
  readonly annotations?: Labels | undefined;
  /** Left out or 0: now, or `endsAtMs` when that is past. */
  readonly startsAtMs?: number | undefined;
  /** Left out or 0: the alert resolves `resolve_timeout` after it was last received. */
  readonly endsAtMs?: number | undefined;
  readonly generatorURL?: string | undefined;
  readonly cause?: string | undefined;
}

export interface ReceiveResult {
  readonly accepted: number;
  /** Why alerts were refused, one text each; they name the alert by its labels. */
  readonly problems: readonly string[];
}

/** As API v2's `gettableAlert`, times in Unix ms. */
export interface AlertView {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly generatorURL: string;
  readonly receivers: readonly string[];
  readonly status: AlertStatus;
  readonly lastNotification?: NotificationOutcome;
}

/** `unprocessed` until the group of the alert was flushed for the first time. */
export interface AlertStatus {
  readonly state: 'unprocessed' | 'active' | 'suppressed';
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[];
  /** Names of time intervals. */
  readonly mutedBy: readonly string[];
}

export interface NotificationOutcome {
  readonly atMs: number;
  readonly receiver: string;
  readonly outcome: 'delivered' | 'failed' | 'retrying';
}

/** As API v2's `alertGroup`. */
export interface AlertGroupView {
  /** `<route key>:<group labels>`, as in notifications. */
  readonly key: string;
  readonly labels: Labels;
  readonly routeLabels: Labels;
  readonly receiver: string;
  readonly alerts: readonly AlertView[];
}

/** All default to true, as in API v2. */
export interface AlertFilter {
  readonly active?: boolean | undefined;
  readonly silenced?: boolean | undefined;
  readonly inhibited?: boolean | undefined;
  readonly unprocessed?: boolean | undefined;
  /** Groups only: false leaves out groups whose alerts are all suppressed. */
  readonly muted?: boolean | undefined;
  readonly matchers?: readonly Matcher[] | undefined;
  /** RE2 pattern that a receiver's whole name must match. */
  readonly receiver?: string | undefined;
  /** Over the receivers' own `labels`. */
  readonly receiverMatchers?: readonly Matcher[] | undefined;
}

export interface ReceiverView {
  readonly name: string;
  readonly labels: Labels;
  /** Kinds of its integrations in order of the file: `slack`, `webhook`, … */
  readonly integrations: readonly string[];
}

export interface RouterStatus {
  readonly startedAtMs: number;
  readonly configFile: string;
  /** The running configuration as YAML, secrets redacted. */
  readonly configText: string;
  readonly alerts: { readonly firing: number; readonly suppressed: number; readonly resolved: number };
  readonly groups: number;
}
