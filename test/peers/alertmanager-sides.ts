import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertRouter } from '../../src/alerting/alert-router.ts';
import { loadAlertingConfig } from '../../src/alerting/config/load-alerting-config.ts';
import { InboxStore } from '../../src/alerting/inbox-store.ts';
import { parseMatcher } from '../../src/alerting/parse-matchers.ts';
import { alertmanagerRoutes } from '../../src/api/alertmanager/routes.ts';
import { createServer as createApi } from '../../src/http/server.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { openDatabase } from '../../src/store/open.ts';
import { Registry } from '../../src/telemetry/registry.ts';
import { freePort } from '../support/skopos-process.ts';

/** The payload of a webhook, as Alertmanager's version 4 has it. */
export interface Payload {
  readonly version: string;
  readonly groupKey: string;
  readonly truncatedAlerts: number;
  readonly status: string;
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly fingerprint: string;
  }[];
}

export interface Received {
  readonly atMs: number;
  /** `t7-a/0`. */
  readonly path: string;
  readonly payload: Payload;
}

/** A program under comparison, with a receiver of its own. */
export interface Side {
  readonly name: string;
  /** Where its API is. */
  readonly url: string;
  /** What its receiver accepted. */
  readonly received: Received[];
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** The text of `alertmanager.yml` for a receiver at `hook`, before and after the reload. */
export type ConfigText = (hook: string, isReloaded: boolean) => string;

/** Takes every notification but those that are to fail: 500 for the n-th request to a path. */
async function startReceiver(failing: ReadonlyMap<string, readonly number[]>) {
  const received: Received[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').slice(1);
      const count = (counts.get(path) ?? 0) + 1;
      counts.set(path, count);
      const refused = failing.get(path)?.includes(count) === true;
      if (!refused)
        received.push({
          atMs: Date.now(),
          path,
          payload: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Payload,
        });
      response.writeHead(refused ? 500 : 200).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Debian's prometheus-alertmanager. */
export async function startUpstream(
  config: ConfigText,
  failing: ReadonlyMap<string, readonly number[]>,
): Promise<Side> {
  const receiver = await startReceiver(failing);
  const dir = mkdtempSync(join(tmpdir(), 'skopos-upstream-'));
  const file = join(dir, 'alertmanager.yml');
  writeFileSync(file, config(receiver.url, false));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${join(dir, 'data')}`,
      `--web.listen-address=${url.slice('http://'.length)}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let problems = '';
  child.stderr.on('data', (chunk) => {
    problems += String(chunk);
  });
  const ended = once(child, 'close');
  for (let tries = 0; ; tries++) {
    const reply = await fetch(`${url}/-/ready`).catch(() => undefined);
    await reply?.arrayBuffer();
    if (reply?.ok === true) break;
    if (tries > 200 || child.exitCode !== null) throw new Error(`Alertmanager did not start: ${problems}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name: 'Alertmanager',
    url,
    received: receiver.received,
    async reload() {
      writeFileSync(file, config(receiver.url, true));
      const reply = await fetch(`${url}/-/reload`, { method: 'POST' });
      if (!reply.ok) throw new Error(`Alertmanager refused to reload: ${await reply.text()}`);
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      receiver.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Our router behind the same API. */
export async function startOurs(
  config: ConfigText,
  failing: ReadonlyMap<string, readonly number[]>,
): Promise<Side> {
  const receiver = await startReceiver(failing);
  const dir = mkdtempSync(join(tmpdir(), 'skopos-ours-'));
  const database = openDatabase(join(dir, 'skopos.db'));
  const load = (isReloaded: boolean) =>
    loadAlertingConfig(config(receiver.url, isReloaded), { file: 'alertmanager.yml', baseDir: dir });
  const router = new AlertRouter({
    config: load(false),
    database,
    inbox: new InboxStore(database),
    clock: systemClock,
    log: silentLogger,
    ledger: () => {},
    registry: new Registry(),
    externalURL: 'http://localhost',
    // As upstream, whose next round of tidying comes up to 30 s later: after the end of a run.
    emptyGroupsStayMs: 30_000,
  });
  const stop = new AbortController();
  const done = router.run(stop.signal);
  const app = createApi({ log: silentLogger, loopbackOnly: true });
  void app.register((scope, _options, done) => {
    alertmanagerRoutes(scope, router, { version: '0.1.0', parseMatcher });
    done();
  });
  return {
    name: 'Skopos',
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    received: receiver.received,
    reload: async () => router.reload(load(true)),
    async stop() {
      await app.close();
      stop.abort();
      await done;
      database.close();
      receiver.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
