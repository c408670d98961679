import { stringify } from 'yaml';

/**
 * Timelines of alerts and silences with the configuration that they run under, made from a seed. Everything happens on a grid of
 * whole seconds and every timer ends between them, so that two programs that do the same do it in the same order however busy
 * the machine is.
 */
export interface Timeline {
  readonly id: number;
  readonly receivers: readonly ReceiverPlan[];
  readonly route: RoutePlan;
  /** Takes the place of `route` when the configuration is reloaded. */
  readonly routeAfterReload: RoutePlan | undefined;
  readonly inhibitRules: readonly InhibitPlan[];
  readonly events: readonly TimelineEvent[];
}

export interface ReceiverPlan {
  readonly name: string;
  readonly webhooks: readonly WebhookPlan[];
}

export interface WebhookPlan {
  readonly sendResolved: boolean;
  readonly maxAlerts: number;
  /** Which requests to it are answered 500, counted from 1. */
  readonly failing: readonly number[];
}

export interface RoutePlan {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly continue?: boolean;
  readonly mute_time_intervals?: readonly string[];
  readonly active_time_intervals?: readonly string[];
  readonly routes?: readonly RoutePlan[];
}

export interface InhibitPlan {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** Times are seconds since the start of the run. */
export type TimelineEvent = { readonly atS: number } & (
  | { readonly kind: 'alerts'; readonly alerts: readonly AlertPlan[] }
  | { readonly kind: 'silence'; readonly silence: SilencePlan }
  | { readonly kind: 'expire'; readonly silence: number }
);

export interface AlertPlan {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtS?: number;
  readonly endsAtS?: number;
}

export interface SilencePlan {
  /** One that is there already is edited. */
  readonly key: number;
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex: boolean;
    readonly isEqual: boolean;
  }[];
  readonly startsAtS: number;
  readonly endsAtS: number;
  readonly comment: string;
}

/** Events lie within it; the rest of a run waits for what they cause. */
export const eventSeconds = 15;
export const runSeconds = 23;
/** When the configuration is reloaded, in runs that do; everything before has been told by then. */
export const reloadAtS = 8.5;
/** From then on every group of such a run has been flushed since the reload, whichever program's timers it goes by. */
const settledAtS = 13;

/** A pseudo-random number generator that gives the same numbers for the same seed everywhere (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  whole(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.whole(0, items.length - 1)] as Item;
  }

  some<Item>(items: readonly Item[], share: number): readonly Item[] {
    return items.filter(() => this.chance(share));
  }
}

/** @param id also the seed. `reloads`: the configuration is replaced in the middle, and nothing happens shortly before. */
export function timelineOf(id: number, options: { readonly reloads: boolean }): Timeline {
  const dice = new Dice(id * 7919 + (options.reloads ? 1 : 0));
  const receivers = Array.from(
    { length: dice.whole(1, 3) },
    (_, i): ReceiverPlan => ({
      name: `t${id}-${'abc'[i]}`,
      webhooks: Array.from({ length: dice.chance(0.3) ? 2 : 1 }, () => ({
        sendResolved: dice.chance(0.75),
        maxAlerts: dice.chance(0.15) ? 1 : 0,
        failing: !options.reloads && dice.chance(0.15) ? [dice.whole(1, 2)] : [],
      })),
    }),
  );
  const route = routeOf(dice, id, receivers, !options.reloads);
  const inhibitRules = options.reloads
    ? []
    : Array.from({ length: dice.one([0, 0, 1, 1, 2]) }, () => inhibitOf(dice, id));
  return {
    id,
    receivers,
    route,
    routeAfterReload: options.reloads ? routeOf(dice, id, receivers, false) : undefined,
    inhibitRules,
    events: eventsOf(dice, id, options.reloads),
  };
}

const matcherPool = [
  'severity="critical"',
  'severity=~"warning|info"',
  'alertname="A"',
  'alertname=~"A|B"',
  'alertname!="C"',
  'instance!~"1|2"',
  'instance=""',
  'job!=""',
];
const groupings: readonly (readonly string[])[] = [
  ['alertname'],
  ['instance'],
  ['alertname', 'severity'],
  ['...'],
  [],
  ['job', 'absent'],
];
const timers = {
  wait: ['500ms', '1500ms', '2500ms'],
  interval: ['2s', '3s', '4s'],
  /** Ends between two ticks whatever the interval. */
  repeat: ['4500ms', '6500ms', '1h', '1h', '1h'],
};

function routeOf(dice: Dice, id: number, receivers: readonly ReceiverPlan[], mutes: boolean): RoutePlan {
  const child = (depth: number): RoutePlan => ({
    matchers: dice.chance(0.8) ? [dice.one(matcherPool)] : [dice.one(matcherPool), dice.one(matcherPool)],
    ...(dice.chance(0.8) ? { receiver: dice.one(receivers).name } : {}),
    ...(dice.chance(0.4) ? { group_by: dice.one(groupings) } : {}),
    ...(dice.chance(0.3) ? { group_wait: dice.one(timers.wait) } : {}),
    ...(dice.chance(0.3) ? { group_interval: dice.one(timers.interval) } : {}),
    ...(dice.chance(0.3) ? { repeat_interval: dice.one(timers.repeat) } : {}),
    ...(dice.chance(0.4) ? { continue: true } : {}),
    ...(mutes && dice.chance(0.15) ? { mute_time_intervals: [dice.one(['always', 'never', 'today'])] } : {}),
    ...(mutes && dice.chance(0.15)
      ? { active_time_intervals: [dice.one(['always', 'never', 'today'])] }
      : {}),
    ...(depth < 2 && dice.chance(0.35) ? { routes: [child(depth + 1)] } : {}),
  });
  return {
    matchers: [`timeline="${id}"`],
    receiver: receivers[0]?.name ?? '',
    group_by: dice.one(groupings),
    group_wait: dice.one(timers.wait),
    group_interval: dice.one(timers.interval),
    repeat_interval: dice.one(timers.repeat),
    // Routes with the same matchers to the same receiver may tell it twice upstream, by chance.
    routes: distinct(Array.from({ length: dice.whole(0, 3) }, () => child(1))),
  };
}

function distinct(routes: readonly RoutePlan[]): readonly RoutePlan[] {
  return [...new Map(routes.map((route) => [String(route.matchers), route])).values()];
}

function inhibitOf(dice: Dice, id: number): InhibitPlan {
  const own = `timeline="${id}"`;
  const [source, target] = dice.one([
    ['severity="critical"', 'severity=~"warning|info"'],
    // Both sides may hold: such alerts do not inhibit one another.
    ['severity=~"critical|warning"', 'severity=~"warning|info"'],
    ['alertname="A"', 'alertname!="A"'],
    ['job="x"', 'job=""'],
  ]);
  return {
    source_matchers: [own, source ?? ''],
    target_matchers: [own, target ?? ''],
    equal: dice.one([[], ['alertname'], ['instance'], ['absent', 'instance']]),
  };
}

function eventsOf(dice: Dice, id: number, reloads: boolean): readonly TimelineEvent[] {
  const drawn = Array.from({ length: dice.whole(2, 7) }, () => ({
    timeline: String(id),
    alertname: dice.one(['A', 'B', 'C']),
    severity: dice.one(['critical', 'warning', 'info']),
    ...(dice.chance(0.8) ? { instance: dice.one(['1', '2', '3']) } : {}),
    ...(dice.chance(0.4) ? { job: dice.one(['x', 'y']) } : {}),
  }));
  const pool = [...new Map(drawn.map((labels) => [JSON.stringify(labels), labels])).values()];
  const events: TimelineEvent[] = [];
  const silences = new Map<number, SilencePlan>();
  const firing = new Map<string, Firing>();
  if (reloads) {
    const alerts = pool.map((labels) => ({ labels, annotations: {}, startsAtS: 1, endsAtS: 60 }));
    events.push({ atS: 1, kind: 'alerts', alerts });
    for (const labels of pool)
      firing.set(JSON.stringify(labels), { startsAtS: 1, endsAtS: 60, isTimed: false });
  }
  for (let atS = 1; atS <= eventSeconds; atS++) {
    // Before a reload everything must have been told, as upstream begins its groups anew then.
    if (reloads && atS <= reloadAtS + 0.5) continue;
    if (dice.chance(0.55)) {
      const alerts = reloads ? lastingAlertsOf(dice, pool, atS, firing) : alertsOf(dice, pool, atS, firing);
      if (alerts.length > 0) events.push({ atS, kind: 'alerts', alerts });
    }
    if (!reloads && dice.chance(0.2)) events.push({ atS, ...silenceOf(dice, id, atS, silences) });
  }
  // One that began long ago is told at once; off the grid, as the timers that it starts are.
  if (!reloads && dice.chance(0.3)) {
    const atS = dice.whole(1, 6) + 0.25;
    const labels = { ...dice.one(pool), alertname: 'Old' };
    events.push({
      atS,
      kind: 'alerts',
      alerts: [{ labels, annotations: {}, startsAtS: atS - 60, endsAtS: atS + 40 }],
    });
  }
  return events.sort((a, b) => a.atS - b.atS);
}

/** What is known of an alert's present firing. */
interface Firing {
  readonly startsAtS: number;
  readonly endsAtS: number;
  /** The last post of it named no end. */
  readonly isTimed: boolean;
}

/** As `resolve_timeout` of the configuration. */
const timeoutS = 7;

/**
 * An end is never given without a start: upstream takes the end for the start then. Starts are those of this firing, as every sender
 * gives them. What has ended does not end again: upstream tells that again with whatever else it tells.
 */
function alertsOf(
  dice: Dice,
  pool: readonly Readonly<Record<string, string>>[],
  atS: number,
  firing: Map<string, Firing>,
): AlertPlan[] {
  const chosen = dice.some(pool, 0.5);
  return (chosen.length > 0 ? chosen : pool.slice(0, 1)).map((labels) => {
    const annotations: Record<string, string> = dice.chance(0.3) ? { summary: dice.one(['one', 'two']) } : {};
    const sort = dice.whole(1, 10);
    const key = JSON.stringify(labels);
    const known = firing.get(key);
    const now = known !== undefined && known.endsAtS > atS ? known : undefined;
    if (sort <= 3 && now !== undefined) {
      firing.delete(key);
      return { labels, annotations, startsAtS: now.startsAtS, endsAtS: atS };
    }
    const isTimed = sort <= 6;
    const endsAtS = atS + (isTimed ? timeoutS : dice.whole(2, sort === 7 ? 6 : 30));
    firing.set(key, {
      startsAtS: now?.startsAtS ?? atS,
      // An end that was given is not brought forward; one that was not, is.
      endsAtS: now === undefined || now.isTimed ? endsAtS : Math.max(endsAtS, now.endsAtS),
      isTimed,
    });
    return { labels, annotations, ...(isTimed ? {} : { startsAtS: atS, endsAtS }) };
  });
}

/**
 * After a reload the two programs look at a group at different times, so that what lasts for less than a `group_interval` is told by
 * one of them alone: alerts go on, or end once and for good, and not before all that fires was told.
 */
function lastingAlertsOf(
  dice: Dice,
  pool: readonly Readonly<Record<string, string>>[],
  atS: number,
  firing: Map<string, Firing>,
): AlertPlan[] {
  const open = pool.filter((labels) => firing.get(JSON.stringify(labels))?.endsAtS !== 0);
  return dice.some(open, 0.5).map((labels) => {
    const annotations: Record<string, string> = dice.chance(0.3) ? { summary: dice.one(['one', 'two']) } : {};
    const key = JSON.stringify(labels);
    const startsAtS = firing.get(key)?.startsAtS ?? atS;
    const ends = atS >= settledAtS && startsAtS < settledAtS && dice.chance(0.4);
    firing.set(key, { startsAtS, endsAtS: ends ? 0 : 60, isTimed: false });
    return { labels, annotations, startsAtS, endsAtS: ends ? atS : 60 };
  });
}

function silenceOf(
  dice: Dice,
  id: number,
  atS: number,
  silences: Map<number, SilencePlan>,
):
  | { readonly kind: 'silence'; readonly silence: SilencePlan }
  | { readonly kind: 'expire'; readonly silence: number } {
  const open = [...silences.values()].filter(({ endsAtS }) => endsAtS > atS + 1);
  const known = open.length > 0 && dice.chance(0.5) ? dice.one(open) : undefined;
  if (known !== undefined && dice.chance(0.5)) {
    silences.delete(known.key);
    return { kind: 'expire', silence: known.key };
  }
  const own = { name: 'timeline', value: String(id), isRegex: false, isEqual: true };
  const matcher = dice.one([
    { name: 'severity', value: 'critical', isRegex: false, isEqual: true },
    { name: 'alertname', value: 'A|B', isRegex: true, isEqual: true },
    { name: 'instance', value: '1', isRegex: false, isEqual: false },
    { name: 'job', value: '', isRegex: false, isEqual: true },
    { name: 'alertname', value: 'A.*', isRegex: true, isEqual: false },
  ]);
  const isEdit = known !== undefined;
  const silence: SilencePlan = {
    key: known?.key ?? silences.size * 100 + atS,
    // An edit that changes what it matches makes another one and ends the first.
    matchers: isEdit && dice.chance(0.6) ? known.matchers : [own, matcher],
    startsAtS: isEdit ? known.startsAtS : dice.chance(0.25) ? atS + dice.whole(1, 3) : atS,
    endsAtS: atS + dice.whole(3, 12),
    comment: dice.one(['one', 'two']),
  };
  const sound =
    silence.endsAtS > silence.startsAtS ? silence : { ...silence, endsAtS: silence.startsAtS + 3 };
  silences.set(sound.key, sound);
  return { kind: 'silence', silence: sound };
}

/** For people who look for the cause of a difference. */
export function describeTimeline({ route, routeAfterReload, inhibitRules, events }: Timeline): string {
  const time = (label: string, atS: number | undefined) => (atS === undefined ? '' : ` ${label} ${atS}`);
  const lines = events.map((event) => {
    if (event.kind === 'expire') return `${event.atS}: expire silence ${event.silence}`;
    if (event.kind === 'silence') {
      const { key, matchers, startsAtS, endsAtS } = event.silence;
      const texts = matchers.map(
        ({ name, value, isRegex, isEqual }) => `${name}${isEqual ? '=' : '!='}${isRegex ? '~' : ''}${value}`,
      );
      return `${event.atS}: silence ${key} ${texts.join(',')} from ${startsAtS} to ${endsAtS}`;
    }
    const alerts = event.alerts.map(
      ({ labels, annotations, startsAtS, endsAtS }) =>
        `${labels['alertname']}/${labels['instance'] ?? ''}/${labels['severity']}/${labels['job'] ?? ''}${annotations['summary'] ?? ''}${time('from', startsAtS)}${time('to', endsAtS)}`,
    );
    return `${event.atS}: ${alerts.join('; ')}`;
  });
  return [stringify({ route, routeAfterReload, inhibitRules }), ...lines].join('\n');
}

/** `alertmanager.yml` of all the timelines; `url` is where their webhooks listen. */
export function configOf(timelines: readonly Timeline[], url: string, isReloaded: boolean): string {
  return stringify({
    global: { resolve_timeout: `${timeoutS}s` },
    route: {
      receiver: 'nobody',
      group_wait: '1h',
      routes: timelines.map((one) => (isReloaded ? (one.routeAfterReload ?? one.route) : one.route)),
    },
    receivers: [
      { name: 'nobody' },
      ...timelines.flatMap(({ receivers }) =>
        receivers.map(({ name, webhooks }) => ({
          name,
          webhook_configs: webhooks.map(({ sendResolved, maxAlerts }, i) => ({
            url: `${url}/${name}/${i}`,
            send_resolved: sendResolved,
            max_alerts: maxAlerts,
          })),
        })),
      ),
    ],
    inhibit_rules: timelines.flatMap(({ inhibitRules }) => inhibitRules),
    time_intervals: [
      { name: 'always', time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] },
      { name: 'never', time_intervals: [{ years: ['1999'] }] },
      {
        name: 'today',
        time_intervals: [
          { weekdays: ['monday:friday'], location: 'Pacific/Auckland', months: ['1:12'] },
          { days_of_month: ['-1'], location: 'America/New_York' },
        ],
      },
    ],
  });
}
