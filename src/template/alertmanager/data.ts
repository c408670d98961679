/** What notification templates see. Source: https://prometheus.io/docs/alerting/latest/notifications/#data-structures */
import type { Labels } from '../../model/labels.ts';
import { typed } from '../function.ts';
import { GoTime, zeroTimeMs } from '../go-time.ts';
import { compareStrings, GoMap, GoSlice, type GoStruct, goStruct } from '../value.ts';

/** One alert of a notification. */
export interface AlertInput {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** 0 while it is not known to end. */
  readonly endsAtMs: number;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** A notification, before it is rendered. */
export interface NotificationInput {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  /** Why it is sent, in Alertmanager's words. */
  readonly reason?: string;
  readonly alerts: readonly AlertInput[];
  readonly groupLabels: Labels;
  /** Worked out from the alerts when left out. */
  readonly commonLabels?: Labels;
  readonly commonAnnotations?: Labels;
  readonly routeLabels?: Labels;
  readonly externalURL: string;
}

/** The data that the templates of a notification run on: the dot. */
export function notificationData(input: NotificationInput): GoStruct {
  const { alerts } = input;
  return goStruct('template.Data', {
    Receiver: input.receiver,
    Status: input.status,
    Alerts: alertsOf(alerts.map(alertOf)),
    NotificationReason: input.reason ?? '',
    GroupLabels: keyValues(input.groupLabels),
    CommonLabels: keyValues(input.commonLabels ?? common(alerts.map(({ labels }) => labels))),
    CommonAnnotations: keyValues(
      input.commonAnnotations ?? common(alerts.map(({ annotations }) => annotations)),
    ),
    RouteLabels: keyValues(input.routeLabels ?? {}),
    ExternalURL: input.externalURL,
  });
}

/** The labels that all of the sets have with the same value. */
function common([first, ...others]: readonly Labels[]): Labels {
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
}

function alertOf(alert: AlertInput): GoStruct {
  return goStruct('template.Alert', {
    Status: alert.status,
    Labels: keyValues(alert.labels),
    Annotations: keyValues(alert.annotations),
    StartsAt: new GoTime(alert.startsAtMs),
    EndsAt: new GoTime(alert.endsAtMs === 0 ? zeroTimeMs : alert.endsAtMs),
    GeneratorURL: alert.generatorURL,
    Fingerprint: alert.fingerprint,
  });
}

function alertsOf(alerts: readonly GoStruct[]): GoSlice {
  const only = (status: string) =>
    typed(
      [],
      () =>
        new GoSlice(
          '[]template.Alert',
          alerts.filter((alert) => alert.fields['Status'] === status),
        ),
    );
  return new GoSlice('template.Alerts', alerts, { Firing: only('firing'), Resolved: only('resolved') });
}

/** A set of labels or annotations: a `map[string]string` with methods. */
export function keyValues(labels: Labels): GoMap {
  const names = (): string[] => Object.keys(labels).sort(byName);
  const pairs = (): GoSlice => pairsOf(names().map((name) => [name, labels[name] ?? '']));
  return new GoMap('template.KV', labels, {
    zero: '',
    methods: () => ({
      SortedPairs: typed([], () => pairs()),
      String: typed([], () => shownPairs(names().map((name) => [name, labels[name] ?? '']))),
      Names: typed([], () => strings(names())),
      Values: typed([], () => strings(names().map((name) => labels[name] ?? ''))),
      Remove: typed(['[]string'], (removed: readonly string[]) =>
        keyValues(Object.fromEntries(Object.entries(labels).filter(([name]) => !removed.includes(name)))),
      ),
    }),
  });
}

/** The alert's name comes first. */
function byName(a: string, b: string): number {
  if (a === 'alertname' || b === 'alertname') return a === b ? 0 : a === 'alertname' ? -1 : 1;
  return compareStrings(a, b);
}

function pairsOf(pairs: readonly (readonly [string, string])[]): GoSlice {
  return new GoSlice(
    'template.Pairs',
    pairs.map(([name, value]) => goStruct('template.Pair', { Name: name, Value: value })),
    {
      Names: typed([], () => strings(pairs.map(([name]) => name))),
      Values: typed([], () => strings(pairs.map(([, value]) => value))),
      String: typed([], () => shownPairs(pairs)),
    },
  );
}

function shownPairs(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join(', ');
}

function strings(items: readonly string[]): GoSlice {
  return new GoSlice('template.Strings', items, {
    Join: typed(['string'], (separator: string) => items.join(separator)),
  });
}
