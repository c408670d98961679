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
 * verdicts on it; and for each pod, by how much less it is without them.
 */
export async function retained(kubeconfig: string) {
  const [all, allObjects] = await read(kubeconfig, () => true, false);
  const [withoutPods, otherObjects] = await read(kubeconfig, (kind) => kind !== 'Pod', false);
  const [judged] = await read(kubeconfig, () => true, true);
  const pods = allObjects - otherObjects;
  const kib = (bytes: number, count: number) => Math.round((bytes / 1024 / count) * 100) / 100;
  return {
    objects: allObjects,
    pods,
    inventory_kib_per_object: kib(all, allObjects),
    inventory_kib_per_pod: kib(all - withoutPods, pods),
    with_verdicts_kib_per_object: kib(judged, allObjects),
    total_mib: Math.round(judged / 1_048_576),
  };
}

/** Reads the cluster once and gives everything up again. @returns bytes retained, and objects. */
async function read(
  kubeconfig: string,
  wanted: (kind: string) => boolean,
  isJudged: boolean,
): Promise<readonly [bytes: number, objects: number]> {
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
  stop.abort();
  await running;
  // Asked after it was measured, so that it is still held then.
  if (engine !== undefined && engine.size === 0) throw new Error('nothing was judged');
  return [bytes, objects];
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
