import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClusterSource } from '../../src/inventory/cluster/cluster-source.ts';
import { kindsFor } from '../../src/inventory/cluster/kinds.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { type KubeObject, keyOf, refOf } from '../../src/model/object.ts';
import { controls } from '../../src/posture/controls/index.generated.ts';
import { kindsReadBy } from '../../src/posture/kinds-read.ts';
import { admin, binaries, KubeCluster, type User } from './support/kube-cluster.ts';

const { folder, missing } = binaries();
const limited: User = { name: 'limited', groups: [] };
const namespace = '/api/v1/namespaces';
const configMaps = `${namespace}/shop/configmaps`;

function deployment(name: string, image: string): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
    },
  };
}
const deployments = '/apis/apps/v1/namespaces/shop/deployments';

describe.skipIf(missing !== '')(`the inventory of a real API server${missing}`, () => {
  let cluster: KubeCluster;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    // Watches end after three to six seconds, and what is older than a few is forgotten.
    cluster = await KubeCluster.start(folder, {
      users: [limited],
      flags: ['--min-request-timeout=3', '--etcd-compaction-interval=5s'],
    });
    await cluster.request('POST', namespace, { metadata: { name: 'shop' } });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(async () => await cluster?.close());

  /** Watches all that any control needs, as this user. */
  async function watch(user: User = admin): Promise<{ inventory: Inventory; source: ClusterSource }> {
    const inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
    const source = new ClusterSource({
      access: { kubeconfig: cluster.kubeconfig(user) },
      inventory,
      clock: systemClock,
      log: silentLogger,
      kinds: kindsFor(kindsReadBy(controls)),
      pageSize: 50,
      rediscoverMs: 1000,
      refusalRetryMs: 1000,
    });
    const stop = new AbortController();
    const running = source.run(stop.signal);
    stops.push(async () => {
      stop.abort();
      await running;
    });
    await vi.waitFor(
      () => expect({ isReady: inventory.ready, ...source.status() }).toMatchObject({ isReady: true }),
      {
        timeout: 60_000,
        interval: 50,
      },
    );
    return { inventory, source };
  }

  const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 100 });

  /** Names of the objects of a kind that the server has, and that the inventory has. */
  async function both(
    inventory: Inventory,
    path: string,
    kind: string,
  ): Promise<readonly [string[], string[]]> {
    const { items } = await cluster.request<{ items: readonly KubeObject[] }>('GET', path);
    const theirs = items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    const ours = inventory.list(kind).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    return [theirs.sort(), ours.sort()];
  }

  it('has every kind of it, the roles of the server itself among them, and nothing unreadable', async () => {
    const { inventory } = await watch();
    expect(inventory.unreadable()).toEqual([]);
    for (const [path, kind] of [
      ['/apis/rbac.authorization.k8s.io/v1/clusterroles', 'ClusterRole'],
      ['/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', 'ClusterRoleBinding'],
      [namespace, 'Namespace'],
      ['/apis/apiregistration.k8s.io/v1/apiservices', 'APIService'],
    ] as const) {
      const [theirs, ours] = await both(inventory, path, kind);
      expect(theirs.length, kind).toBeGreaterThan(1);
      expect(ours, kind).toEqual(theirs);
    }
  });

  it('follows what is made, changed and deleted, over watches that the server ends every few seconds', async () => {
    const { inventory } = await watch();
    const changes: string[] = [];
    inventory.subscribe((batch) => {
      for (const { ref, object } of batch)
        if (ref.kind === 'Deployment') changes.push(`${ref.name} ${object === undefined ? 'gone' : 'there'}`);
    });
    await cluster.request('POST', deployments, deployment('web', 'web:1'));
    await until(() => expect(changes).toEqual(['web there']));
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await cluster.request('PATCH', `${deployments}/web`, { metadata: { labels: { seen: 'yes' } } });
    await until(() => expect(changes).toEqual(['web there', 'web there']));
    await cluster.request('DELETE', `${deployments}/web`);
    await until(() => expect(changes.at(-1)).toBe('web gone'));
    expect(inventory.list('Deployment')).toEqual([]);
  });

  it('never asks for the values of Secrets', async () => {
    const { inventory } = await watch();
    await cluster.request('POST', `${namespace}/shop/secrets`, {
      metadata: { name: 'key', namespace: 'shop' },
      stringData: { password: 'hunter2' },
    });
    await until(() => expect(inventory.get('Secret', 'shop', 'key')).toBeDefined());
    expect(JSON.stringify(inventory.get('Secret', 'shop', 'key'))).not.toMatch(/hunter2|aHVudGVyMg|password/);
    await cluster.request('DELETE', `${namespace}/shop/secrets/key`);
  });

  it('notices what was deleted and made while the server was away and its history forgotten', async () => {
    const { inventory, source } = await watch();
    for (const name of ['one', 'two', 'three'])
      await cluster.request('POST', configMaps, { metadata: { name, namespace: 'shop' }, data: { a: 'b' } });
    await until(() => expect(inventory.get('ConfigMap', 'shop', 'three')).toBeDefined());
    await cluster.killApi();
    await until(() => expect(source.status().state).not.toBe('ok'));
    await cluster.startApi();
    await cluster.request('DELETE', `${configMaps}/one`);
    await cluster.request('POST', configMaps, { metadata: { name: 'four', namespace: 'shop' } });
    await until(async () => {
      const [theirs, ours] = await both(inventory, '/api/v1/configmaps', 'ConfigMap');
      expect(ours).toEqual(theirs);
      expect(ours).toContain('shop/four');
    });
    await until(() => expect(source.status().state).toBe('ok'));
  });

  it('watches a kind that is defined while it runs', async () => {
    const { inventory } = await watch();
    await cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: 'securityexceptions.kubescape.io' },
      spec: {
        group: 'kubescape.io',
        scope: 'Namespaced',
        names: { plural: 'securityexceptions', kind: 'SecurityException', singular: 'securityexception' },
        versions: [
          {
            name: 'v1beta1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
    const path = '/apis/kubescape.io/v1beta1/namespaces/shop/securityexceptions';
    const exception = {
      apiVersion: 'kubescape.io/v1beta1',
      kind: 'SecurityException',
      metadata: { name: 'known' },
    };
    await until(async () => void (await cluster.request('POST', path, exception)));
    await until(() => expect(inventory.get('SecurityException', 'shop', 'known')).toBeDefined());
  });

  it('reads an object of a megabyte, and lists of many pages', async () => {
    const { inventory } = await watch();
    const data = { big: 'x'.repeat(900_000) };
    await cluster.request('POST', configMaps, { metadata: { name: 'big', namespace: 'shop' }, data });
    await until(() => expect(inventory.get('ConfigMap', 'shop', 'big')).toBeDefined());
    for (let i = 0; i < 120; i++)
      await cluster.request('POST', configMaps, { metadata: { name: `many-${i}`, namespace: 'shop' } });
    const { inventory: second } = await watch();
    const [theirs, ours] = await both(second, '/api/v1/configmaps', 'ConfigMap');
    expect(ours.length).toBeGreaterThan(120);
    expect(ours).toEqual(theirs);
  });

  it('knows which kinds it may not read, and why, and reads them once it may', async () => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const rule = (group: string, resource: string) => ({
      apiGroups: [group],
      resources: [resource],
      verbs: ['list', 'watch'],
    });
    const namespaces = rule('', 'namespaces');
    await cluster.request('POST', `${rbac}/clusterroles`, {
      metadata: { name: 'limited' },
      rules: [namespaces],
    });
    await cluster.request('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'limited' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'limited' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'limited' }],
    });
    const { inventory } = await watch(limited);
    expect(inventory.get('Namespace', '', 'shop')).toBeDefined();
    const refused = inventory.unreadable();
    expect(refused.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Pod', 'Deployment', 'ClusterRole']),
    );
    expect(refused.find(({ kind }) => kind === 'Pod')?.reason).toMatch(/pods/);
    await cluster.request('PATCH', `${rbac}/clusterroles/limited`, {
      rules: [namespaces, rule('apps', 'deployments')],
    });
    await until(() => expect(inventory.unreadable().map(({ kind }) => kind)).not.toContain('Deployment'));
    await cluster.request('POST', deployments, deployment('seen', 'seen:1'));
    await until(() =>
      expect([...inventory.keys()]).toContain(keyOf(refOf(deployment('seen', '') as KubeObject))),
    );
  });
});
