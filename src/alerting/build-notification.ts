import type { AlertGroup } from './alert-group.ts';
import type { AlertRecord } from './alert-record.ts';
import { commonLabels } from './common-labels.ts';
import type { NotificationLogEntry } from './dedup.ts';
import type { Causes } from './delivery.ts';
import type { Notification, NotifiedAlert } from './notification.ts';
import { sortAlerts } from './sort-alerts.ts';

/** A group at one moment: what may be notified of. */
export interface Snapshot {
  readonly atMs: number;
  /** Every change up to this one is in it. */
  readonly seq: number;
  readonly firing: readonly AlertRecord[];
  readonly resolved: readonly AlertRecord[];
}

/** Without alerts that have fired, or resolved, since it was taken. */
export function withoutChanged(snapshot: Snapshot): Snapshot {
  const isSame = ({ changeSeq }: AlertRecord) => changeSeq <= snapshot.seq;
  return {
    ...snapshot,
    firing: snapshot.firing.filter(isSame),
    resolved: snapshot.resolved.filter(isSame),
  };
}

export type NotificationFacts = Pick<
  Notification,
  'id' | 'receiver' | 'reason' | 'externalURL' | 'routeLabels'
> & { readonly sendResolved: boolean };

/** Without alerts when there is nothing to show: all resolved, and resolved ones are not sent. */
export function buildNotification(
  group: Pick<AlertGroup, 'key' | 'labels' | 'isDrill'>,
  snapshot: Snapshot,
  facts: NotificationFacts,
): Notification {
  const { sendResolved, ...own } = facts;
  const { firing, resolved } = snapshot;
  const isFiring = new Set(firing);
  const alerts = (sendResolved && resolved.length > 0 ? sortAlerts([...firing, ...resolved]) : firing).map(
    (record) => alertOf(record, isFiring.has(record) ? 'firing' : 'resolved'),
  );
  return {
    ...own,
    groupKey: group.key,
    status: snapshot.firing.length > 0 ? 'firing' : 'resolved',
    alerts,
    groupLabels: group.labels,
    commonLabels: commonLabels(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonLabels(alerts.map(({ annotations }) => annotations)),
    atMs: snapshot.atMs,
    drill: group.isDrill,
  };
}

function alertOf({ fingerprint, alert }: AlertRecord, status: 'firing' | 'resolved'): NotifiedAlert {
  const { labels, annotations, startsAtMs, endsAtMs, generatorURL } = alert;
  return {
    fingerprint,
    status,
    labels,
    annotations,
    startsAtMs,
    endsAtMs: status === 'firing' ? 0 : endsAtMs,
    generatorURL,
  };
}

const maxCauses = 100;

/** The causes of what the receiver does not know yet; of everything, when it knows it all. */
export function causesOf(snapshot: Snapshot, last: NotificationLogEntry | undefined): Causes {
  const isNews = (record: AlertRecord, known: ReadonlySet<string> | undefined) =>
    !known?.has(record.fingerprint);
  const all = [...snapshot.firing, ...snapshot.resolved];
  const news = [
    ...snapshot.firing.filter((record) => isNews(record, last?.firing)),
    ...snapshot.resolved.filter((record) => isNews(record, last?.resolved)),
  ];
  const causes = new Map<string, string[]>();
  for (const { alert, fingerprint } of news.length > 0 ? news : all) {
    // Past the bound, rows are shared: no alert is left out of the ledger.
    const cause = causes.has(alert.cause) || causes.size < maxCauses ? alert.cause : [...causes.keys()][0];
    const own = causes.get(cause ?? alert.cause) ?? [];
    own.push(fingerprint);
    causes.set(cause ?? alert.cause, own);
  }
  return [...causes];
}
