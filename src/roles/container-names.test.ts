import { expect, it } from 'vitest';
import { Inventory } from '../inventory/inventory.ts';
import { systemClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { keyOf } from '../model/object.ts';
import { isStaleAt } from '../model/sample.ts';
import type { PoolConfig } from '../scrape/pool/pool-config.ts';
import { ScrapeCounts } from '../scrape/pool/scrape-counts.ts';
import { TargetSeries } from '../scrape/pool/target-series.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { ContainerNames } from './container-names.ts';

const uid = '0f0e0d0c-1111-2222-3333-444455556666';
const web = 'a1'.repeat(32);
const pause = 'b2'.repeat(32);
const slice = `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice`;
const empty = { container: '', image: '', namespace: '', pod: '' };
const series = (scope: string, more: Record<string, string> = {}) => ({
  ...{ __name__: 'container_memory_rss', id: `${slice}${scope}`, ...empty, ...more },
});
const ofWeb = { container: 'web', image: 'docker.io/library/nginx:1.27', namespace: 'shop', pod: 'web-1' };

function inventoryWith(statuses: readonly object[] | undefined) {
  const inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
  inventory.announce('test');
  const put = (containerStatuses: readonly object[]) =>
    inventory.apply(
      'test',
      [
        {
          type: 'put',
          object: {
            ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-1', namespace: 'shop', uid } },
            ...{ spec: { nodeName: 'worker-1' }, status: { containerStatuses } },
          },
          origin: { source: 'test' },
          atMs: 1,
        },
      ],
      { initial: false },
    );
  if (statuses !== undefined) put(statuses);
  inventory.synced('test');
  return { inventory, put };
}

const status = { name: 'web', image: 'docker.io/library/nginx:1.27', containerID: `containerd://${web}` };

it('names a container, its pod and its image by the ids of its cgroup', () => {
  const names = new ContainerNames(inventoryWith([status]).inventory);
  const scope = `/cri-containerd-${web}.scope`;
  expect(names.complete(series(scope))).toEqual({ labels: series(scope, ofWeb) });
});

it('leaves what the node told as it is, and other series alone', () => {
  const names = new ContainerNames(inventoryWith([status]).inventory);
  const scope = `/cri-containerd-${web}.scope`;
  const told = series(scope, { image: 'nginx@sha256:1', container: 'theirs' });
  const { labels } = names.complete(told);
  expect(labels).toEqual({ ...told, namespace: 'shop', pod: 'web-1' });
  for (const other of [
    { ...series(scope), __name__: 'node_load1' },
    { __name__: 'container_memory_rss', id: '/system.slice', ...empty },
    { __name__: 'container_scrape_error' },
  ])
    expect(names.complete(other)).toEqual({ labels: other });
});

it('knows the pod of a container that is in no status, and not its image', () => {
  const names = new ContainerNames(inventoryWith([status]).inventory);
  const scope = `/cri-containerd-${pause}.scope`;
  expect(names.complete(series(scope))).toEqual({
    labels: series(scope, { namespace: 'shop', pod: 'web-1' }),
    waitsFor: pause,
  });
  expect(names.knows(pause)).toBe(false);
});

it('forgets the containers of a pod that is gone', () => {
  const { inventory } = inventoryWith([status]);
  const names = new ContainerNames(inventory);
  const scope = `/cri-containerd-${web}.scope`;
  names.complete(series(scope));
  expect(names.knows(web)).toBe(true);
  inventory.remove(keyOf({ group: '', kind: 'Pod', namespace: 'shop', name: 'web-1' }));
  expect(names.knows(web)).toBe(false);
  expect(names.complete(series(scope))).toEqual({ labels: series(scope), waitsFor: web });
});

it('renames series as soon as the API server knows whose they are, and ends those without names', async () => {
  const { inventory, put } = inventoryWith(undefined);
  const store = new TimeSeriesStore({ clock: systemClock, log: silentLogger });
  const target = new TargetSeries(
    { job: 'kubelet', instance: 'worker-1' },
    { honor_labels: true, honor_timestamps: false, metric_relabel_configs: [] } as unknown as PoolConfig,
    { store, counts: new ScrapeCounts(), completer: new ContainerNames(inventory) },
  );
  const line = `container_memory_rss{id="${slice}/cri-containerd-${web}.scope",container="",image="",namespace="",pod=""} 7\n`;
  const atMs = Date.now();
  const scrape = (after: number) =>
    target.take({ body: Buffer.from(line), format: 'text' }, atMs + after, atMs + after);
  const told = () =>
    [
      ...store.select({
        matchers: [{ name: '__name__', op: '=', value: 'container_memory_rss' }],
        fromMs: 0,
        toMs: atMs + 1e6,
      }),
    ].map(({ labels, values }) => ({
      image: labels['image'],
      values: [...values].map((value, i) => (isStaleAt(values, i) ? 'stale' : value)),
    }));
  await scrape(0);
  await scrape(1000);
  expect(told()).toEqual([{ image: undefined, values: [7, 7] }]);
  put([status]);
  await scrape(2000);
  await scrape(3000);
  expect(told()).toEqual([
    { image: undefined, values: [7, 7, 'stale'] },
    { image: ofWeb.image, values: [7, 7] },
  ]);
});
