import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { differencesOf } from './alertmanager-compare.ts';
import { type ConfigText, type Side, startOurs, startUpstream } from './alertmanager-sides.ts';
import {
  type AlertPlan,
  configOf,
  describeTimeline,
  reloadAtS,
  runSeconds,
  type SilencePlan,
  type Timeline,
  type TimelineEvent,
  timelineOf,
} from './alertmanager-timelines.ts';

const hasPeer = spawnSync('prometheus-alertmanager', ['--version']).status === 0;
if (!hasPeer)
  process.stdout.write(
    'prometheus-alertmanager is not installed, so nothing is compared with it: apt-get install prometheus-alertmanager\n',
  );

/** How many timelines are compared, a quarter of them with a reload in the middle. */
const count = Number(process.env['SKOPOS_DIFFERENTIAL_TIMELINES'] ?? 20);
const firstSeed = Number(process.env['SKOPOS_DIFFERENTIAL_SEED'] ?? 1);
/** How many run at the same time. */
const batch = 40;
const reloading = Math.floor(count / 4);

const idsOf = (from: number, howMany: number) => Array.from({ length: howMany }, (_, i) => from + i);

it.skipIf(!hasPeer)(
  `notifies of ${count} generated timelines as Alertmanager does`,
  async () => {
    const plain = idsOf(firstSeed, count - reloading).map((id) => timelineOf(id, { reloads: false }));
    const reloaded = idsOf(firstSeed + count, reloading).map((id) => timelineOf(id, { reloads: true }));
    let found = await compareAll([...plain, ...reloaded]);
    // What a busy machine made late is on time when it is alone; what differs by meaning differs again.
    for (let again = 0; again < 2 && found.size > 0; again++) {
      process.stdout.write(`differential: once more: ${[...found.keys()].join(' ')}\n`);
      found = await compareAll([...plain, ...reloaded].filter(({ id }) => found.has(id)));
    }
    for (const timeline of [...plain, ...reloaded].filter(({ id }) => found.has(id)))
      process.stdout.write(`timeline ${timeline.id}\n${describeTimeline(timeline)}\n`);
    expect(Object.fromEntries(found)).toEqual({});
  },
  (runSeconds + 10) * 1000 * (2 + Math.ceil(count / batch)),
);

/** In batches that the machine keeps up with; those with and without a reload beside each other. */
async function compareAll(timelines: readonly Timeline[]): Promise<ReadonlyMap<number, readonly string[]>> {
  const found = new Map<number, readonly string[]>();
  for (let from = 0; from < timelines.length; from += batch) {
    const some = timelines.slice(from, from + batch);
    const isReloading = ({ routeAfterReload }: Timeline) => routeAfterReload !== undefined;
    const results = await Promise.all([
      compare(some.filter((one) => !isReloading(one))),
      compare(some.filter(isReloading)),
    ]);
    for (const result of results) for (const [id, differences] of result) found.set(id, differences);
  }
  return found;
}

/** Runs timelines side by side, all at the same time. @returns differences by timeline */
async function compare(timelines: readonly Timeline[]): Promise<ReadonlyMap<number, readonly string[]>> {
  if (timelines.length === 0) return new Map();
  const config: ConfigText = (hook, isReloaded) => configOf(timelines, hook, isReloaded);
  const failing = new Map(
    timelines.flatMap(({ receivers }) =>
      receivers.flatMap(({ name, webhooks }) =>
        webhooks.map((hook, i) => [`${name}/${i}`, hook.failing] as const),
      ),
    ),
  );
  const sides = await Promise.all([startUpstream(config, failing), startOurs(config, failing)]);
  try {
    const startMs = Date.now() + 500;
    const problems = new Map<number, string[]>();
    await Promise.all(sides.map((side) => play(side, timelines, startMs, problems)));
    const [upstream, ours] = sides;
    const sent = upstream.received.length;
    process.stdout.write(
      `differential: ${timelines.length} timelines, ${sent} notifications of upstream, ${ours.received.length} of ours\n`,
    );
    expect(sent).toBeGreaterThan(0);
    return new Map(
      timelines
        .map(
          ({ id }, i) =>
            [
              id,
              [
                ...(problems.get(id) ?? []),
                ...differencesOf(timelines[i] as Timeline, upstream.received, ours.received),
              ],
            ] as const,
        )
        .filter(([, differences]) => differences.length > 0),
    );
  } finally {
    await Promise.all(sides.map((side) => side.stop()));
  }
}

async function play(
  side: Side,
  timelines: readonly Timeline[],
  startMs: number,
  problems: Map<number, string[]>,
): Promise<void> {
  const silenceIds = new Map<string, string>();
  const until = (atS: number) =>
    new Promise((resolve) => setTimeout(resolve, Math.max(0, startMs + atS * 1000 - Date.now())));
  const iso = (atS: number) => new Date(startMs + atS * 1000).toISOString();
  const post = async (path: string, body: unknown) => {
    const reply = await fetch(`${side.url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${side.name} refused ${path} ${JSON.stringify(body)}: ${text}`);
    return text;
  };
  const alertJson = ({ labels, annotations, startsAtS, endsAtS }: AlertPlan) => ({
    labels,
    annotations,
    ...(startsAtS === undefined ? {} : { startsAt: iso(startsAtS) }),
    ...(endsAtS === undefined ? {} : { endsAt: iso(endsAtS) }),
  });
  const setSilence = async (
    timeline: number,
    { key, matchers, startsAtS, endsAtS, comment }: SilencePlan,
  ) => {
    const name = `${timeline} ${key}`;
    const id = silenceIds.get(name);
    // A start that has passed stays what the program made of it.
    const known =
      id === undefined
        ? undefined
        : ((await (await fetch(`${side.url}/api/v2/silence/${id}`)).json()) as { readonly startsAt: string });
    const reply = await post('silences', {
      ...(id === undefined ? {} : { id }),
      matchers,
      startsAt:
        known !== undefined && Date.parse(known.startsAt) <= Date.now() ? known.startsAt : iso(startsAtS),
      endsAt: iso(endsAtS),
      createdBy: 'test',
      comment,
    });
    silenceIds.set(name, (JSON.parse(reply) as { silenceID: string }).silenceID);
  };
  const expire = async (timeline: number, key: number) => {
    const id = silenceIds.get(`${timeline} ${key}`);
    if (id === undefined) return;
    await (await fetch(`${side.url}/api/v2/silence/${id}`, { method: 'DELETE' })).text();
  };
  const happen = async (id: number, event: TimelineEvent) => {
    if (event.kind === 'alerts') await post('alerts', event.alerts.map(alertJson));
    else if (event.kind === 'silence') await setSilence(id, event.silence);
    else await expire(id, event.silence);
  };
  const runs = timelines.map(async ({ id, events }) => {
    for (const event of events) {
      await until(event.atS);
      await happen(id, event).catch((error: unknown) =>
        problems.set(id, [...(problems.get(id) ?? []), String(error)]),
      );
    }
  });
  if (timelines.some(({ routeAfterReload }) => routeAfterReload !== undefined)) {
    await until(reloadAtS);
    await side.reload();
  }
  await Promise.all(runs);
  await until(runSeconds);
}
