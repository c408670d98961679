import type { FastifyInstance } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { type Labels, sortedPairs } from '../../model/labels.ts';
import { answerOf } from './answer.ts';
import type { AlertDetailJson, AlertJson, AlertsJson } from './contract.ts';
import { base } from './parameters.ts';
import type { LedgerRow, RoutedAlert, RuleAlert, RuleState, SkoposSource } from './source.ts';

/** For how long a resolved alert stays in the list. */
const resolvedShownMs = 3_600_000;
/** How many of the newest ledger rows are looked through for resolved alerts. */
const rowsLookedThrough = 1000;
/** The label of alerts that a drill made; they are no alerts for people. */
const drillLabel = 'skopos_drill';

/** `GET /alerts` and `GET /alerts/:fingerprint`. */
export function alertRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/alerts`, async (): Promise<AlertsJson> => {
    const active = alertsOf(source);
    return { items: [...active, ...resolvedLately(source, active)] };
  });

  app.get(`${base}/alerts/:fingerprint`, async (request): Promise<AlertDetailJson> => {
    const { fingerprint } = request.params as { readonly fingerprint: string };
    return detailOf(fingerprint, source);
  });
}

/** Alerts that fire or are pending, without those of drills. */
export function alertsOf(source: SkoposSource): readonly AlertJson[] {
  const nowMs = source.clock.now();
  const routed = source.router.alerts().map((alert) => routedJson(alert, nowMs));
  const known = new Set(routed.map(({ fingerprint }) => fingerprint));
  const waiting = instancesOf(source)
    .filter(({ alert, fingerprint }) => alert.state === 'pending' && !known.has(fingerprint))
    .map((instance) => instanceJson(instance, source));
  return [...routed, ...waiting].filter(({ labels }) => labels[drillLabel] === undefined);
}

function resolvedLately(source: SkoposSource, active: readonly AlertJson[]): AlertJson[] {
  const sinceMs = source.clock.now() - resolvedShownMs;
  const seen = new Set(active.map(({ fingerprint }) => fingerprint));
  const found: AlertJson[] = [];
  for (const row of source.ledger.query({ limit: rowsLookedThrough })) {
    const fingerprint = String(row.detail['fingerprint'] ?? '');
    if (row.hop !== 'alert' || row.atMs < sinceMs || seen.has(fingerprint)) continue;
    seen.add(fingerprint);
    const alert = source.router.alert(fingerprint);
    if (row.decision !== 'resolved' || alert?.labels[drillLabel] !== undefined) continue;
    if (alert !== undefined) found.push(routedJson(alert, source.clock.now()));
  }
  return found;
}

function detailOf(fingerprint: string, source: SkoposSource): AlertDetailJson {
  const nowMs = source.clock.now();
  const rows = source.ledger.query({ alert: fingerprint, limit: 500 });
  const instance = instancesOf(source).find((one) => one.fingerprint === fingerprint);
  const routed = source.router.alert(fingerprint);
  // What has resolved and is pending again has not reached the router yet.
  const isPendingAgain = instance?.alert.state === 'pending' && (routed?.endsAtMs ?? 0) <= nowMs;
  const alert =
    routed !== undefined && !isPendingAgain
      ? routedJson(routed, nowMs)
      : instance === undefined
        ? rememberedJson(fingerprint, rows)
        : instanceJson(instance, source);
  if (alert === undefined)
    throw new NotFoundError(`there is no alert "${fingerprint}"; resolved ones are forgotten in time`);
  const rule = instance === undefined ? ruleNamed(source, alert.name) : instance;
  const context = {
    source,
    rows,
    mutedBy: routed?.status.mutedBy ?? [],
    ...(rule === undefined ? {} : { forMs: rule.spec.forMs }),
  };
  return {
    ...alert,
    generatorURL: routed?.generatorURL ?? '',
    ...(rule === undefined
      ? {}
      : {
          rule: {
            group: rule.group,
            name: rule.spec.name,
            expr: rule.spec.expr,
            forMs: rule.spec.forMs,
          },
        }),
    ledger: rows,
    answer: answerOf(alert, context),
  };
}

function routedJson(alert: RoutedAlert, nowMs: number): AlertJson {
  const { fingerprint, labels, annotations, startsAtMs, endsAtMs, receivers, status, lastNotification } =
    alert;
  const isResolved = endsAtMs <= nowMs;
  return {
    fingerprint,
    ...named(labels),
    annotations,
    state: isResolved ? 'resolved' : 'firing',
    startsAtMs,
    ...(isResolved ? { endsAtMs } : {}),
    silencedBy: status.silencedBy,
    inhibitedBy: status.inhibitedBy,
    receivers,
    ...(lastNotification === undefined ? {} : { lastNotification }),
  };
}

type AlertingSpec = Extract<RuleState['spec'], { kind: 'alerting' }>;

interface Instance {
  readonly group: string;
  readonly spec: AlertingSpec;
  readonly alert: RuleAlert;
  readonly labels: Labels;
  readonly fingerprint: string;
}

/** Every alert that rules hold, under the labels and the fingerprint that the router knows it by. */
function instancesOf(source: SkoposSource): Instance[] {
  return alertingRules(source).flatMap(({ group, spec, alerts }) =>
    alerts.map((alert) => {
      const labels = { ...source.externalLabels, ...alert.labels };
      return { group, spec, alert, labels, fingerprint: fnv1a64(sortedPairs(labels)) };
    }),
  );
}

function alertingRules(source: SkoposSource) {
  return source.rules
    .groups()
    .flatMap(({ spec: { name: group }, rules }) =>
      rules.flatMap(({ spec, alerts }) => (spec.kind === 'alerting' ? [{ group, spec, alerts }] : [])),
    );
}

function ruleNamed(source: SkoposSource, name: string) {
  return alertingRules(source).find(({ spec }) => spec.name === name);
}

function instanceJson({ fingerprint, labels, alert }: Instance, source: SkoposSource): AlertJson {
  return {
    fingerprint,
    ...named(labels),
    annotations: alert.annotations,
    state: alert.state,
    startsAtMs: alert.firedAtMs ?? alert.activeAtMs,
    silencedBy: [],
    inhibitedBy: [],
    receivers: source.router.wouldReach(labels),
  };
}

/** One that only the ledger still knows. */
function rememberedJson(fingerprint: string, rows: readonly LedgerRow[]): AlertJson | undefined {
  const own = rows.filter(({ detail }) => detail['fingerprint'] === fingerprint);
  const labels = own.map(({ detail }) => detail['labels']).findLast(isLabels);
  const [first] = own;
  const last = own.at(-1);
  if (labels === undefined || first === undefined || last === undefined) return undefined;
  const started = own.findLast(({ decision }) => decision === 'firing') ?? first;
  return {
    fingerprint,
    ...named(labels),
    annotations: {},
    state: 'resolved',
    startsAtMs: started.atMs,
    endsAtMs: last.atMs,
    silencedBy: [],
    inhibitedBy: [],
    receivers: [],
  };
}

function isLabels(value: unknown): value is Labels {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function named(labels: Labels): Pick<AlertJson, 'name' | 'severity' | 'labels'> {
  return { name: labels['alertname'] ?? '', severity: labels['severity'] ?? '', labels };
}
