import { describe, expect, it } from 'vitest';
import { type ImageEntry, newEntry } from '../../images/live/image-entries.ts';
import { type ImageSummary, type KeptMatch, summaryOf } from '../../images/live/live-image.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { systemClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import type { KubeObject } from '../../model/object.ts';
import { ImageBook } from './image-book.ts';

const owner = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, controller: true }];
const spec = { containers: [{ name: 'web', image: 'shop/web:1' }] };
const objects: readonly KubeObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { template: { spec } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-1', namespace: 'shop', ownerReferences: owner('Deployment', 'web') },
    spec: { template: { spec } },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1-x', namespace: 'shop', ownerReferences: owner('ReplicaSet', 'web-1') },
    spec,
  },
];
const [deployment, replicaSet] = objects as readonly [KubeObject, KubeObject, KubeObject];
const workload = 'apps/Deployment/shop/web';

function bookOf(from: 'pods' | 'manifests' = 'pods') {
  const inventory = new Inventory({ cluster: 'c', clock: systemClock, log: silentLogger });
  const atMs = systemClock.now();
  inventory.announce('cluster');
  inventory.apply(
    'cluster',
    objects.map((object) => ({ type: 'put', object, origin: { source: 'cluster' }, atMs })),
  );
  return { inventory, book: new ImageBook({ inventory, from }) };
}

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

function match(id: string): KeptMatch {
  return {
    ...{ id, aliases: [], namespace: '', severity: 'Critical', knownExploited: false, risk: 50 },
    fix: { state: 'fixed', versions: ['2'] },
    package: { type: 'deb', name: 'openssl', version: '1', purl: '' },
  };
}

function summary(
  letter: string,
  matches: readonly KeptMatch[],
  more: Partial<ImageSummary> = {},
): ImageSummary {
  const result = summaryOf({
    ...{
      digest: digest(letter),
      database: 'd',
      matchedAtMs: 1,
      state: 'complete',
      reasons: [],
      isWhole: true,
    },
    ...{ packages: 1, matches, ignored: [] },
    image: { builtAtMs: 0, sizeBytes: 0, distribution: '' },
  });
  return { ...result, ...more };
}

/** An image that runs as the container `web` of the workload. */
function entry(letter: string, more: Partial<ImageEntry> = {}): ImageEntry {
  const named = { reference: `shop/web@${digest(letter)}`, platform: 'linux/amd64', repository: 'shop/web' };
  const ref = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' };
  return {
    ...newEntry(named, 'c'),
    uses: [{ ...named, image: 'shop/web:1', workload: ref, container: 'web' }],
    ...more,
  };
}

const done = (letter: string, known: ImageSummary) =>
  entry(letter, { phase: 'done', digest: digest(letter), summary: known });

describe('the book of images', () => {
  it('tells an image by the workload at the top, the container and the name as it is written', () => {
    const { book } = bookOf();
    const changed = book.take([done('a', summary('a', [match('CVE-1')]))]);
    expect([...changed.keys()]).toEqual([workload]);
    for (const object of [deployment, replicaSet])
      expect(book.imagesOf(object, 'web', 'shop/web:1')).toMatchObject([
        { name: 'shop/web:1 (sha256:aaaaaaaaaaaa)', gap: '', grave: { critical: { count: 1 } } },
      ]);
    const none = 'no container of it is known to have started, and what runs is told by those that have';
    expect(book.imagesOf(deployment, 'web', 'shop/web:2')).toEqual([{ name: 'shop/web:2', gap: none }]);
    expect(book.imagesOf(deployment, 'other', 'shop/web:1')).toEqual([{ name: 'shop/web:1', gap: none }]);
  });

  it('tells every image that a tag stands for', () => {
    const { book } = bookOf();
    book.take([done('a', summary('a', [])), done('b', summary('b', [match('CVE-1')]))]);
    expect(book.imagesOf(deployment, 'web', 'shop/web:1').map(({ grave }) => grave?.critical.count)).toEqual([
      0, 1,
    ]);
  });

  it.each([
    ['it has not been scanned yet', entry('a')],
    ['it could not be scanned: 401', entry('a', { phase: 'failed', problem: '401' })],
    [
      'not all of it is known: two.jar',
      done('a', summary('a', [], { state: 'partial', reasons: ['two.jar'] })),
    ],
    [
      'its vulnerabilities are not known: There is no data.',
      done('a', summary('a', [], { state: 'unknown', reasons: ['There is no data.'], database: '' })),
    ],
  ])('says in words why not all is known: %s', (gap, one) => {
    const { book } = bookOf();
    book.take([one]);
    expect(book.imagesOf(deployment, 'web', 'shop/web:1')).toMatchObject([{ gap }]);
  });

  it('says when nobody is to look, when there are too many, and when pods cannot be read', () => {
    const { book, inventory } = bookOf();
    const gap = () => book.imagesOf(deployment, 'web', 'shop/web:1')[0]?.gap;
    book.take([entry('a')], { heldBecause: 'the cluster says so' });
    expect(gap()).toBe('it is not scanned: the cluster says so');
    book.take([], { isFull: true });
    expect(gap()).toContain('images.max_images');
    inventory.setUnreadable('cluster', [{ group: '', kind: 'Pod', reason: '403', sinceMs: 0 }]);
    expect(gap()).toBe('pods cannot be read: 403');
    expect(bookOf('manifests').book.imagesOf(deployment, 'web', 'shop/web:1')[0]?.gap).toBe(
      'it has not been scanned yet',
    );
  });

  it('reports a workload only when something else is to be told of it', () => {
    const { book } = bookOf();
    const one = done('a', summary('a', [match('CVE-1')]));
    book.take([one]);
    expect(book.take([one]).size).toBe(0);
    // As after other data that says the same of it.
    expect(
      book.take([{ ...one, summary: summary('a', [match('CVE-1')], { matchedAtMs: 2, risk: 60 }) }]).size,
    ).toBe(0);
    // A second pod, and another workload beside it.
    const [use] = one.uses;
    if (use === undefined) throw new Error('it is used');
    const other = { ...use, workload: { ...use.workload, name: 'other' } };
    expect(book.take([{ ...one, uses: [use, { ...use }] }]).size).toBe(0);
    expect([...book.take([{ ...one, uses: [use, other] }]).keys()]).toEqual(['apps/Deployment/shop/other']);
    const worse = summary('a', [match('CVE-1'), match('CVE-2')]);
    expect(book.take([{ ...one, uses: [use, other], summary: worse }]).size).toBe(2);
    expect([...book.take([])].map(([key, images]) => [key, images.size])).toEqual([
      [workload, 1],
      ['apps/Deployment/shop/other', 1],
    ]);
    expect(book.imagesOf(deployment, 'web', 'shop/web:1')[0]?.grave).toBeUndefined();
  });
});
