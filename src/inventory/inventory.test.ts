import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import { Inventory } from './inventory.ts';
import { project } from './project.ts';
import type { SourceChange } from './source.ts';

const inventory = () => new Inventory({ cluster: 'test', clock: new VirtualClock(1000), log: silentLogger });

const pod = (name: string, fields: Readonly<Record<string, unknown>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', resourceVersion: '1' },
  ...fields,
});

const put = (object: KubeObject, source = 'a'): SourceChange => ({
  type: 'put',
  object,
  origin: { source },
  atMs: 5,
});

const key = (object: KubeObject) => keyOf(refOf(object));

describe('apply', () => {
  it('tells a batch of what is new, changed and gone, each with a cause of its own and its time', () => {
    const held = inventory();
    const batches: unknown[][] = [];
    held.subscribe((changes, info) => {
      expect(info).toEqual({ source: 'a', initial: batches.length === 0 });
      batches.push(
        changes.map(({ cause: _cause, object, ...change }) => ({ ...change, there: object !== undefined })),
      );
      expect(new Set(changes.map(({ cause }) => cause)).size).toBe(changes.length);
    });
    held.apply('a', [put(pod('x')), put(pod('y'))], { initial: true });
    held.apply('a', [
      put(pod('x')),
      put(pod('y', { spec: 1 })),
      { type: 'delete', key: key(pod('x')), atMs: 7 },
    ]);
    const ref = { group: '', kind: 'Pod', namespace: 'shop' };
    const origin = { source: 'a' };
    expect(batches).toEqual([
      [
        { atMs: 5, key: '/Pod/shop/x', ref: { ...ref, name: 'x' }, origin, there: true },
        { atMs: 5, key: '/Pod/shop/y', ref: { ...ref, name: 'y' }, origin, there: true },
      ],
      [
        { atMs: 5, key: '/Pod/shop/y', ref: { ...ref, name: 'y' }, origin, there: true },
        { atMs: 7, key: '/Pod/shop/x', ref: { ...ref, name: 'x' }, origin, there: false },
      ],
    ]);
  });

  it('tells nothing when only the version, the generation or the phase is other', () => {
    const held = inventory();
    const keep = { configMapValues: true };
    held.apply('a', [put(project(pod('x', { status: { phase: 'Pending' } }), keep))]);
    const later = pod('x', { status: { phase: 'Running', podIP: '10.0.0.1' } });
    const metadata = { ...later.metadata, resourceVersion: '2', generation: 3, managedFields: [{}] };
    expect(held.apply('a', [put(project({ ...later, metadata }, keep))])).toEqual([]);
    expect(held.object(key(later))).toEqual({ ...pod('x'), metadata: { name: 'x', namespace: 'shop' } });
  });

  it('does not let one source delete what another has put', () => {
    const held = inventory();
    held.apply('a', [put(pod('x'))]);
    held.apply('b', [put(pod('x', { spec: 1 }), 'b')]);
    expect(held.apply('a', [{ type: 'delete', key: key(pod('x')), atMs: 1 }])).toEqual([]);
    expect(held.size).toBe(1);
  });

  it('goes on when a listener throws', () => {
    const held = inventory();
    const seen: number[] = [];
    held.subscribe(() => {
      throw new Error('mine');
    });
    held.subscribe((changes) => void seen.push(changes.length));
    held.apply('a', [put(pod('x'))]);
    expect(seen).toEqual([1]);
  });

  it('ends up as a plain map would, whatever is put and deleted', () => {
    const names = fc.constantFrom('a', 'b', 'c');
    const object = fc.record({ name: names, namespace: fc.constantFrom('x', 'y'), spec: fc.jsonValue() });
    const step = fc.record({ deletes: fc.boolean(), object });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const held = new Inventory({
          cluster: 'test',
          clock: new VirtualClock(),
          log: silentLogger,
          parsedObjects: 1,
        });
        const model = new Map<string, KubeObject>();
        for (const { deletes, object } of steps) {
          const { name, namespace, spec } = JSON.parse(JSON.stringify(object)) as typeof object;
          const whole: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec };
          if (deletes) model.delete(key(whole));
          else model.set(key(whole), whole);
          held.apply('a', [deletes ? { type: 'delete', key: key(whole), atMs: 0 } : put(whole)]);
        }
        expect(held.size).toBe(model.size);
        expect([...held.keys()].sort()).toEqual([...model.keys()].sort());
        for (const [at, whole] of model) expect(held.object(at)).toEqual(whole);
        expect(held.list('Pod', 'x')).toHaveLength(
          [...model.keys()].filter((at) => at.startsWith('/Pod/x/')).length,
        );
        expect(held.list('Pod')).toHaveLength(model.size);
      }),
    );
  });
});

describe('as a view of the cluster', () => {
  it('finds by kind, namespace and name', () => {
    const held = inventory();
    held.apply('a', [
      put(pod('x')),
      put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }),
    ]);
    expect(held.get('Pod', 'shop', 'x')).toEqual(pod('x'));
    expect(held.get('Pod', 'other', 'x')).toBeUndefined();
    expect(held.list('Namespace')).toHaveLength(1);
    expect(held.list('Namespace', '')).toHaveLength(1);
    expect(held.list('Deployment')).toEqual([]);
    expect(held.counts()).toEqual(
      new Map([
        ['Pod', 1],
        ['Namespace', 1],
      ]),
    );
  });
});

describe('readiness', () => {
  it('comes when every source that announced itself has been read', () => {
    const held = inventory();
    let told = 0;
    held.onReady(() => {
      told += 1;
    });
    expect(held.ready).toBe(false);
    held.announce('a');
    held.announce('b');
    held.synced('a');
    expect([held.ready, told]).toEqual([false, 0]);
    held.synced('b');
    held.synced('b');
    expect([held.ready, told]).toEqual([true, 1]);
    held.onReady(() => {
      told += 1;
    });
    expect(told).toBe(2);
  });
});

it('kinds that cannot be read are told when they change only', () => {
  const held = inventory();
  const told: number[] = [];
  held.subscribeUnreadable((kinds) => void told.push(kinds.length));
  const secret = { group: '', kind: 'Secret', reason: '403', sinceMs: 1 };
  held.setUnreadable('a', [secret]);
  held.setUnreadable('a', [secret]);
  held.setUnreadable('b', []);
  held.setUnreadable('a', []);
  expect(told).toEqual([1, 0]);
});

it('a drill puts an object and takes it away', () => {
  const held = inventory();
  const change = held.inject(pod('drill'), { source: 'drill' });
  expect(change).toMatchObject({ key: '/Pod/shop/drill', atMs: 1000, origin: { source: 'drill' } });
  expect(held.remove('/Pod/shop/drill')).toMatchObject({ key: '/Pod/shop/drill' });
  expect(held.remove('/Pod/shop/drill')).toBeUndefined();
  expect(held.size).toBe(0);
});

describe('what is kept', () => {
  const keep = { configMapValues: false };

  it('never has values of secrets, nor the copy of the manifest that kubectl makes', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"k":"czNjcjN0"}}',
      a: 'b',
    };
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name: 's', annotations },
      data: { k: 'czNjcjN0', empty: '' },
      stringData: { j: 's3cr3t' },
    };
    const kept = project(secret, keep);
    expect(kept).toEqual({
      ...secret,
      metadata: { name: 's', annotations: { a: 'b' } },
      data: { k: '<withheld>', empty: '' },
      stringData: { j: '<withheld>' },
    });
  });

  it('has of status what tells of images, exposure and versions', () => {
    const of = (kind: string, status: unknown) => project({ ...pod('x'), kind, status }, keep)['status'];
    expect(
      of('Pod', { phase: 'Running', containerStatuses: [{ name: 'c', imageID: 'sha', ready: true }] }),
    ).toEqual({
      containerStatuses: [{ name: 'c', imageID: 'sha' }],
    });
    expect(of('Node', { nodeInfo: { kubeletVersion: 'v1' }, images: [1] })).toEqual({
      nodeInfo: { kubeletVersion: 'v1' },
    });
    expect(of('Deployment', { replicas: 1 })).toBeUndefined();
  });
});
