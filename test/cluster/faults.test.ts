import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterSourceOptions } from '../../src/inventory/cluster/cluster-source.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { type Fault, FaultProxy, type ProxiedRequest } from '../support/fault-proxy.ts';
import { admin, binaries, KubeCluster, type User } from './support/kube-cluster.ts';
import { agrees, LivePosture, until } from './support/live-posture.ts';

const { folder, missing } = binaries();
const rotated: User = { name: 'rotated', groups: ['system:masters'] };
const configMaps = '/api/v1/namespaces/shop/configmaps';
const deployments = '/apis/apps/v1/namespaces/shop/deployments';

describe.skipIf(missing !== '')(`a real API server behind a network that fails${missing}`, () => {
  let cluster: KubeCluster;
  let proxy: FaultProxy;
  const stops: (() => unknown)[] = [];

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder, {
      users: [rotated],
      flags: ['--min-request-timeout=3', '--etcd-compaction-interval=5s'],
    });
    await cluster.request('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    const labels = { app: 'web' };
    await cluster.request('POST', deployments, {
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'main', image: 'web:1', securityContext: { privileged: true } }] },
        },
      },
    });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
    for (const seen of proxy?.requests ?? []) expectHarmless(seen);
  });
  afterAll(async () => await cluster?.close());

  /** A proxy in front of the server, and what reads through it. */
  async function through(
    fault: (request: ProxiedRequest) => Fault | undefined = () => undefined,
    options: Partial<ClusterSourceOptions> = {},
  ): Promise<LivePosture> {
    proxy = await FaultProxy.start(cluster.url);
    stops.push(() => proxy.close());
    proxy.fault = fault;
    const live = new LivePosture({ kubeconfig: kubeconfigOf(proxy.url) }, options);
    stops.push(() => live.stop());
    return live;
  }

  /** Straight to the server, for what is compared with. */
  const direct = () => ({ kubeconfig: cluster.kubeconfig() });
  const make = (name: string) => cluster.request('POST', configMaps, { metadata: { name } });
  const remove = (name: string) => cluster.request('DELETE', `${configMaps}/${name}`);
  const has = (live: LivePosture, name: string) =>
    live.inventory.get('ConfigMap', 'shop', name) !== undefined;
  const isPods = ({ path }: ProxiedRequest) => path === '/api/v1/pods';
  const isMaps = ({ path }: ProxiedRequest) => path === '/api/v1/configmaps';

  it('waits as long as a throttling server asks, and not longer', async () => {
    let left = 2;
    const live = await through((request) =>
      isPods(request) && left-- > 0
        ? { status: 429, reason: 'TooManyRequests', headers: { 'retry-after': '2' } }
        : undefined,
    );
    await live.ready();
    const [first, second, third] = proxy.requests.filter(isPods);
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1950);
    expect((third?.atMs ?? 0) - (second?.atMs ?? 0)).toBeGreaterThanOrEqual(1950);
    expect(live.figures().throttled).toBe(2);
  });

  it('gets through answers that are cut off, of lists and of watches', async () => {
    const cuts = new Map<string, number>();
    const live = await through(({ path, isWatch }) => {
      const key = `${path} ${isWatch}`;
      const times = cuts.get(key) ?? 0;
      cuts.set(key, times + 1);
      return times < 2 && /\/(?:pods|configmaps|deployments)$/.test(path) ? { truncateAt: 700 } : undefined;
    });
    await live.ready();
    await make('cut');
    await until(() => expect(has(live, 'cut')).toBe(true));
    await remove('cut');
    await until(() => expect(has(live, 'cut')).toBe(false));
    expect(await agrees(live, direct())).toBeGreaterThan(0);
  });

  it('lists again on 410 at the start of a watch and within it, and loses no delete on the way', async () => {
    const live = await through();
    await live.ready();
    for (const name of ['goes', 'goes-too', 'stays']) await make(name);
    await until(() => expect(has(live, 'stays')).toBe(true));
    // No watch may begin, and the list is held up, while something is deleted.
    let isGone = true;
    proxy.fault = (request) => {
      if (!isMaps(request)) return undefined;
      if (request.isWatch) return isGone ? { status: 410, reason: 'Expired' } : undefined;
      return { delayMs: 500 };
    };
    proxy.closeWatches('/configmaps');
    await remove('goes');
    await until(() => expect(live.figures().expired).toBeGreaterThan(0));
    await remove('goes-too');
    isGone = false;
    await until(() => {
      expect(has(live, 'goes')).toBe(false);
      expect(has(live, 'goes-too')).toBe(false);
      expect(has(live, 'stays')).toBe(true);
    });
    const before = live.figures().lists;
    await until(() => expect(proxy.watching('/configmaps')).toBe(1));
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    proxy.inject('/configmaps', [{ type: 'ERROR', object: status }]);
    await remove('stays');
    await until(() => expect(live.figures().lists).toBeGreaterThan(before));
    await until(() => expect(has(live, 'stays')).toBe(false));
  });

  it('keeps up over watches that are closed every second, on a server that takes half a second for everything', async () => {
    const live = await through(({ isWatch }) => ({
      delayMs: 500,
      ...(isWatch ? { closeAfterMs: 1000 } : {}),
    }));
    await live.ready();
    const lists = live.figures().lists;
    for (let i = 0; i < 5; i++) {
      await make(`slow-${i}`);
      await until(() => expect(has(live, `slow-${i}`)).toBe(true));
      await remove(`slow-${i}`);
    }
    await until(() => expect(has(live, 'slow-4')).toBe(false));
    expect(live.figures().lists - lists).toBeLessThan(10);
    expect(await agrees(live, direct())).toBeGreaterThan(0);
  });

  it('is blind, and says so, when the server is away at the start; then sees', async () => {
    proxy = await FaultProxy.start(cluster.url);
    const { port } = proxy;
    const kubeconfig = kubeconfigOf(proxy.url);
    await proxy.close();
    const live = new LivePosture({ kubeconfig }, { blindAfterMs: 500 });
    stops.push(() => live.stop());
    await until(() => {
      expect(live.source.status()).toMatchObject({ state: 'failed', message: /cannot reach the API server/ });
      expect(live.inventory.unreadable().map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['Pod', 'Deployment', 'NetworkPolicy']),
      );
    });
    expect(live.inventory.ready).toBe(false);
    expect(live.standing().some((text) => /could not be read/.test(text))).toBe(true);
    proxy = await FaultProxy.start(cluster.url, port);
    stops.push(() => proxy.close());
    await live.ready();
    await until(() => expect(live.inventory.unreadable()).toEqual([]));
    expect(await agrees(live, direct())).toBeGreaterThan(0);
  });

  it('holds what it knew as unknown while the server is away later, forgets nothing, and agrees afterwards', async () => {
    const live = await through(undefined, { blindAfterMs: 500 });
    await live.ready();
    const { port } = proxy;
    const size = live.inventory.size;
    await proxy.close();
    await until(() => expect(live.source.status()).toMatchObject({ state: 'failed' }));
    await until(() => expect(live.inventory.unreadable().map(({ kind }) => kind)).toContain('Deployment'));
    const unknown = [...live.engine.verdicts({ states: ['unknown'], controlIds: ['C-0057'] })];
    expect(unknown.map(({ object, reason }) => `${object.kind}: ${reason}`)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Deployment: Deployment objects could not be read/)]),
    );
    expect(live.inventory.size).toBe(size);
    proxy = await FaultProxy.start(cluster.url, port);
    stops.push(() => proxy.close());
    await until(() => expect(live.source.status().state).toBe('ok'));
    expect(await agrees(live, direct())).toBeGreaterThan(0);
  });

  it('goes on with a token that is replaced in its file, the old one being refused', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'skopos-token-'));
    stops.push(() => rmSync(dir, { recursive: true }));
    const tokenFile = join(dir, 'token');
    writeFileSync(tokenFile, `token-of-${admin.name}`);
    let revoked = '';
    proxy = await FaultProxy.start(cluster.url);
    stops.push(() => proxy.close());
    proxy.fault = ({ authorization, isWatch }) => ({
      ...(isWatch ? { closeAfterMs: 500 } : {}),
      ...(authorization === revoked ? { status: 401, reason: 'Unauthorized' } : {}),
    });
    const kubeconfig = kubeconfigOf(proxy.url, { tokenFile });
    const live = new LivePosture({ kubeconfig });
    stops.push(() => live.stop());
    await live.ready();
    writeFileSync(tokenFile, `token-of-${rotated.name}`);
    revoked = `Bearer token-of-${admin.name}`;
    await until(() => expect(proxy.requests.at(-1)?.authorization).toBe(`Bearer token-of-${rotated.name}`));
    await make('rotated');
    await until(() => expect(has(live, 'rotated')).toBe(true));
    await until(() => expect(live.source.status().state).toBe('ok'));
    expect(live.inventory.unreadable()).toEqual([]);
    await remove('rotated');
  });

  it('notices how far the clocks are apart, and judges all the same', async () => {
    const aheadMs = 3_600_000;
    const live = await through(() => ({
      answerHeaders: { date: new Date(Date.now() + aheadMs).toUTCString() },
    }));
    await live.ready();
    expect(Math.abs((live.figures().clockSkewMs ?? 0) - aheadMs)).toBeLessThan(30_000);
    expect(await agrees(live, direct())).toBeGreaterThan(0);
  });

  it('takes a flood of 40,000 changes in without a queue that grows, and ends with what the server has', async () => {
    const live = await through();
    await make('hot');
    await live.ready();
    await until(() => expect(has(live, 'hot')).toBe(true));
    await until(() => expect(proxy.watching('/configmaps')).toBe(1));
    const hot = await cluster.request<KubeObject>('GET', `${configMaps}/hot`);
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    let most = 0;
    let sent = 0;
    while (sent < 40_000) {
      const lines = Array.from({ length: 500 }, () => {
        sent++;
        const metadata = { ...hot.metadata, name: `hot-${sent % 200}`, labels: { turn: String(sent) } };
        return { type: 'MODIFIED', object: { ...hot, metadata } };
      });
      // As a server would: what the client does not take in waits there.
      if (!proxy.inject('/configmaps', lines)) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, live.figures().waiting);
    }
    await until(() =>
      expect(live.inventory.get('ConfigMap', 'shop', 'hot-0')?.metadata.labels).toEqual({ turn: '40000' }),
    );
    delay.disable();
    expect(most).toBeLessThanOrEqual(3000);
    expect(live.figures().coalesced).toBeGreaterThan(10_000);
    // None of these is there: a new list says so.
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    proxy.inject('/configmaps', [{ type: 'ERROR', object: status }]);
    await until(() => expect(has(live, 'hot-0')).toBe(false));
    expect(has(live, 'hot')).toBe(true);
    expect(await agrees(live, direct())).toBeGreaterThan(0);
  });
});

function kubeconfigOf(server: string, user: object = { token: `token-of-${admin.name}` }): string {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-kubeconfig-'));
  const file = join(dir, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

function isDiscovery(path: string): boolean {
  return /^\/(?:api\/v1|apis|apis\/[^/]+\/[^/]+)$/.test(path);
}

/** Whatever goes wrong, nothing is listed without a limit, and nothing is asked for that must not be. */
function expectHarmless({ method, path, query, accept, isWatch }: ProxiedRequest): void {
  expect(method, path).toBe('GET');
  expect(path).not.toMatch(/proxy/);
  if (!isDiscovery(path)) expect(isWatch || Number(query.get('limit')) > 0, path).toBe(true);
  if (path.endsWith('/secrets')) expect(accept).toMatch(/as=(?:PartialObjectMetadata|Table)/);
}
