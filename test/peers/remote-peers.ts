import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { ReceivedMetadata } from '../../src/api/prometheus/remote-write/received-metadata.ts';
import { prometheusRoutes } from '../../src/api/prometheus/routes.ts';
import { otlpSchema } from '../../src/config/prometheus/otlp-section.ts';
import { createServer as createOurServer } from '../../src/http/server.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { Engine } from '../../src/promql/engine.ts';
import { encodeChunks } from '../../src/roles/prometheus-source.ts';
import { crc32c } from '../../src/tsdb/crc32c.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';

/** Debian's Prometheus is 2.x. What only a 3.x has is tested where this names one. */
export const prometheus3 = process.env['PROMETHEUS_3'] ?? '';

export function has(program: string, ...args: string[]): boolean {
  return program !== '' && spawnSync(program, args.length === 0 ? ['--version'] : args).error === undefined;
}

export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'remote-peers-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export interface Peer {
  readonly url: string;
  kill(): Promise<void>;
}

/** A program that is there once the path of it answers. */
export async function startPeer(
  program: string,
  args: readonly string[],
  url: string,
  path: string,
): Promise<Peer> {
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' });
  let isOver = false;
  child.once('exit', () => {
    isOver = true;
  });
  const kill = async (): Promise<void> => {
    if (isOver) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  for (let i = 0; i < 600; i++) {
    if ((await fetch(url + path).catch(() => undefined))?.ok === true) return { url, kill };
    if (isOver) throw new Error(`${program} ended`);
    await pause(50);
  }
  throw new Error(`${program} does not answer`);
}

/** A Prometheus with what is given as its configuration. */
export async function startPrometheus(
  options: {
    readonly program?: string;
    readonly config?: string;
    readonly flags?: readonly string[];
    readonly dir?: string;
    readonly port?: number;
  } = {},
): Promise<Peer> {
  const dir = options.dir ?? folder();
  const port = options.port ?? (await freePort());
  const file = join(dir, 'prometheus.yml');
  writeFileSync(file, options.config ?? 'global: {}\n');
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...(options.flags ?? []),
  ];
  return startPeer(options.program ?? 'prometheus', args, `http://127.0.0.1:${port}`, '/-/ready');
}

/** Values of series by their labels, as a system that speaks Prometheus' API has them. */
export async function values(
  url: string,
  query: string,
  atMs = Date.now(),
): Promise<Record<string, unknown>> {
  const reply = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}&time=${atMs / 1000}`);
  const { data } = (await reply.json()) as {
    data: { result: { metric: Record<string, string>; value?: [number, string]; histogram?: unknown[] }[] };
  };
  return Object.fromEntries(
    data.result
      .map(
        ({ metric, value, histogram }) =>
          [JSON.stringify(Object.entries(metric).sort()), value?.[1] ?? histogram?.[1]] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Our own API over a store, with both receivers, on a port. */
export async function startOurs(written: Record<string, unknown> = {}) {
  const store = new TimeSeriesStore({ clock: systemClock, log: silentLogger });
  const metadata = new ReceivedMetadata();
  const app = createOurServer({ log: silentLogger, loopbackOnly: true });
  const settings = otlpSchema.parse(written);
  const receiver = { target: store, metadata, now: () => Date.now() };
  prometheusRoutes(app, {
    engine: new Engine(),
    store: {
      select: (selection) => store.select(selection),
      series: (matchers, fromMs, toMs) => store.series(matchers, fromMs, toMs),
      labelNames: (matchers, fromMs, toMs) => store.labelNames(matchers, fromMs, toMs),
      labelValues: (name, matchers, fromMs, toMs) => store.labelValues(name, matchers, fromMs, toMs),
      encodeChunks,
      crc32c,
    },
    now: () => Date.now(),
    rules: { groups: () => [] },
    metadata: () => metadata,
    isAdminEnabled: false,
    externalLabels: { cluster: 'ours' },
    cors: 'any',
    write: receiver,
    otlp: { ...receiver, settings: () => settings },
    status: {
      version: '0',
      startedAtMs: 0,
      flags: () => ({}),
      configText: () => '',
      reload: () => ({ atMs: 0, ok: true }),
      store: () => ({ ...store.stats() }),
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, store, metadata };
}

export async function until(condition: () => boolean | Promise<boolean>, seconds = 60): Promise<boolean> {
  for (let i = 0; i < seconds * 10; i++) {
    if (await condition()) return true;
    await pause(100);
  }
  return false;
}
