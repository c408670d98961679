import type { Payload, Received } from './alertmanager-sides.ts';
import type { Timeline } from './alertmanager-timelines.ts';

/**
 * What two programs told of one timeline, compared. Differences that are expected, and that timelines keep clear of or that are
 * allowed for here:
 *
 * - The end of an alert that never fired opens a group upstream; ours passes it over.
 * - An alert with an end and no start starts at its end upstream, now in ours.
 * - An end that is said again is told again upstream, with whatever else its group tells next; ours tells it once.
 * - Two routes of one parent with the same matchers and receiver may tell it twice upstream, by chance; ours tells it once.
 * - Upstream keeps groups that are empty for up to 30 s; ours, when asked to.
 * - After a reload upstream begins every group's timer anew; ours goes on. So after one, what each receiver was told of each alert
 *   is compared, not in which bundle, and times may be a `group_interval` apart; what lasts for less than that is kept clear of.
 */
export function differencesOf(
  timeline: Timeline,
  upstream: readonly Received[],
  ours: readonly Received[],
): readonly string[] {
  const lanes = new Map<string, { theirs: Received[]; ours: Received[] }>();
  const own = (received: readonly Received[], side: 'theirs' | 'ours') => {
    for (const one of received) {
      if (!one.path.startsWith(`t${timeline.id}-`)) continue;
      const key = `${one.path} ${one.payload.groupKey}`;
      const lane = lanes.get(key) ?? { theirs: [], ours: [] };
      lane[side].push(one);
      lanes.set(key, lane);
    }
  };
  own(upstream, 'theirs');
  own(ours, 'ours');
  const compare = timeline.routeAfterReload === undefined ? strictly : loosely;
  return [...lanes].flatMap(([lane, { theirs, ours: mine }]) =>
    compare(theirs, mine).map((text) => `${lane}: ${text}`),
  );
}

/** A busy machine may be late by so much; a retry waits for up to this. */
const toleranceMs = 1500;

function strictly(theirs: readonly Received[], ours: readonly Received[]): string[] {
  const found: string[] = [];
  for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
    const [their, our] = [theirs[i], ours[i]];
    if (their === undefined || our === undefined) {
      found.push(
        `notification ${i + 1}: ${their === undefined ? 'only ours' : 'only upstream'}: ${short((their ?? our)?.payload)}`,
      );
      continue;
    }
    const [a, b] = [JSON.stringify(plain(their.payload)), JSON.stringify(plain(our.payload))];
    if (a !== b) found.push(`notification ${i + 1}: upstream ${a}, ours ${b}`);
    if (Math.abs(their.atMs - our.atMs) > toleranceMs)
      found.push(`notification ${i + 1}: ours came ${our.atMs - their.atMs} ms after upstream's`);
    found.push(...timesOf(their.payload, our.payload).map((text) => `notification ${i + 1}: ${text}`));
  }
  return found;
}

/** Everything but times. */
function plain({ alerts, ...rest }: Payload): unknown {
  const told = alerts.map(({ status, labels, annotations, fingerprint }) => ({
    status,
    labels,
    annotations,
    fingerprint,
  }));
  const {
    version,
    groupKey,
    truncatedAlerts,
    status,
    receiver,
    groupLabels,
    commonLabels,
    commonAnnotations,
  } = rest;
  return sorted({
    version,
    groupKey,
    truncatedAlerts,
    status,
    receiver,
    groupLabels,
    commonLabels,
    commonAnnotations,
    alerts: told,
  });
}

function timesOf(theirs: Payload, ours: Payload): string[] {
  const byFingerprint = new Map(ours.alerts.map((alert) => [alert.fingerprint, alert]));
  return theirs.alerts.flatMap((their) => {
    const our = byFingerprint.get(their.fingerprint);
    if (our === undefined) return [];
    return (['startsAt', 'endsAt'] as const)
      .filter((name) => Math.abs(Date.parse(their[name]) - Date.parse(our[name])) > toleranceMs)
      .map((name) => `${name} of ${their.fingerprint}: upstream ${their[name]}, ours ${our[name]}`);
  });
}

function loosely(theirs: readonly Received[], ours: readonly Received[]): string[] {
  const [a, b] = [storyOf(theirs), storyOf(ours)];
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names]
    .filter((name) => a.get(name) !== b.get(name))
    .map(
      (name) => `alert ${name}: upstream told ${a.get(name) ?? 'nothing'}, ours ${b.get(name) ?? 'nothing'}`,
    );
}

/** What was told of each alert, in order, repetitions left out. */
function storyOf(received: readonly Received[]): ReadonlyMap<string, string> {
  const stories = new Map<string, string[]>();
  for (const { payload } of received) {
    for (const { fingerprint, status } of payload.alerts) {
      const story = stories.get(fingerprint) ?? [];
      if (story.at(-1) !== status) story.push(status);
      stories.set(fingerprint, story);
    }
  }
  return new Map([...stories].map(([name, story]) => [name, story.join(', ')]));
}

function short(payload: Payload | undefined): string {
  return payload === undefined
    ? ''
    : `${payload.status} ${payload.alerts.map(({ status, labels }) => `${status} ${labels['alertname'] ?? ''}/${labels['instance'] ?? ''}/${labels['severity'] ?? ''}`).join(', ')}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
