import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import { freePort, SkoposProcess } from '../support/skopos-process.ts';

/** A notification as the receiver got it. */
export interface Told {
  readonly atMs: number;
  readonly group: string;
  readonly status: string;
  /** `name` of each alert with its status, in order. */
  readonly alerts: readonly string[];
}

interface Webhook {
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly status: string;
  readonly externalURL: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

export interface ReceiverOptions {
  /** How long it thinks about each. */
  readonly tookMs?: number;
  /** Whether it refuses what comes from the process with that address. */
  readonly refuses?: (externalURL: string) => boolean;
}

/** Something that takes notifications, and tells what it got. */
export async function receiver({ tookMs = 0, refuses = () => false }: ReceiverOptions = {}) {
  const told: Told[] = [];
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const { groupLabels, status, alerts, externalURL } = JSON.parse(body) as Webhook;
      if (refuses(externalURL)) {
        response.writeHead(503).end();
        return;
      }
      told.push({
        atMs: Date.now(),
        group: groupLabels['group'] ?? '',
        status,
        alerts: alerts.map((alert) => `${alert.labels['alertname']} ${alert.status}`).sort(),
      });
      await pause(tookMs);
      response.writeHead(200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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
    const answer = await reply.text();
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  async metric(name: string): Promise<number> {
    const all = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(all)?.[1]);
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
