/**
 * The role `state` on 10,000 objects: rendering them, one change, writing everything once more, serving everything; then the shipped
 * program on a cluster of that size, without and with the role. Flags: `--objects N`, `--changes N`.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { stateRoutes } from '../src/api/state.ts';
import { stateSchema } from '../src/exporters/state/settings.ts';
import { stateResources } from '../src/exporters/state/state-resources.ts';
import { createServer } from '../src/http/server.ts';
import { systemClock } from '../src/kit/clock.ts';
import { silentLogger } from '../src/log/logger.ts';
import { groupOf, type KubeObject } from '../src/model/object.ts';
import { StateRole } from '../src/roles/state-role.ts';
import { TimeSeriesStore } from '../src/tsdb/store.ts';
import { KubeServer } from '../test/support/kube-server.ts';
import { cluster } from './cluster.ts';
import { type Line, load, numberFlag, quantiles, rounded } from './support/figures.ts';
import { longestHold } from './support/loop-holds.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';

const bench = 'state';
const mib = 1024 * 1024;

export function run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const objects = cluster(numberFlag(flags, 'objects', 10_000));
  const changes = numberFlag(flags, 'changes', 2000);
  return inFolder(async function* (folder, ending) {
    yield* here(folder, ending, objects, changes);
    yield* shipped(folder, ending, objects);
  });
}

/** The role alone, in this process, on a store of its own. */
async function* here(
  folder: string,
  ending: (() => unknown)[],
  objects: readonly KubeObject[],
  changes: number,
): AsyncGenerator<Line> {
  const store = new TimeSeriesStore({ dir: join(folder, 'tsdb'), clock: systemClock, log: silentLogger });
  ending.push(() => store.close());
  const role = new StateRole({
    settings: stateSchema.parse({}),
    ...{ custom: [], clock: systemClock, log: silentLogger, store },
    ledger: () => {},
    inputsChanged: () => 0,
    isReadable: () => true,
  });
  const put = (some: readonly KubeObject[], initial: boolean): void => {
    const [one] = some;
    if (one === undefined) return;
    const changes = some.map((object) => ({ type: 'put', object }) as const);
    const kind = { group: groupOf(one.apiVersion), kind: one.kind };
    role.onChanges(kind, changes, { atMs: Date.now(), initial });
  };
  const pages = inPages(objects);

  const first = measured(() => pages.forEach((page) => void put(page, true)));
  const series = role.objects.series;
  yield {
    bench,
    case: 'first render, all series made',
    objects: objects.length,
    series,
    ...first,
    load: load(),
  };
  const again = measured(() => pages.forEach((page) => void put(page, false)));
  yield { bench, case: 'rendered again, nothing changed', objects: objects.length, ...again, load: load() };

  const pods = objects.filter(({ kind }) => kind === 'Pod');
  const times: number[] = [];
  for (let i = 0; i < changes; i++) {
    const pod = pods[(i * 7) % pods.length] as KubeObject;
    const status = { ...(pod['status'] as object), phase: i % 2 === 0 ? 'Failed' : 'Running' };
    const startMs = performance.now();
    put([{ ...pod, status }], false);
    times.push(performance.now() - startMs);
  }
  yield { bench, case: 'a pod changes: rendered, written', changes, ...microseconds(times), load: load() };

  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const hold = await longestHold(() => role.round(new AbortController().signal));
  yield {
    bench,
    case: 'everything written once more',
    series,
    ms: rounded(performance.now() - startMs),
    cpu_ms: rounded(process.cpuUsage(cpu).user / 1000),
    longest_hold_cpu_ms: rounded(hold.processorMs),
    load: load(),
  };
  yield* served(role, ending);
}

/** `/metrics/state` over loopback, from request to last byte. */
async function* served(role: StateRole, ending: (() => unknown)[]): AsyncGenerator<Line> {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  stateRoutes(app, (choice) => role.text(choice));
  ending.push(() => app.close());
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/metrics/state`;
  for (const encoding of ['identity', 'gzip']) {
    const times: number[] = [];
    const cpuTimes: number[] = [];
    let bytes = 0;
    const before = process.memoryUsage().rss;
    let highest = 0;
    for (let i = 0; i < 12; i++) {
      const cpu = process.cpuUsage();
      const startMs = performance.now();
      const { body } = await request(url, { headers: { 'accept-encoding': encoding } });
      bytes = 0;
      for await (const chunk of body) bytes += (chunk as Buffer).length;
      times.push(performance.now() - startMs);
      cpuTimes.push(process.cpuUsage(cpu).user / 1000);
      highest = Math.max(highest, process.memoryUsage().rss);
    }
    yield {
      bench,
      case: `everything served, ${encoding}`,
      ...quantiles(times.slice(2)),
      cpu_p50_ms: quantiles(cpuTimes.slice(2)).p50_ms,
      sent_mib: rounded(bytes / mib),
      rss_growth_mib: rounded((highest - before) / mib),
      load: load(),
    };
  }
}

/** The shipped program on a cluster of these objects. */
async function* shipped(
  folder: string,
  ending: (() => unknown)[],
  objects: readonly KubeObject[],
): AsyncGenerator<Line> {
  const server = new KubeServer();
  for (const { group, kind, resource } of stateResources)
    server.serve({ group, version: 'v1', kind, plural: resource, namespaced: true });
  for (const object of objects) server.put(object);
  await server.start();
  ending.push(() => server.stop());
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfig());
  const config = join(folder, 'skopos.yaml');
  for (const state of ['without the role', 'with the role']) {
    writeFileSync(config, state === 'with the role' ? 'state: {}\n' : '{}\n');
    const data = join(folder, `data ${state}`);
    const program = await startSkopos({ kubeconfig, config, data, logFile: join(folder, 'skopos.log') });
    ending.push(() => program.stop());
    await pause(60_000);
    const { now, peak } = program.resident();
    yield {
      bench,
      case: `the program, ${state}, after a minute`,
      ready_ms: Math.round(program.readyMs),
      rss_mib: now,
      peak_mib: peak,
      cpu_s: rounded(program.cpuSeconds()),
      load: load(),
    };
    await program.stop();
  }
}

/** As a list comes in: fifty of a kind at a time. */
function inPages(objects: readonly KubeObject[]): readonly (readonly KubeObject[])[] {
  const byKind = new Map<string, KubeObject[]>();
  for (const object of objects) {
    const all = byKind.get(object.kind) ?? [];
    all.push(object);
    byKind.set(object.kind, all);
  }
  return [...byKind.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / 50) }, (_, i) => all.slice(i * 50, i * 50 + 50)),
  );
}

function measured(work: () => void) {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  work();
  return { ms: rounded(performance.now() - startMs), cpu_ms: rounded(process.cpuUsage(cpu).user / 1000) };
}

function microseconds(timesMs: readonly number[]) {
  const { p50_ms, p99_ms } = quantiles(timesMs.map((ms) => ms * 1000));
  return { p50_us: p50_ms, p99_us: p99_ms };
}
