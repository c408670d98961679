import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ClusterSource } from '../../src/inventory/cluster/cluster-source.ts';
import { kindsFor } from '../../src/inventory/cluster/kinds.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { controls } from '../../src/posture/controls/index.generated.ts';
import { PostureEngine } from '../../src/posture/engine.ts';
import { defaultInputs } from '../../src/posture/inputs.ts';

/**
 * What is retained in memory, garbage collected, for each object of a cluster: by the inventory with its relations, and with all
 * verdicts on it; and for each pod, by how much less it is without them. Then everything is listed again in the life of the watches.
 *
 * @param restart starts the API server anew, so that it knows nothing of what was watched before
 */
export async function retained(kubeconfig: string, restart: () => Promise<void>) {
  const { bytes: all, objects: allObjects } = await read({ kubeconfig });
  const others = await read({ kubeconfig, wanted: (kind) => kind !== 'Pod' });
  const { bytes: judged, relisted } = await read({ kubeconfig, isJudged: true, restart });
  const [withoutPods, otherObjects] = [others.bytes, others.objects];
  const pods = allObjects - otherObjects;
  const kib = (bytes: number, count: number) => Math.round((bytes / 1024 / count) * 100) / 100;
  return {
    objects: allObjects,
    pods,
    inventory_kib_per_object: kib(all, allObjects),
    inventory_kib_per_pod: kib(all - withoutPods, pods),
    with_verdicts_kib_per_object: kib(judged, allObjects),
    total_mib: mib(judged),
    relisted: relisted ?? {},
  };
}

const mib = (bytes: number): number => Math.round(bytes / 1_048_576);

interface Reading {
  readonly kubeconfig: string;
  readonly wanted?: (kind: string) => boolean;
  readonly isJudged?: boolean;
  readonly restart?: () => Promise<void>;
}

/** Reads the cluster once and gives everything up again. @returns bytes retained, and objects. */
async function read({ kubeconfig, wanted = () => true, isJudged = false, restart }: Reading) {
  const before = await collected();
  const inventory = new Inventory({ cluster: 'bench', clock: systemClock, log: silentLogger });
  const engine = isJudged
    ? new PostureEngine({
        controls,
        inputs: defaultInputs,
        view: inventory,
        objectOf: (key) => inventory.object(key),
      })
    : undefined;
  if (engine !== undefined) inventory.subscribe((changes) => void engine.apply(changes));
  const kinds = kindsFor(controls.flatMap(({ checks }) => checks.flatMap((check) => check.kinds)));
  const source = new ClusterSource({
    access: { kubeconfig },
    inventory,
    clock: systemClock,
    log: silentLogger,
    kinds: kinds.filter(({ kind }) => wanted(kind)),
  });
  const stop = new AbortController();
  const running = source.run(stop.signal);
  while (!inventory.ready) await pause(50);
  await pause(1000);
  const bytes = (await collected()) - before;
  const objects = inventory.size;
  const relisted = restart === undefined ? undefined : await listAgain(source, inventory, restart);
  stop.abort();
  await running;
  // Asked after it was measured, so that it is still held then.
  if (engine !== undefined && engine.size === 0) throw new Error('nothing was judged');
  return { bytes, objects, ...(relisted === undefined ? {} : { relisted }) };
}

const mostRelistMs = 240_000;

/** What it takes to list all kinds again while they are watched, and what was taken for a change by it: nothing should be. */
async function listAgain(source: ClusterSource, inventory: Inventory, restart: () => Promise<void>) {
  const kinds = source.figures().lists;
  let changes = 0;
  const leave = inventory.subscribe((some) => {
    changes += some.length;
  });
  const [cpu, startedMs] = [process.cpuUsage(), performance.now()];
  await restart();
  let most = 0;
  while (source.figures().lists < 2 * kinds && performance.now() - startedMs < mostRelistMs) {
    most = Math.max(most, process.memoryUsage.rss());
    await pause(20);
  }
  const { user, system } = process.cpuUsage(cpu);
  leave();
  return {
    lists: source.figures().lists - kinds,
    of_kinds: kinds,
    ms: Math.round(performance.now() - startedMs),
    cpu_s: Math.round((user + system) / 10_000) / 100,
    changes,
    objects: inventory.size,
    most_rss_mib: mib(most),
    retained_mib: mib(process.memoryUsage().heapUsed + process.memoryUsage().external),
  };
}

/** What is in use after everything that can be has been freed. */
async function collected(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 4; round++) {
    collect();
    await pause(100);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
