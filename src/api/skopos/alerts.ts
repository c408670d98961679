import { type FastifyInstance, parameters } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { type Labels, sortedPairs } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { answerOf } from './answer.ts';
import type { AlertDetailJson, AlertGroupsJson, AlertJson, AlertsJson } from './contract.ts';
import { base, wholeParameter, wordParameter } from './parameters.ts';
import type { LedgerRow, RoutedAlert, RuleAlert, RuleState, SkoposSource } from './source.ts';

/** For how long a resolved alert stays in the list. */
const resolvedShownMs = 3_600_000;
/** How many of the newest ledger rows are looked through for resolved alerts. */
const rowsLookedThrough = 1000;
/** The label of alerts that a drill made; they are no alerts for people. */
const drillLabel = 'skopos_drill';
/** Alerts of one group that are given with it. */
const shownOfGroup = 50;
/** Before the alert began, its rule's value is shown for so long. */
const valuesBeforeMs = 15 * 60_000;
/** And never for longer than this. */
const valuesAtMostMs = 24 * 3_600_000;

/** `GET /alerts` and `GET /alerts/:fingerprint`. */
export function alertRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/alerts`, async (request): Promise<AlertsJson> => listOf(parameters(request), source));

  app.get(`${base}/alerts/groups`, async (request): Promise<AlertGroupsJson> => {
    const all = parameters(request);
    const receiver = all.get('receiver') ?? '';
    const nowMs = source.clock.now();
    const groups = source.router.groups({
      matchers: matchersOf(all, source),
      ...(receiver === '' ? {} : { receiver: escapeRegex(receiver) }),
    });
    return {
      items: groups.map(({ key, receiver: of, labels, alerts }) => ({
        key,
        receiver: of,
        labels,
        total: alerts.length,
        items: alerts.slice(0, shownOfGroup).map((alert) => routedJson(alert, nowMs)),
      })),
    };
  });

  app.get(`${base}/alerts/:fingerprint`, async (request): Promise<AlertDetailJson> => {
    const { fingerprint } = request.params as { readonly fingerprint: string };
    return await detailOf(fingerprint, source);
  });
}

function matchersOf(all: URLSearchParams, source: SkoposSource): readonly Matcher[] {
  return all.getAll('filter').flatMap((text) => (text.trim() === '' ? [] : source.parseMatchers(text)));
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const states = ['firing', 'pending', 'silenced', 'resolved'] as const;

/** @throws {BadInputError} when a filter is not valid. */
function listOf(all: URLSearchParams, source: SkoposSource): AlertsJson {
  const state = wordParameter(all, 'state', states);
  const receiver = all.get('receiver') ?? '';
  const words = (all.get('q') ?? '').toLowerCase().split(/\s+/);
  const tests = matchersOf(all, source).map(({ name, ...test }) => ({ name, test: compileMatcher(test) }));
  const active = alertsOf(source);
  const found = [...active, ...resolvedLately(source, active)].filter(
    (alert) =>
      tests.every(({ name, test }) => test(alert.labels[name] ?? '')) &&
      (words.length === 1 && words[0] === '' ? true : holdsWords(alert, words)),
  );
  const ofReceiver = (alert: AlertJson) => receiver === '' || alert.receivers.includes(receiver);
  const inState = (alert: AlertJson, of: (typeof states)[number] | undefined) =>
    of === undefined ||
    (of === 'silenced' ? isHeldBack(alert) && alert.state !== 'resolved' : alert.state === of);
  const shown = found.filter((alert) => ofReceiver(alert) && inState(alert, state)).sort(byUrgency);
  const offset = wholeParameter(all, 'offset', { fallback: 0 });
  const limit = wholeParameter(all, 'limit', { fallback: 1000, most: 10_000 });
  const receivers = new Map<string, number>();
  for (const alert of found)
    if (inState(alert, state))
      for (const name of alert.receivers) receivers.set(name, (receivers.get(name) ?? 0) + 1);
  return {
    total: shown.length,
    items: shown.slice(offset, offset + limit),
    facets: {
      state: states.map((value) => ({
        value,
        label: value,
        count: found.filter((alert) => ofReceiver(alert) && inState(alert, value)).length,
      })),
      receiver: [...receivers].sort().map(([value, count]) => ({ value, label: value, count })),
    },
  };
}

function isHeldBack({ silencedBy, inhibitedBy, mutedBy }: AlertJson): boolean {
  return silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
}

function holdsWords({ name, labels, annotations }: AlertJson, words: readonly string[]): boolean {
  const text =
    `${name} ${Object.entries(labels).join(' ')} ${Object.values(annotations).join(' ')}`.toLowerCase();
  return words.every((word) => text.includes(word.replace('=', ',')));
}

const stateOrder = ['firing', 'pending', 'resolved'];
const severityOrder = ['critical', 'high', 'error', 'warning', 'medium', 'low', 'info', 'none'];

function byUrgency(a: AlertJson, b: AlertJson): number {
  return (
    stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state) ||
    rank(a.severity) - rank(b.severity) ||
    b.startsAtMs - a.startsAtMs
  );
}

function rank(severity: string): number {
  const index = severityOrder.indexOf(severity.toLowerCase());
  return index < 0 ? severityOrder.length : index;
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

/** @throws {NotFoundError} when nobody knows of it. */
export async function detailOf(fingerprint: string, source: SkoposSource): Promise<AlertDetailJson> {
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
    ...(rule === undefined ? {} : await valuesOf(alert, rule, source)),
  };
}

/** The rule's value from a while before the alert began until it ended, or now. */
async function valuesOf(
  { labels, startsAtMs, endsAtMs }: AlertJson,
  { spec }: { readonly spec: AlertingSpec },
  source: SkoposSource,
): Promise<Pick<AlertDetailJson, 'values'>> {
  if (source.valuesOf === undefined) return {};
  const endMs = Math.min(source.clock.now(), (endsAtMs ?? Number.POSITIVE_INFINITY) + valuesBeforeMs);
  const startMs = Math.max(startsAtMs - spec.forMs - valuesBeforeMs, endMs - valuesAtMostMs);
  // What the rule adds is not on the series that it looks at.
  const added = new Set(['alertname', ...Object.keys(spec.labels), ...Object.keys(source.externalLabels)]);
  const own = Object.fromEntries(Object.entries(labels).filter(([name]) => !added.has(name)));
  try {
    return { values: await source.valuesOf(spec.expr, own, startMs, endMs) };
  } catch {
    // A page without a chart is better than none; the query page tells what is wrong with an expression.
    return {};
  }
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
    mutedBy: status.mutedBy,
    receivers,
    ...(lastNotification === undefined ? {} : { lastNotification }),
  };
}

export type AlertingSpec = Extract<RuleState['spec'], { kind: 'alerting' }>;

export interface Instance {
  readonly group: string;
  readonly spec: AlertingSpec;
  readonly alert: RuleAlert;
  readonly labels: Labels;
  readonly fingerprint: string;
}

/** Every alert that rules hold, under the labels and the fingerprint that the router knows it by. */
export function instancesOf(source: SkoposSource): Instance[] {
  return alertingRules(source).flatMap(({ group, spec, alerts }) =>
    alerts.map((alert) => {
      const labels = { ...source.externalLabels, ...alert.labels };
      return { group, spec, alert, labels, fingerprint: fnv1a64(sortedPairs(labels)) };
    }),
  );
}

export function alertingRules(source: SkoposSource) {
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
    mutedBy: [],
    receivers: source.router.wouldReach(labels),
  };
}

/** One that only the ledger still knows. */
export function rememberedJson(fingerprint: string, rows: readonly LedgerRow[]): AlertJson | undefined {
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
    mutedBy: [],
    receivers: [],
  };
}

function isLabels(value: unknown): value is Labels {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function named(labels: Labels): Pick<AlertJson, 'name' | 'severity' | 'labels'> {
  return { name: labels['alertname'] ?? '', severity: labels['severity'] ?? '', labels };
}
