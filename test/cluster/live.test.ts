import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../bench/cluster.ts';
import { type KubeObject, keyOf, refOf } from '../../src/model/object.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { admin, binaries, KubeCluster, type User } from './support/kube-cluster.ts';
import { agrees, LivePosture, until } from './support/live-posture.ts';
import { RandomChanges } from './support/random-changes.ts';

const { folder, missing } = binaries();
const rotated: User = { name: 'rotated', groups: ['system:masters'] };
const shop = '/api/v1/namespaces/shop';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function deployment(name: string, spec: object = {}): object {
  const labels = { app: name };
  return {
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: `${name}:1` }], ...spec },
      },
    },
  };
}

describe.skipIf(missing !== '')(`judging a real API server as it changes${missing}`, () => {
  let cluster: KubeCluster;
  let proxy: FaultProxy;
  const stops: (() => Promise<void>)[] = [];
  const access = () => ({
    access: {
      name: 'test',
      server: proxy.url,
      tls: { insecure: false },
      credentials: () => Promise.resolve({ authorization: `Bearer token-of-${admin.name}` }),
    },
  });

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder, {
      users: [rotated],
      flags: ['--min-request-timeout=3', '--etcd-compaction-interval=5s'],
    });
    proxy = await FaultProxy.start(cluster.url);
    await cluster.request('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(async () => {
    await proxy?.close();
    await cluster?.close();
  });

  async function live(): Promise<LivePosture> {
    const posture = new LivePosture(access());
    stops.push(() => posture.stop());
    return await posture.ready();
  }

  const stateOf = (posture: LivePosture, controlId: string, kind: string, name: string) =>
    posture.engine.verdict(
      controlId,
      keyOf({ group: kind === 'Deployment' ? 'apps' : '', kind, namespace: 'shop', name }),
    )?.state;

  it('judges again what a change of another object touches, and nothing else', async () => {
    const posture = await live();
    for (const name of ['web', 'cart']) await cluster.request('POST', deployments, deployment(name));
    const networkPolicies = '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies';
    await until(() => expect(stateOf(posture, 'C-0260', 'Deployment', 'cart')).toBe('fail'));
    posture.clear();
    await cluster.request('POST', networkPolicies, {
      metadata: { name: 'web' },
      spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
    });
    await until(() => expect(stateOf(posture, 'C-0260', 'Deployment', 'web')).toBe('pass'));
    const touched = posture.changes.filter(({ verdict }) => verdict.object.kind === 'Deployment');
    expect(new Set(touched.map(({ verdict }) => verdict.object.name))).toEqual(new Set(['web']));
    expect(new Set(touched.map(({ causeKey }) => causeKey))).toEqual(
      new Set(['networking.k8s.io/NetworkPolicy/shop/web']),
    );
    await cluster.request('DELETE', `${networkPolicies}/web`);
    await until(() => expect(stateOf(posture, 'C-0260', 'Deployment', 'web')).toBe('fail'));
  });

  it('judges the workloads of a service account again when it changes', async () => {
    const posture = await live();
    const accounts = `${shop}/serviceaccounts`;
    await cluster.request('POST', accounts, {
      metadata: { name: 'robot' },
      automountServiceAccountToken: false,
    });
    await cluster.request('POST', deployments, deployment('robotic', { serviceAccountName: 'robot' }));
    await until(() => expect(stateOf(posture, 'C-0034', 'Deployment', 'robotic')).toBe('pass'));
    await cluster.request('PATCH', `${accounts}/robot`, { automountServiceAccountToken: true });
    await until(() => expect(stateOf(posture, 'C-0034', 'Deployment', 'robotic')).toBe('fail'));
  });

  it('says the same as a scan of everything, again and again, while everything changes', async () => {
    const posture = await live();
    const changes = new RandomChanges(cluster, random(17));
    await changes.prepare();
    let taken = 0;
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 60; i++) taken += (await changes.one()) ? 1 : 0;
      expect(await agrees(posture, access())).toBeGreaterThan(0);
    }
    expect(taken).toBeGreaterThan(60);
  });

  it('follows a custom resource that is defined, gets another schema, and is deleted', async () => {
    const posture = await live();
    const name = 'securityexceptions.kubescape.io';
    const schema = (extra: object) => ({
      openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...extra },
    });
    const versions = (...served: readonly string[]) =>
      ['v1beta1', 'v1'].map((version) => ({
        name: version,
        served: served.includes(version),
        storage: version === 'v1beta1',
        schema: schema(served.length > 1 ? { properties: { note: { type: 'string' } } } : {}),
      }));
    const define = () =>
      cluster.request('POST', definitions, {
        metadata: { name },
        spec: {
          group: 'kubescape.io',
          scope: 'Namespaced',
          names: { plural: 'securityexceptions', kind: 'SecurityException', singular: 'securityexception' },
          versions: versions('v1beta1'),
        },
      });
    const make = (version: string, one: string) =>
      until(() =>
        cluster.request('POST', `/apis/kubescape.io/${version}/namespaces/shop/securityexceptions`, {
          apiVersion: `kubescape.io/${version}`,
          kind: 'SecurityException',
          metadata: { name: one },
        }),
      );
    const held = () =>
      posture.inventory.list('SecurityException').map((one) => `${one.apiVersion} ${one.metadata.name}`);
    await define();
    await make('v1beta1', 'one');
    await until(() => expect(held()).toEqual(['kubescape.io/v1beta1 one']));
    // Another version beside, with another schema, which is then preferred.
    await cluster.request('PATCH', `${definitions}/${name}`, {
      spec: { versions: versions('v1beta1', 'v1') },
    });
    await make('v1', 'two');
    await until(() => expect(held().sort()).toEqual(['kubescape.io/v1 one', 'kubescape.io/v1 two']));
    await cluster.request('DELETE', `${definitions}/${name}`);
    await until(() => expect(held()).toEqual([]));
    await until(() => expect(posture.inventory.unreadable()).toEqual([]));
    await until(define);
    await make('v1beta1', 'again');
    await until(() => expect(held()).toEqual(['kubescape.io/v1beta1 again']));
  });

  it('takes names at the length limit', async () => {
    const posture = await live();
    const long = (length: number) => `a${'b'.repeat(length - 2)}c`;
    const configMap = { metadata: { name: long(253) } };
    const namespace = long(63);
    await cluster.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, configMap);
    await until(() => expect(posture.inventory.get('ConfigMap', namespace, long(253))).toBeDefined());
    const key = keyOf(
      refOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: long(253), namespace } } as KubeObject),
    );
    await cluster.request('DELETE', `/api/v1/namespaces/${namespace}/configmaps/${long(253)}`);
    await until(() => expect(posture.inventory.has(key)).toBe(false));
  });

  it('lists thousands of objects in pages, and objects of a megabyte a few at a time', async () => {
    const big = { big: 'x'.repeat(1_000_000) };
    for (let i = 0; i < 12; i++)
      await cluster.request('POST', `${shop}/configmaps`, { metadata: { name: `big-${i}` }, data: big });
    let next = 0;
    const make = async () => {
      while (next < 800)
        await cluster.request('POST', `${shop}/configmaps`, { metadata: { name: `many-${next++}` } });
    };
    await Promise.all(Array.from({ length: 16 }, make));
    proxy.requests.length = 0;
    const posture = new LivePosture(access(), { pageSize: 500 });
    stops.push(() => posture.stop());
    await posture.ready();
    expect(posture.inventory.list('ConfigMap', 'shop').length).toBeGreaterThanOrEqual(812);
    const limits = proxy.requests
      .filter(({ path, isWatch }) => path === '/api/v1/configmaps' && !isWatch)
      .map(({ query }) => Number(query.get('limit')));
    expect(limits[0]).toBeLessThanOrEqual(50);
    expect(Math.min(...limits)).toBeLessThan(20);
    expect(Math.max(...limits)).toBe(500);
  });

  it('never lists without a limit, asks for nodes/proxy, for values of Secrets, or to change anything', async () => {
    await cluster.request('POST', `${shop}/secrets`, {
      metadata: { name: 'key' },
      stringData: { password: 'hunter2' },
    });
    proxy.requests.length = 0;
    const posture = await live();
    await until(() => expect(proxy.watching('pods')).toBe(1));
    expect(proxy.requests.length).toBeGreaterThan(40);
    for (const { method, path, query, accept, isWatch } of proxy.requests) {
      expect(method, path).toBe('GET');
      expect(path).not.toMatch(/proxy|\/log|\/exec|\/attach/);
      const isDiscovery = /^\/(?:api\/v1|apis|apis\/[^/]+\/[^/]+)$/.test(path);
      if (!isDiscovery) expect(isWatch || Number(query.get('limit')) > 0, path).toBe(true);
      if (isWatch) expect(query.get('allowWatchBookmarks')).toBe('true');
      if (path.endsWith('/secrets')) expect(accept).toMatch(/as=(?:PartialObjectMetadata|Table)/);
    }
    expect(JSON.stringify(posture.inventory.get('Secret', 'shop', 'key') ?? {})).not.toMatch(
      /hunter2|aHVudGVyMg/,
    );
  });
});
