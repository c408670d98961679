import type { Clock } from '../kit/clock.ts';
import type { Component } from '../kit/component.ts';
import type { Logger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Database } from '../store/database.ts';
import type { Registry } from '../telemetry/registry.ts';
import type { AlertingConfig } from './config/alerting-config.ts';
import type { InboxStore } from './inbox-store.ts';
import type { PeersStatus, SharingOptions } from './peers/peers-options.ts';
import type { RouterTools } from './router-tools.ts';
import type { DeclaredSilence, SilenceBook } from './silence.ts';
import type {
  AlertFilter,
  AlertGroupView,
  AlertView,
  NewAlert,
  ReceiveResult,
  ReceiverView,
  RouterStatus,
} from './views.ts';

export interface AlertRouterOptions {
  readonly config: AlertingConfig;
  /** Keeps alerts, groups' timers, silences and the notification log; tables are made when missing. */
  readonly database: Database;
  /** Where alerts stand until they are in the database, which is slower; without it they go there at once. */
  readonly journalFolder?: string | undefined;
  readonly inbox: InboxStore;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly registry: Registry;
  /** Where people reach this process, without a slash at the end; links in notifications start with it. */
  readonly externalURL: string;
  /** Given when other processes know the same alerts, and each notification is to be sent by one of them. */
  readonly sharing?: SharingOptions | undefined;
  /** Called after each delivery with `receiver:<name>`. */
  readonly lastSuccess?: (part: string, atMs: number) => void;
  /** The receiver that a drill names; undefined or unknown: the built-in inbox receiver `drill`. */
  readonly drillReceiver?: (id: string) => string | undefined;
  /** How long expired silences and the notification log are kept; 120 h when left out. */
  readonly retentionMs?: number;
  /**
   * How long a group without alerts goes on, so that one that comes back waits for its next turn; 0 when left out: it begins
   * anew. Alertmanager tidies up every 30 s.
   */
  readonly emptyGroupsStayMs?: number;
  /** Called (coalesced by the caller) when alerts, groups or silences changed. */
  readonly changed?: () => void;
}

/** The label that marks an alert as part of the drill with that id. */
export const drillLabel = 'skopos_drill';

/** What others may ask of the alert router; the class `AlertRouter` is it. */
export interface AlertRouting extends Component {
  /** Takes alerts, firing and resolved. When it returns they are on disk, and groups without a wait are being notified. */
  receive(alerts: readonly NewAlert[]): ReceiveResult;
  /** Firing alerts (resolved ones are left out, as in API v2), in order of labels. */
  alerts(filter?: AlertFilter): readonly AlertView[];
  alert(fingerprint: string): AlertView | undefined;
  groups(filter?: AlertFilter): readonly AlertGroupView[];
  receivers(): readonly ReceiverView[];
  readonly silences: SilenceBook;
  /** Trying out routes, receivers, templates and silences. */
  readonly tools: RouterTools;
  /** Puts the silences that files declare in place of those that they declared before. */
  declareSilences(silences: readonly DeclaredSilence[]): void;
  status(): RouterStatus;
  /** How it stands with the processes that share the work; undefined when it is not shared. */
  peers(): PeersStatus | undefined;
  /** Names of the receivers that the routes lead these labels to, each once, in order. A drill's label is ignored. */
  wouldReach(labels: Labels): readonly string[];
  /**
   * Puts another configuration in place of the running one, keeping alerts, silences, timers of groups that stay, and the
   * notification log.
   */
  reload(config: AlertingConfig): void;
}
