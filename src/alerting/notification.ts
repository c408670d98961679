import type { Labels } from '../model/labels.ts';

/** Why a notification is sent, in the words of Alertmanager's payload. */
export type NotificationReason =
  | 'first notification'
  | 'new alerts added'
  | 'all alerts resolved'
  | 'some alerts resolved'
  | 'repeat interval elapsed';

/** One alert of a notification, its state fixed at the time of sending. */
export interface NotifiedAlert {
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** 0 while it fires. */
  readonly endsAtMs: number;
  readonly generatorURL: string;
}

/** What a notifier sends: the alerts of one group, for one integration of one receiver. */
export interface Notification {
  /** The same when the same notification is sent again after a crash: what a receiver may deduplicate on. */
  readonly id: string;
  /** Stable for the life of the group: `<route key>:<group labels>`. */
  readonly groupKey: string;
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly reason: NotificationReason;
  /** In order of `job`, `instance` and labels. Resolved ones only when `send_resolved`. */
  readonly alerts: readonly NotifiedAlert[];
  readonly groupLabels: Labels;
  readonly commonLabels: Labels;
  readonly commonAnnotations: Labels;
  readonly routeLabels: Labels;
  readonly externalURL: string;
  readonly atMs: number;
  /** Part of a drill: marked, and never sent to a real channel unless one was named. */
  readonly drill: boolean;
}
