import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';
import { startWebhookServer } from '../support/webhook-server.ts';

/** A notification as the receiver got it. */
export interface Told {
  readonly atMs: number;
  readonly group: string;
  readonly status: string;
  /** `name` of each alert with its status, in order. */
  readonly alerts: readonly string[];
}

/** Something that takes notifications, and tells what it got. */
export async function receiver(options: { readonly tookMs?: number } = {}) {
  const told: Told[] = [];
  const hook = await startWebhookServer(({ body }) => {
    const { groupLabels, status, alerts } = JSON.parse(body) as {
      groupLabels: Record<string, string>;
      status: string;
      alerts: { status: string; labels: Record<string, string> }[];
    };
    told.push({
      atMs: Date.now(),
      group: groupLabels['group'] ?? '',
      status,
      alerts: alerts.map((alert) => `${alert.labels['alertname']} ${alert.status}`).sort(),
    });
    const wait = options.tookMs ?? 0;
    if (wait > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    return { status: 200 };
  });
  onTestFinished(() => hook.close());
  return {
    url: hook.url,
    told,
    of: (group: string) => told.filter((one) => one.group === group),
    /** Groups that were told that they fire, or resolved, other than `times` times. */
    oddly(status: 'firing' | 'resolved', groups: readonly string[], times = 1): string[] {
      return groups.flatMap((group) => {
        const count = told.filter((one) => one.group === group && one.status === status).length;
        return count === times ? [] : [`${group}: ${count} times ${status}`];
      });
    },
    async heard(status: 'firing' | 'resolved', groups: readonly string[]): Promise<void> {
      await vi.waitFor(
        () => {
          const known = new Set(told.filter((one) => one.status === status).map(({ group }) => group));
          const missing = groups.filter((group) => !known.has(group));
          if (missing.length > 0) throw new Error(`not told ${status}: ${missing.join(' ')}`);
        },
        { timeout: 60_000, interval: 100 },
      );
    },
  };
}

export interface Timers {
  readonly wait?: string;
  readonly interval?: string;
  readonly repeat?: string;
}

/** Skopos processes with one configuration and one database, each with a data folder of its own. */
export class Fleet {
  readonly #dir = mkdtempSync(join(tmpdir(), 'skopos-peers-'));
  readonly #database: string;
  readonly #hook: string;
  readonly #timers: Timers;

  constructor(database: string, hook: string, timers: Timers = {}) {
    this.#database = database;
    this.#hook = hook;
    this.#timers = timers;
    onTestFinished(() => rmSync(this.#dir, { recursive: true, force: true }));
    mkdirSync(join(this.#dir, 'objects'));
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } };
    writeFileSync(join(this.#dir, 'objects/one.json'), JSON.stringify(object));
    const { wait = '500ms', interval = '1s', repeat = '1h' } = this.#timers;
    writeFileSync(
      join(this.#dir, 'alertmanager.yml'),
      `global: {resolve_timeout: 1h}
route: {receiver: hook, group_by: [group], group_wait: ${wait}, group_interval: ${interval}, repeat_interval: ${repeat}}
receivers: [{name: hook, webhook_configs: [{url: '${this.#hook}'}]}]
`,
    );
  }

  /** Starts one, again when its name was used before; resolves when it is ready. */
  async start(name: string): Promise<Member> {
    const port = await freePort();
    const config = join(this.#dir, `${name}.yaml`);
    writeFileSync(
      config,
      `rules: {shipped: false}
alerting:
  config: alertmanager.yml
  peers: {name: ${name}, database: '${this.#database}'}
`,
    );
    const place = ['--folder', join(this.#dir, 'objects'), '--data', join(this.#dir, `data-${name}`)];
    const skopos = SkoposProcess.start(
      ['up', '--config', config, ...place, '--listen', `127.0.0.1:${port}`],
      this.#dir,
    );
    const member = new Member(name, `http://127.0.0.1:${port}`, skopos);
    await skopos.ready(member.url);
    return member;
  }

  async startAll(...names: string[]): Promise<Member[]> {
    const members = await Promise.all(names.map((name) => this.start(name)));
    await together(members);
    return members;
  }
}

/** Waits until each knows that all live. */
export async function together(members: readonly Member[]): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const member of members) {
        const { status, peers } = await member.cluster();
        if (status !== 'ready' || peers.length !== members.length)
          throw new Error(`${member.name}: ${status}, ${peers.map(({ name }) => name)}`);
      }
    },
    { timeout: 30_000, interval: 100 },
  );
}

export class Member {
  readonly name: string;
  readonly url: string;
  readonly process: SkoposProcess;

  constructor(name: string, url: string, process: SkoposProcess) {
    this.name = name;
    this.url = url;
    this.process = process;
  }

  async cluster() {
    const status = (await this.get('status')) as {
      cluster: { name: string; status: string; peers: { name: string; address: string }[] };
    };
    return status.cluster;
  }

  async get(path: string): Promise<unknown> {
    const reply = await fetch(`${this.url}/api/v2/${path}`);
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  }

  async post(path: string, body: unknown): Promise<unknown> {
    const reply = await fetch(`${this.url}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.process.child.kill(signal);
    await this.process.ended;
  }
}

/** As Prometheus does: the same to each, at the same time; those that do not answer are passed over. */
export async function postAlerts(
  members: readonly Member[],
  groups: readonly string[],
  options: { readonly resolved?: boolean; readonly labels?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const alerts = groups.flatMap((group) =>
    ['First', 'Second'].map((alertname) => ({
      labels: { alertname, group, ...options.labels },
      startsAt: new Date(Date.now() - 1000).toISOString(),
      ...(options.resolved === true ? { endsAt: new Date().toISOString() } : {}),
    })),
  );
  await Promise.all(members.map((member) => member.post('alerts', alerts).catch(() => undefined)));
}

export function named(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

export function silenceOf(name: string, value: string, endsInMs = 3_600_000): object {
  return {
    matchers: [{ name, value, isRegex: false }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + endsInMs).toISOString(),
    createdBy: 'test',
    comment: 'shared',
  };
}
