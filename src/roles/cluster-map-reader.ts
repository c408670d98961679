import type { ClusterMapReader, WorkloadStanding } from '../api/skopos/cluster-map.ts';
import { liveIndex } from '../kit/live-index.ts';
import { keyOf, type ObjectRef } from '../model/object.ts';
import { workloadKinds } from '../posture/pod-spec.ts';
import type { Embedded } from './embedded.ts';

/** Nobody sees a map move faster than this, and going through a large cluster takes tens of milliseconds. */
const freshMs = 1000;

/** After this long others get their turn. */
const sliceMs = 10;

const kinds: ReadonlySet<string> = new Set(workloadKinds);

type Adding = { -readonly [Field in keyof WorkloadStanding]: WorkloadStanding[Field] };

/** How every workload stands, put together from what the engine holds; kept for a second, and made in slices. */
export function clusterMapReader({
  engine,
  inventory,
  posture,
  clock,
}: Pick<Embedded, 'engine' | 'inventory' | 'posture' | 'clock'>): ClusterMapReader {
  const controlNamed = liveIndex(posture.controls, ({ id }) => id);
  let kept: { readonly atMs: number; readonly workloads: Promise<readonly WorkloadStanding[]> } | undefined;

  /** What the object belongs to: the top of its chain of owners where that is a workload, else itself where it is one. */
  function workloadOf(object: ObjectRef): ObjectRef | undefined {
    const top = inventory.index.owners.top(keyOf(object));
    if (top !== undefined && kinds.has(top.kind)) return top;
    return kinds.has(object.kind) ? object : undefined;
  }

  async function look(): Promise<readonly WorkloadStanding[]> {
    const found = new Map<string, Adding>();
    const at = (object: ObjectRef): Adding | undefined => {
      const workload = workloadOf(object);
      if (workload === undefined) return undefined;
      const key = keyOf(workload);
      let standing = found.get(key);
      if (standing === undefined) {
        standing = { key, object: workload, failed: 0, unknown: 0, passed: 0 };
        found.set(key, standing);
      }
      return standing;
    };
    await inTurns(engine.resources(), ({ object, failed, unknown, passed }) => {
      const standing = at(object);
      if (standing === undefined) return;
      standing.failed += failed;
      standing.unknown += unknown;
      standing.passed += passed;
    });
    await inTurns(engine.verdicts({ states: ['fail'] }), ({ controlId, object }) => {
      const standing = kinds.has(object.kind) ? at(object) : undefined;
      const { name: control = controlId, baseScore = 0 } = controlNamed(controlId) ?? {};
      if (standing !== undefined && baseScore > (standing.worst?.baseScore ?? -1))
        standing.worst = { controlId, control, baseScore };
    });
    return [...found.values()];
  }

  return {
    workloads() {
      const nowMs = clock.now();
      if (kept === undefined || nowMs - kept.atMs > freshMs) kept = { atMs: nowMs, workloads: look() };
      return kept.workloads;
    },
    unreadable: () =>
      inventory
        .unreadable()
        .filter(({ kind }) => kinds.has(kind))
        .map(({ kind, reason, sinceMs }) => ({ kind, reason, sinceMs })),
  };
}

/** Goes through what may be long, and may change meanwhile, without holding anything else up. */
async function inTurns<T>(all: Iterable<T>, take: (one: T) => void): Promise<void> {
  let sinceMs = performance.now();
  let seen = 0;
  for (const one of all) {
    take(one);
    if (++seen % 100 !== 0 || performance.now() - sinceMs < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    sinceMs = performance.now();
  }
}
