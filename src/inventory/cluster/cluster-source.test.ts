import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KubeServer, type ServedObject } from '../../../test/support/kube-server.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { Inventory } from '../inventory.ts';
import { ClusterSource, type ClusterSourceOptions } from './cluster-source.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const pod = (name: string, image = 'x:1'): ServedObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', managedFields: [{ manager: 'kubectl', note: 'x'.repeat(100) }] },
  spec: { containers: [{ name: 'c', image }] },
});

async function server(): Promise<KubeServer> {
  const started = new KubeServer();
  await started.start();
  cleanups.push(() => started.stop());
  return started;
}

async function watching(api: KubeServer, options: Partial<ClusterSourceOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'skopos-kube-'));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, api.kubeconfig());
  const inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
  const news: string[] = [];
  let batches = 0;
  inventory.subscribe((changes, { initial }) => {
    batches += 1;
    for (const { object, ref } of changes)
      news.push(`${initial ? 'initial ' : ''}${object === undefined ? '-' : '+'}${ref.name}`);
  });
  const access = { kubeconfig };
  const base = { access, inventory, clock: systemClock, log: silentLogger, refusalRetryMs: 60 };
  const source = new ClusterSource({ ...base, ...options });
  const stop = new AbortController();
  const run = source.run(stop.signal);
  cleanups.push(async () => {
    stop.abort();
    await run;
    await rm(folder, { recursive: true });
  });
  const ready = () => until(() => expect(inventory.ready).toBe(true));
  return { inventory, source, news, ready, batchCount: () => batches, stop, run };
}

async function until(check: () => void, timeoutMs = 15_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (Date.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }
}

const podKeys = (inventory: Inventory) => inventory.keysOf('cluster', '', 'Pod').map((key) => key.slice(10));

describe('listing', () => {
  it('goes page by page, is a baseline, and drops what need not be held', async () => {
    const api = await server();
    for (let i = 0; i < 7; i++) api.put(pod(`p${i}`));
    const { inventory, ready, news } = await watching(api, { pageSize: 3 });
    await ready();
    expect(inventory.size).toBe(7);
    expect(news.every((entry) => entry.startsWith('initial +'))).toBe(true);
    const lists = api.requests.filter(
      ({ path, query }) => path === '/api/v1/pods' && query.get('watch') === null,
    );
    expect(lists.map(({ query }) => query.get('limit'))).toEqual(['3', '3', '3']);
    expect(inventory.get('Pod', 'shop', 'p3')).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
    expect(JSON.stringify(inventory.get('Pod', 'shop', 'p3'))).not.toContain('managedFields');
  });

  it('never asks without a limit, nor for nodes/proxy, and for secrets asks only for metadata', async () => {
    const api = await server();
    api.put({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
      data: { k: 'dmFsdWU=' },
    });
    const { inventory, ready } = await watching(api);
    await ready();
    for (const { path, query } of api.requests) {
      expect(path).not.toContain('proxy');
      const isDiscovery = path === '/apis' || /^\/(?:api|apis\/[^/]+)\/v1$/.test(path);
      if (!isDiscovery) expect(query.get('watch') ?? query.get('limit')).not.toBeNull();
    }
    const secrets = api.requests.filter(({ path }) => path === '/api/v1/secrets');
    expect(secrets.every(({ accept }) => accept.includes('as=PartialObjectMetadata'))).toBe(true);
    expect(inventory.get('Secret', 'shop', 's')).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
    });
  });

  it('keeps the keys of config maps, and their values only when told to', async () => {
    const api = await server();
    const data = { password: 'hunter2', empty: '' };
    api.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' }, data });
    const without = await watching(api);
    const keeping = await watching(api, { keepConfigMapValues: true });
    await without.ready();
    await keeping.ready();
    expect(without.inventory.get('ConfigMap', 'shop', 'c')).toMatchObject({
      data: { password: '<withheld>', empty: '' },
    });
    expect(keeping.inventory.get('ConfigMap', 'shop', 'c')).toMatchObject({ data });
  });

  it('starts over when a continue token expires half way', async () => {
    const api = await server();
    for (let i = 0; i < 6; i++) api.put(pod(`p${i}`));
    let pages = 0;
    const { inventory, ready } = await watching(api, { pageSize: 2 });
    inventory.subscribe(() => {
      pages += 1;
      if (pages !== 1) return;
      api.expire('pods');
      api.delete('Pod', 'shop', 'p0');
    });
    await ready();
    await until(() => expect(podKeys(inventory).sort()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']));
  });
});

describe('watching', () => {
  it('tells puts and deletes, a burst as one batch, and nothing for a new version of the same', async () => {
    const api = await server();
    api.put(pod('a'));
    const { ready, news, batchCount } = await watching(api);
    await ready();
    await until(() => expect(api.watching('pods')).toBe(1));
    const before = batchCount();
    news.length = 0;
    api.put(pod('a'));
    for (let i = 0; i < 20; i++) api.put(pod(`b${i}`));
    api.delete('Pod', 'shop', 'a');
    await until(() => expect(news).toHaveLength(21));
    expect(news).toContain('-a');
    expect(news.filter((entry) => entry !== '-a')).toEqual(Array.from({ length: 20 }, (_, i) => `+b${i}`));
    expect(batchCount() - before).toBeLessThan(10);
  });

  it('goes on from the last version when the server closes, also after a bookmark', async () => {
    const api = await server();
    const { ready, news } = await watching(api);
    await ready();
    for (let round = 0; round < 4; round++) {
      await until(() => expect(api.watching('pods')).toBe(1));
      api.put(pod(`p${round}`));
      await until(() => expect(news).toContain(`+p${round}`));
      if (round === 2) {
        api.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
        api.bookmark('pods');
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      api.closeWatches('pods', round === 1);
      api.put(pod(`between${round}`));
      await until(() => expect(news).toContain(`+between${round}`));
    }
    const pods = api.requests.filter(({ path }) => path === '/api/v1/pods');
    expect(pods.filter(({ query }) => query.get('watch') === null)).toHaveLength(1);
    expect(
      pods.every(({ query }) => query.get('watch') === null || query.get('allowWatchBookmarks') === 'true'),
    ).toBe(true);
  });

  it.each(['in the answer', 'in the stream'])('lists again on 410 %s, and loses no delete', async (where) => {
    const api = await server();
    for (const name of ['stays', 'goes', 'changes']) api.put(pod(name));
    const { ready, news, inventory } = await watching(api);
    await ready();
    await until(() => expect(api.watching('pods')).toBe(1));
    news.length = 0;
    const change = () => {
      api.delete('Pod', 'shop', 'goes');
      api.put(pod('changes', 'x:2'));
      api.put(pod('new'));
    };
    if (where === 'in the stream') api.expireInStream('pods');
    else api.closeWatches('pods');
    // Nobody is watching now, and what happens is forgotten before anybody does again.
    expect(api.watching('pods')).toBe(0);
    change();
    api.expire('pods');
    await until(() => expect([...news].sort()).toEqual(['+changes', '+new', '-goes']));
    expect(podKeys(inventory).sort()).toEqual(['changes', 'new', 'stays']);
    await until(() => expect(api.watching('pods')).toBe(1));
  });

  it('survives rubbish in the stream', async () => {
    const api = await server();
    const { ready, news } = await watching(api);
    await ready();
    await until(() => expect(api.watching('pods')).toBe(1));
    api.sendRaw('pods', '{"type": "ADD\n');
    await until(() => expect(api.watching('pods')).toBe(0));
    api.put(pod('after'));
    await until(() => expect(news).toContain('+after'));
  });
});

describe('a kind that is refused', () => {
  it('is one of all: the inventory is ready then, with everything unreadable', async () => {
    const api = await server();
    const kinds = ['Pod', 'Secret'].map((kind) => ({ group: '', kind }));
    const mine = ['pods', 'secrets'];
    for (const plural of mine) api.fail(plural, { status: 403, reason: 'Forbidden' });
    api.put(pod('a'));
    const { inventory, ready, source } = await watching(api, { kinds });
    await ready();
    expect(inventory.unreadable().map(({ kind }) => kind)).toEqual(['Pod', 'Secret']);
    expect(source.status()).toMatchObject({ state: 'failed', message: /planned failure 403/ });
    for (const plural of mine) api.mend(plural);
    await until(() => expect([...inventory.keys()]).toEqual(['/Pod/shop/a']));
    await until(() => expect(inventory.unreadable()).toEqual([]));
  });

  it('is unreadable with a reason, the rest goes on, and it is read once allowed', async () => {
    const api = await server();
    api.put(pod('a'));
    api.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'shop' } });
    const message = 'secrets is forbidden: User "x" cannot list resource "secrets"';
    api.fail('secrets', { status: 403, reason: 'Forbidden', message });
    const { inventory, ready, source, news } = await watching(api);
    const told: number[] = [];
    inventory.subscribeUnreadable((kinds) => void told.push(kinds.length));
    await ready();
    expect(inventory.unreadable()).toMatchObject([
      {
        group: '',
        kind: 'Secret',
        reason: expect.stringMatching(/403: we may not list and watch secrets; grant it/),
      },
    ]);
    expect(source.status()).toMatchObject({ state: 'degraded', message: /cannot read Secret/ });
    expect(inventory.get('Pod', 'shop', 'a')).toBeDefined();
    api.mend('secrets');
    await until(() => expect(inventory.unreadable()).toEqual([]));
    await until(() => expect(source.status().state).toBe('ok'));
    expect(news).toContain('initial +s');
    expect(told.at(-1)).toBe(0);
  });

  it('that the cluster does not have is unreadable, unless it is optional', async () => {
    const api = await server();
    const kinds = [
      { group: '', kind: 'Pod' },
      { group: 'example.com', kind: 'Wanted' },
      { group: 'cilium.io', kind: 'CiliumNetworkPolicy', optional: true },
    ];
    const { inventory, ready } = await watching(api, { kinds, rediscoverMs: 50 });
    await ready();
    expect(inventory.unreadable()).toMatchObject([
      { kind: 'Wanted', reason: /has no Wanted of example.com/ },
    ]);
    const group = 'cilium.io';
    api.serve({
      group,
      version: 'v2',
      kind: 'CiliumNetworkPolicy',
      plural: 'ciliumnetworkpolicies',
      namespaced: true,
    });
    api.put({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'c', namespace: 'shop' },
    });
    await until(() => expect(inventory.get('CiliumNetworkPolicy', 'shop', 'c')).toBeDefined());
  });
});

describe('a server in trouble', () => {
  it('that asks to wait is not asked again before', async () => {
    const api = await server();
    api.put(pod('a'));
    api.fail('pods', { status: 429, retryAfterSeconds: 1, times: 1 });
    const startMs = Date.now();
    const { ready, inventory } = await watching(api);
    await until(() => expect(inventory.get('Pod', 'shop', 'a')).toBeDefined());
    expect(Date.now() - startMs).toBeGreaterThan(950);
    await ready();
  });

  it('that is not there is said so, and found when it comes', async () => {
    const api = new KubeServer();
    await api.start();
    const { port } = api;
    await api.stop();
    const later = new KubeServer();
    Object.defineProperty(later, 'url', { value: `http://127.0.0.1:${port}` });
    const { source, ready, inventory } = await watching(later);
    await until(() =>
      expect(source.status()).toMatchObject({ state: 'failed', message: /cannot reach .*ECONNREFUSED/ }),
    );
    expect(inventory.ready).toBe(false);
    await later.start(port);
    cleanups.push(() => later.stop());
    later.put(pod('a'));
    await ready();
    await until(() => expect(inventory.get('Pod', 'shop', 'a')).toBeDefined());
    expect(source.status().state).toBe('ok');
  });

  it('that restarts is found again, with what changed meanwhile', async () => {
    const api = await server();
    api.put(pod('a'));
    const { source, ready, news } = await watching(api);
    await ready();
    await until(() => expect(api.watching('pods')).toBe(1));
    const { port } = api;
    await api.stop();
    await until(() => expect(source.status()).toMatchObject({ state: 'failed', message: /cannot reach/ }));
    const again = new KubeServer();
    again.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'filler' } });
    again.put(pod('b'));
    again.expire('pods');
    await again.start(port);
    cleanups[0] = () => again.stop();
    await until(() => expect(news).toEqual(expect.arrayContaining(['-a', '+b'])));
    await until(() => expect(source.status().state).toBe('ok'));
  });

  it('that is just starting and does not list all groups yet is asked again, although its mark stays the same', async () => {
    const api = await server();
    api.discoveryMark = '"all"';
    api.startingGroups.add('apps');
    const { source, inventory } = await watching(api, { rediscoverMs: 1000 });
    await until(() =>
      expect(source.status()).toMatchObject({ state: 'degraded', message: /has no Deployment of apps/ }),
    );
    api.startingGroups.clear();
    await until(() => expect(source.status().state).toBe('ok'));
    expect(inventory.unreadable()).toEqual([]);
  });

  it('that does not accept the token is said so', async () => {
    const api = await server();
    const { source } = await watching(api, {});
    api.token = 'another';
    api.closeWatches();
    await until(() => expect(source.status()).toMatchObject({ state: 'failed', message: /401/ }));
    expect(JSON.stringify(source.status())).not.toContain('test-token');
  });
});

it('keeps the version of the API server where it is asked for, as it is at the time', async () => {
  const api = await server();
  api.gitVersion = 'v1.24.4';
  const { inventory, ready } = await watching(api, { keepServerInfo: true, rediscoverMs: 20 });
  await ready();
  const version = () => inventory.get('APIServerInfo', '', 'version')?.['data'];
  expect(version()).toMatchObject({ gitVersion: 'v1.24.4' });
  api.gitVersion = 'v1.24.5';
  await until(() => expect(version()).toMatchObject({ gitVersion: 'v1.24.5' }));
  // What is not told any more stands as it was told last.
  api.gitVersion = '';
  const asked = () => api.requests.filter(({ path }) => path === '/version').length;
  const before = asked();
  await until(() => expect(asked()).toBeGreaterThan(before + 1));
  expect(version()).toMatchObject({ gitVersion: 'v1.24.5' });

  const other = await watching(api);
  await other.ready();
  expect(other.inventory.get('APIServerInfo', '', 'version')).toBeUndefined();
});

it('stops at once when told to', async () => {
  const api = await server();
  const { ready, stop, run } = await watching(api);
  await ready();
  const startMs = Date.now();
  stop.abort();
  await run;
  expect(Date.now() - startMs).toBeLessThan(1000);
  await until(() => expect(api.watching('pods')).toBe(0));
});
