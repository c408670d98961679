import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Line, load, numberFlag, quantiles, rounded } from './support/figures.ts';
import { freePort, type Program, start } from './support/program.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';
import { Webhook } from './support/webhook.ts';

const alertmanager = '/usr/bin/prometheus-alertmanager';

/** How long a group waits; taken off the time to notify. Longer than alerts of a group are apart. */
const groupWaitMs = 1000;
/** Alerts of one request, as Prometheus sends them. */
const batchSize = 250;
const teams = 100;
const silenceCount = 500;
/** Of the silences, those that match an alert. */
const matchingSilences = 50;
/** Of the teams, those whose alerts of the first instance are inhibited. */
const inhibitedTeams = 10;

interface Figures {
  readonly accepted: number;
  readonly renewed: number;
  /** Processor time of that. */
  readonly acceptCpuS: number;
  readonly notifyMs: number;
  /** Processor time from the first post to the last notification. */
  readonly cpuS: number;
  readonly list: ReturnType<typeof quantiles>;
  readonly groups: ReturnType<typeof quantiles>;
  readonly late: number;
  readonly rssMiB: number;
}

/** Routing, grouping, inhibition, silences and delivery under load, ours and Debian's Alertmanager by turns. */
export async function* run(flags: readonly string[]): AsyncGenerator<Line> {
  const alerts = numberFlag(flags, 'alerts', 10_000);
  const groups = numberFlag(flags, 'groups', 1000);
  const only = flags.includes('--only-ours');
  yield* inFolder(async function* (folder, ending) {
    const shape = { alerts, groups };
    const ours = await measure('ours', join(folder, 'ours'), shape, ending);
    yield* lines('skopos', shape, ours);
    if (only) return;
    if (!existsSync(alertmanager)) {
      process.stderr.write(`${alertmanager} is not installed, so nothing is compared with it\n`);
      return;
    }
    const theirs = await measure('theirs', join(folder, 'theirs'), shape, ending);
    yield* lines('alertmanager', shape, theirs);
    const ratio = (name: string, value: number): Line => ({
      bench: 'router',
      case: `ratio: ${name}`,
      ratio: rounded(value, 3),
      load: load(),
    });
    yield ratio('alerts accepted', theirs.accepted / ours.accepted);
    yield ratio('alerts renewed', theirs.renewed / ours.renewed);
    yield ratio('time to notify', ours.notifyMs / theirs.notifyMs);
    yield ratio('processor time, accepted', ours.acceptCpuS / theirs.acceptCpuS);
    yield ratio('processor time, accepted and notified', ours.cpuS / theirs.cpuS);
    yield ratio('GET /api/v2/alerts', ours.list.p50_ms / theirs.list.p50_ms);
  });
}

function* lines(program: string, shape: Shape, figures: Figures): Generator<Line> {
  const line = (name: string, more: Omit<Line, 'bench' | 'case'>): Line => ({
    bench: 'router',
    case: `${program}: ${name}`,
    ...more,
    load: load(),
  });
  yield line('alerts accepted', {
    rate: Math.round(figures.accepted),
    alerts: shape.alerts,
    cpu_s: figures.acceptCpuS,
  });
  yield line('alerts renewed', { rate: Math.round(figures.renewed), alerts: shape.alerts });
  yield line('all notified', {
    ms: Math.round(figures.notifyMs),
    cpu_s: rounded(figures.cpuS, 2),
    alerts: shape.alerts,
    groups: shape.groups,
  });
  yield line('GET /api/v2/alerts', figures.list);
  yield line('GET /api/v2/alerts/groups', figures.groups);
  yield line('groups told later than their timers while lists are read', { late: figures.late });
  yield line('resident memory', { rss_mib: figures.rssMiB });
}

interface Shape {
  readonly alerts: number;
  readonly groups: number;
}

async function measure(
  side: 'ours' | 'theirs',
  folder: string,
  shape: Shape,
  ending: (() => unknown)[],
): Promise<Figures> {
  mkdirSync(folder, { recursive: true });
  const hook = new Webhook();
  await hook.listen();
  ending.push(() => hook.close());
  const told = new Set<string>();
  let lastMs = 0;
  let probes: ((atMs: number) => void)[] = [];
  const url = hook.on('/', ({ labels, status, atMs }) => {
    if (labels['alertname'] === 'Probe') return probes.shift()?.(atMs);
    // The shipped rules have alerts of their own.
    if (status !== 'firing' || !/^Alert\d/.test(labels['alertname'] ?? '')) return;
    told.add(`${labels['alertname']} ${labels['instance']}`);
    lastMs = atMs;
  });
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, configText(url));
  const program = side === 'ours' ? await startOurs(folder, config) : await startTheirs(folder, config);
  ending.push(() => program.stop());
  await putSilences(program.url, shape);

  const all = alertsOf(shape);
  const expected = all.length - inhibitedCount(shape) - Math.min(matchingSilences, shape.groups);
  const sources = all.slice(0, teams);
  await post(program.url, sources);
  await pause(2 * groupWaitMs);
  told.clear();
  const cpuBefore = program.cpuSeconds();
  const startMs = performance.now();
  await postAll(program.url, all.slice(teams));
  const acceptedMs = performance.now() - startMs;
  const acceptCpuS = rounded(program.cpuSeconds() - cpuBefore, 2);
  const wanted = expected - sources.length;
  while (told.size < wanted && performance.now() - startMs < 120_000) await pause(10);
  if (told.size !== wanted)
    throw new Error(`${side}: ${told.size} alerts were notified of, ${wanted} expected`);
  const notifyMs = lastMs - startMs - groupWaitMs;
  const cpuS = program.cpuSeconds() - cpuBefore;

  const renewStart = performance.now();
  await postAll(program.url, all.slice(teams));
  const renewedMs = performance.now() - renewStart;
  const list = quantiles(await timesOf(20, () => get(`${program.url}/api/v2/alerts`)));
  const groups = quantiles(await timesOf(10, () => get(`${program.url}/api/v2/alerts/groups`)));

  // Timers are kept while lists are read: new groups are told of when their wait is over.
  let late = 0;
  for (let i = 0; i < 5; i++) {
    const probe = new Promise<number>((resolve) => probes.push(resolve));
    const sentMs = performance.now();
    await post(program.url, [{ labels: { alertname: 'Probe', group: `p${i}` } }]);
    const [atMs] = await Promise.all([probe, get(`${program.url}/api/v2/alerts`)]);
    if (atMs - sentMs > groupWaitMs + 250) late++;
  }
  probes = [];
  const rssMiB = program.resident().now;
  await program.stop();
  return {
    acceptCpuS,
    accepted: (shape.alerts / acceptedMs) * 1000,
    renewed: (shape.alerts / renewedMs) * 1000,
    notifyMs,
    cpuS,
    list,
    groups,
    late,
    rssMiB,
  };
}

function startOurs(folder: string, config: string): Promise<Program> {
  const objects = join(folder, 'objects');
  mkdirSync(objects);
  return startSkopos({
    folder: objects,
    data: join(folder, 'data'),
    logFile: join(folder, 'skopos.log'),
    alertmanager: config,
  });
}

async function startTheirs(folder: string, config: string): Promise<Program> {
  const port = await freePort();
  return start({
    command: alertmanager,
    args: [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    port,
    readyPath: '/-/ready',
    logFile: join(folder, 'alertmanager.log'),
  });
}

function configText(url: string): string {
  const rules = Array.from(
    { length: teams },
    (_, i) =>
      `  - {source_matchers: [severity="critical", team="team-${i}"], target_matchers: [severity="warning", team="team-${i}"], equal: [cluster]}`,
  );
  return `route:
  receiver: bench
  group_by: [group]
  group_wait: ${groupWaitMs}ms
  group_interval: 5m
  repeat_interval: 4h
  routes:
${Array.from({ length: 20 }, (_, i) => `    - {matchers: [team=~"team-${i}|other-${i}"], receiver: bench}`).join('\n')}
receivers:
  - name: bench
    webhook_configs:
      - url: ${url}
inhibit_rules:
${rules.join('\n')}
`;
}

interface Posted {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly generatorURL?: string;
}

/** The sources of inhibition, one a team, then groups of alerts, each group together. */
function alertsOf({ alerts, groups }: Shape): readonly Posted[] {
  const perGroup = Math.round(alerts / groups);
  const sources = Array.from(
    { length: teams },
    (_, team): Posted => ({
      labels: {
        alertname: 'Source',
        group: `s${team}`,
        instance: `${team}`,
        severity: 'critical',
        team: `team-${team}`,
        cluster: team < inhibitedTeams ? 'c0' : 'elsewhere',
      },
    }),
  );
  const own = Array.from({ length: alerts }, (_, i): Posted => {
    const group = Math.floor(i / perGroup);
    const instance = i % perGroup;
    return {
      labels: {
        alertname: `Alert${group}`,
        group: `g${group}`,
        instance: `${instance}`,
        severity: 'warning',
        team: `team-${group % teams}`,
        cluster: `c${instance}`,
        namespace: `namespace-${group % 50}`,
        pod: `pod-${group}-${instance}-5f7b9c6d8`,
      },
      annotations: {
        summary: `Instance ${instance} of group ${group} is not well`,
        runbook_url: 'https://example.com/runbooks/alert',
      },
      generatorURL: 'http://prometheus.example.com/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    };
  });
  return [...sources, ...own];
}

function inhibitedCount({ groups }: Shape): number {
  return Array.from({ length: groups }, (_, group) => group % teams).filter((team) => team < inhibitedTeams)
    .length;
}

async function putSilences(url: string, { groups }: Shape): Promise<void> {
  const nowMs = Date.now();
  for (let i = 0; i < silenceCount; i++) {
    // The last groups are of no inhibited team as long as groups are a multiple of teams.
    const matches = i < matchingSilences;
    const body = {
      matchers: [
        { name: 'alertname', value: `Alert${groups - 1 - i}`, isRegex: false, isEqual: true },
        { name: 'instance', value: matches ? '1' : 'none', isRegex: false, isEqual: true },
      ],
      startsAt: new Date(nowMs).toISOString(),
      endsAt: new Date(nowMs + 3_600_000).toISOString(),
      createdBy: 'bench',
      comment: 'bench',
    };
    await send(`${url}/api/v2/silences`, body);
  }
}

/** Two senders, as two Prometheus servers would. */
async function postAll(url: string, alerts: readonly Posted[]): Promise<void> {
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < alerts.length) {
      const batch = alerts.slice(next, next + batchSize);
      next += batchSize;
      await post(url, batch);
    }
  };
  await Promise.all([sender(), sender()]);
}

function post(url: string, alerts: readonly Posted[]): Promise<void> {
  return send(`${url}/api/v2/alerts`, alerts);
}

async function send(url: string, body: unknown): Promise<void> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${text}`);
}

async function get(url: string): Promise<void> {
  const reply = await fetch(url);
  await reply.arrayBuffer();
  if (!reply.ok) throw new Error(`${url}: ${reply.status}`);
}

async function timesOf(count: number, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return times;
}
