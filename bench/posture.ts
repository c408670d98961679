/**
 * Posture over a cluster of 10,000 objects with every Kubernetes control: a full scan, one change, what is kept in memory,
 * and the store of findings behind it. Flags: `--objects N`.
 */

import { Findings } from '../src/findings/findings.ts';
import { Inventory } from '../src/inventory/inventory.ts';
import { project } from '../src/inventory/project.ts';
import { systemClock } from '../src/kit/clock.ts';
import { silentLogger } from '../src/log/logger.ts';
import type { ObjectChange } from '../src/model/change.ts';
import { type KubeObject, keyOf, refOf } from '../src/model/object.ts';
import { controls } from '../src/posture/controls/index.generated.ts';
import { PostureEngine } from '../src/posture/engine.ts';
import { defaultInputs } from '../src/posture/inputs.ts';
import { openDatabase } from '../src/store/open.ts';
import { cluster, random } from './cluster.ts';

interface Line {
  readonly bench: 'posture';
  readonly case: string;
  readonly [figure: string]: string | number;
}

const source = 'bench';
const batchSize = 500;

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const at = flags.indexOf('--objects');
  const count = at < 0 ? 10_000 : Number(flags[at + 1]);
  const line = (name: string, figures: Readonly<Record<string, string | number>>): Line => ({
    bench: 'posture',
    case: name,
    ...figures,
  });
  const inventory = new Inventory({ cluster: 'bench', clock: systemClock, log: silentLogger });
  load(inventory, count);
  const beforeMiB = residentMiB();
  const engine = new PostureEngine({
    controls,
    inputs: defaultInputs,
    view: inventory,
    objectOf: (key) => inventory.object(key),
  });
  const scanMs = scan(engine, inventory);
  yield line('scan', {
    objects: inventory.size,
    controls: controls.length,
    ms: rounded(scanMs),
    rate: Math.round(inventory.size / (scanMs / 1000)),
    rss_mib: residentMiB(),
    rss_before_mib: beforeMiB,
    ...engine.held,
  });

  const db = openDatabase(':memory:');
  const findings = new Findings({ db, cluster: 'bench', controls });
  const syncStarted = performance.now();
  const { counts } = findings.sync(engine.verdicts(), { cause: 'bench', atMs: Date.now() });
  yield line('baseline', {
    findings: counts.opened,
    ms: rounded(performance.now() - syncStarted),
    rss_mib: residentMiB(),
  });

  const all: number[] = [];
  for (const [name, change] of Object.entries(changesOf(inventory))) {
    const engineMs: number[] = [];
    const findingMs: number[] = [];
    for (let i = 0; i < 300; i++) {
      const changes = change(i);
      const started = performance.now();
      const verdicts = engine.apply(changes);
      const judged = performance.now();
      findings.apply(verdicts, { cause: 'bench', atMs: Date.now() });
      engineMs.push(judged - started);
      findingMs.push(performance.now() - judged);
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    all.push(...engineMs);
    yield line(`change: ${name}`, { ...quantiles(engineMs), findings_p99_ms: quantiles(findingMs).p99_ms });
  }
  yield line('one change', { changes: all.length, ...quantiles(all) });
  const listMs = Array.from({ length: 50 }, (_, i) => {
    const started = performance.now();
    findings.list({ q: i % 2 === 0 ? '' : `web-${i}`, offset: i * 50 });
    return performance.now() - started;
  });
  yield line('list of findings', {
    findings: findings.list().total,
    ...quantiles(listMs),
    rss_mib: residentMiB(),
  });
}

/** In batches, so that not all of them are parsed at one time, as they come from an API server. */
function load(inventory: Inventory, count: number): void {
  const objects = cluster(count);
  inventory.announce(source);
  while (objects.length > 0) {
    const changes = objects.splice(0, batchSize).map((object) => ({
      type: 'put' as const,
      object: project(object, { configMapValues: true }),
      origin: { source },
      atMs: Date.now(),
    }));
    inventory.apply(source, changes, { initial: true });
  }
  inventory.synced(source);
}

/** Judging alone: objects are taken out of the inventory between the measured parts. */
function scan(engine: PostureEngine, inventory: Inventory): number {
  let totalMs = 0;
  const keys = [...inventory.keys()];
  while (keys.length > 0) {
    const changes = keys.splice(0, batchSize).flatMap((key) => {
      const [object, ref] = [inventory.object(key), inventory.ref(key)];
      return object === undefined || ref === undefined ? [] : [{ key, ref, object }];
    });
    const started = performance.now();
    engine.apply(changes);
    totalMs += performance.now() - started;
  }
  return totalMs;
}

type Change = (i: number) => readonly ObjectChange[];

function changesOf(inventory: Inventory): Readonly<Record<string, Change>> {
  const next = random(7);
  const of = (kind: string) => [...inventory.keys()].filter((key) => inventory.ref(key)?.kind === kind);
  const put = (object: KubeObject) =>
    inventory.apply(source, [{ type: 'put', object, origin: { source }, atMs: Date.now() }]);
  const changed = (kind: string, edit: (object: KubeObject, i: number) => KubeObject): Change => {
    const keys = of(kind);
    return (i) => {
      const object = inventory.object(keys[Math.floor(next() * keys.length)] ?? '');
      return object === undefined ? [] : put(edit(structuredClone(object), i));
    };
  };
  const relabel = (object: KubeObject, i: number): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, labels: { ...object.metadata.labels, turn: String(i) } },
  });
  return {
    'a deployment': changed('Deployment', (object, i) => {
      const { template } = object['spec'] as {
        template: { spec: { containers: Record<string, unknown>[] } };
      };
      const [container] = template.spec.containers;
      if (container !== undefined) container['securityContext'] = { privileged: i % 2 === 0, runAsUser: i };
      return relabel(object, i);
    }),
    'a pod': changed('Pod', relabel),
    'labels of a network policy': changed('NetworkPolicy', relabel),
    'the spec of a network policy': changed('NetworkPolicy', (object, i) => ({
      ...object,
      spec: { ...(object['spec'] as object), policyTypes: i % 2 === 0 ? ['Ingress'] : ['Ingress', 'Egress'] },
    })),
    'a cluster role': changed('ClusterRole', relabel),
    'a service account': changed('ServiceAccount', relabel),
    'a node': changed('Node', relabel),
    'a config map': changed('ConfigMap', relabel),
    'a bare pod comes and goes': (i) => {
      const object: KubeObject = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'intruder', namespace: 'team-1' },
        spec: {
          hostPID: true,
          containers: [{ name: 'shell', image: 'alpine', securityContext: { privileged: true } }],
        },
      };
      if (i % 2 === 0) return put(object);
      return inventory.apply(source, [{ type: 'delete', key: keyOf(refOf(object)), atMs: Date.now() }]);
    },
  };
}

function quantiles(values: readonly number[]): { readonly p50_ms: number; readonly p99_ms: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
  return { p50_ms: at(0.5), p99_ms: at(0.99) };
}

function residentMiB(): number {
  return Math.round(process.memoryUsage().rss / 1_048_576);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
