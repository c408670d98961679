import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stateSchema } from '../../src/exporters/state/settings.ts';
import { ClusterSource } from '../../src/inventory/cluster/cluster-source.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { Labels } from '../../src/model/labels.ts';
import { isStaleAt } from '../../src/model/sample.ts';
import { stateKinds } from '../../src/roles/state-kinds.ts';
import { StateRole } from '../../src/roles/state-role.ts';
import { watchedKinds } from '../../src/roles/watched-kinds.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';
import { binaries, KubeCluster } from './support/kube-cluster.ts';

const { folder, missing } = binaries();
const root = join(import.meta.dirname, '../..');
const helm = spawnSync(process.execPath, [join(root, 'scripts/peers/helm.mjs')], { encoding: 'utf8' });
const kubectl = join(helm.stdout?.trim() ?? '', 'kubectl');
const lacking = missing || (spawnSync(kubectl, ['version', '--client']).status === 0 ? '' : ': no kubectl');

const manifests = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: red } }
---
apiVersion: v1
kind: Secret
metadata: { name: key, namespace: shop }
type: example.com/key
stringData: { password: hunter2 }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { colour: red }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "web:1" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: one, namespace: shop }
spec: { serviceAccountName: default, containers: [{ name: app, image: "app:1", resources: { requests: { cpu: 100m } } }] }
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { name: turn, namespace: shop }
spec: { holderIdentity: me }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`;

describe.skipIf(lacking !== '')(`objects of a real API server as series${lacking}`, () => {
  let cluster: KubeCluster;
  let dir: string;
  let role: StateRole;
  let inventory: Inventory;
  let store: TimeSeriesStore;
  const woken: string[] = [];
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  function run(...args: readonly string[]): void {
    const done = spawnSync(kubectl, ['--kubeconfig', cluster.kubeconfig(), ...args], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${done.stderr}`);
  }

  /** The newest samples of a metric by its labels but the job; a series that has ended is left out. */
  function samples(name: string): readonly { readonly labels: Labels; readonly value: number }[] {
    const found: { labels: Labels; value: number }[] = [];
    const matchers = [
      { name: '__name__', op: '=' as const, value: name },
      { name: 'job', op: '=' as const, value: 'kube-state-metrics' },
    ];
    for (const { labels, values } of store.select({ matchers, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })) {
      const { __name__, job, ...rest } = labels;
      if (!isStaleAt(values, values.length - 1))
        found.push({ labels: rest, value: values.at(-1) ?? Number.NaN });
    }
    return found;
  }

  const until = (check: () => void) => vi.waitFor(check, { timeout: 60_000, interval: 100 });

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder);
    dir = mkdtempSync(join(tmpdir(), 'skopos-state-'));
    writeFileSync(join(dir, 'objects.yaml'), manifests);
    store = new TimeSeriesStore({ clock: systemClock, log: silentLogger });
    inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
    const settings = stateSchema.parse({ metric_labels_allowlist: 'namespaces=[*]' });
    role = new StateRole({
      ...{ settings, custom: [], clock: systemClock, log: silentLogger, store },
      ledger: () => {},
      inputsChanged: (series) => woken.push(...series.map((labels) => labels['__name__'] ?? '')),
      isReadable: () => source.status().state === 'ok',
    });
    const source = new ClusterSource({
      access: { kubeconfig: cluster.kubeconfig() },
      ...{ inventory, clock: systemClock, log: silentLogger, pageSize: 50, tap: role },
      kinds: watchedKinds({ judged: [], targets: false, monitors: false, state: stateKinds(settings, []) }),
    });
    running = Promise.all([source.run(stop.signal), role.run(stop.signal)]);
    await until(() =>
      expect({ isReady: inventory.ready, ...source.status() }).toMatchObject({ state: 'ok' }),
    );
    run('apply', '-f', join(dir, 'objects.yaml'));
  });
  afterAll(async () => {
    stop.abort();
    await running;
    await cluster?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('has what the server itself made', () => {
    const names = samples('kube_namespace_created').map(({ labels }) => labels['namespace']);
    expect(names).toEqual(expect.arrayContaining(['default', 'kube-system']));
    expect(samples('kube_clusterrole_info').length).toBeGreaterThan(50);
  });

  it('has applied objects as series, and wakes the rules that read them', async () => {
    await until(() => {
      expect(samples('kube_deployment_spec_replicas')).toEqual([
        { labels: { namespace: 'shop', deployment: 'web' }, value: 3 },
      ]);
      expect(samples('kube_pod_status_phase').filter(({ value }) => value === 1)).toEqual([
        { labels: expect.objectContaining({ namespace: 'shop', pod: 'one', phase: 'Pending' }), value: 1 },
      ]);
      expect(samples('kube_pod_container_resource_requests')).toMatchObject([
        { labels: { container: 'app', resource: 'cpu', unit: 'core' }, value: 0.1 },
      ]);
      expect(samples('kube_lease_owner')).toContainEqual({
        labels: { namespace: 'shop', lease: 'turn', lease_holder: 'me' },
        value: 1,
      });
      expect(samples('kube_poddisruptionbudget_created')).toHaveLength(1);
      expect(samples('kube_namespace_labels')).toContainEqual({
        labels: { namespace: 'shop', label_team: 'red', label_kubernetes_io_metadata_name: 'shop' },
        value: 1,
      });
    });
    expect(woken).toContain('kube_deployment_spec_replicas');
  });

  it('knows the type of Secrets, listed and watched, and never a value', async () => {
    const ofShop = () => samples('kube_secret_type').filter(({ labels }) => labels['namespace'] === 'shop');
    await until(() =>
      expect(ofShop()).toEqual([
        { labels: { namespace: 'shop', secret: 'key', type: 'example.com/key' }, value: 1 },
      ]),
    );
    expect(samples('kube_secret_metadata_resource_version').length).toBeGreaterThan(0);
    const text = [...role.text({ openMetrics: false })].join('');
    expect(text).toContain('kube_secret_type{namespace="shop",secret="key",type="example.com/key"} 1');
    expect(text).not.toMatch(/hunter2|aHVudGVyMg/);
    // What the inventory keeps is no more than before.
    expect(inventory.get('Secret', 'shop', 'key')).toBeUndefined();
    run('-n', 'shop', 'create', 'secret', 'generic', 'late');
    await until(() =>
      expect(new Set(ofShop().map(({ labels }) => labels['type']))).toEqual(
        new Set(['example.com/key', 'Opaque']),
      ),
    );
  });

  it('follows changes, and ends the series of what is deleted', async () => {
    run('-n', 'shop', 'scale', 'deployment', 'web', '--replicas=5');
    await until(() => expect(samples('kube_deployment_spec_replicas')[0]?.value).toBe(5));
    run('-n', 'shop', 'delete', 'deployment', 'web');
    run('-n', 'shop', 'delete', 'secret', 'late', 'key');
    await until(() => {
      expect(samples('kube_deployment_spec_replicas')).toEqual([]);
      expect(samples('kube_secret_type').filter(({ labels }) => labels['namespace'] === 'shop')).toEqual([]);
    });
  });

  it('counts lists and watches as kube-state-metrics does', async () => {
    await role.round(stop.signal);
    const lists = samples('kube_state_metrics_list_total');
    expect(lists).toContainEqual({ labels: { resource: 'Pod', result: 'success' }, value: 1 });
    expect(lists.filter(({ labels, value }) => labels['result'] === 'error' && value > 0)).toEqual([]);
    expect(samples('kube_state_metrics_total_shards')).toEqual([{ labels: {}, value: 1 }]);
    expect(samples('up')).toEqual([{ labels: { instance: 'skopos' }, value: 1 }]);
  });

  it('serves what promtool takes without a word', () => {
    const text = [...role.text({ openMetrics: false })].join('');
    const done = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    if (done.error !== undefined) return;
    expect(done.stderr + done.stdout).toBe('');
  });
});
