import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../model/object.ts';
import { stateText } from './exposition.ts';
import { resources } from './resources/index.ts';
import { selectFamilies } from './select-families.ts';
import { namespaceFilter, type SeriesListener, type StateObject, StateObjects } from './state-objects.ts';

const kinds = selectFamilies(
  resources.filter(({ resource }) => resource === 'pods' || resource === 'namespaces'),
  { labelsAllowlist: { pods: ['*'] } },
).map((resource) => ({ group: '', kind: resource.resource === 'pods' ? 'Pod' : 'Namespace', resource }));

const containers = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    restartCount: fc.nat(3),
    state: fc.constantFrom({ running: {} }, { waiting: { reason: 'x' } }, {}),
  }),
  { maxLength: 3 },
);

/** Any state of one of three pods. */
const pod: fc.Arbitrary<KubeObject> = fc
  .record({
    name: fc.constantFrom('p', 'q', 'r'),
    uid: fc.constantFrom('1', '2'),
    labels: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2')),
    phase: fc.constantFrom('', 'Pending', 'Running'),
    containers,
  })
  .map(({ name, uid, labels, phase, containers: containerStatuses }) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n', uid, labels },
    spec: { containers: containerStatuses },
    status: { phase, containerStatuses },
  }));

const step = fc.oneof(
  pod.map((object) => ({ object })),
  fc.constantFrom('p', 'q', 'r').map((gone) => ({ gone })),
);

/** Follows what it is told, as a store would. */
class Follower implements SeriesListener {
  readonly values = new Map<string, number>();

  onValue({ resource, rendered }: StateObject, i: number): void {
    const name = resource.families[rendered.families[i] ?? -1]?.name;
    this.values.set(`${name}{${rendered.identity},${rendered.labels[i]}}`, rendered.values[i] ?? Number.NaN);
  }

  onGone({ resource, rendered }: StateObject, i: number): void {
    const name = resource.families[rendered.families[i] ?? -1]?.name;
    expect(this.values.delete(`${name}{${rendered.identity},${rendered.labels[i]}}`)).toBe(true);
  }
}

const nobody: SeriesListener = { onValue() {}, onGone() {} };
const textOf = (objects: StateObjects): string =>
  [...stateText(objects, { openMetrics: false })].join('').split('\n').sort().join('\n');

describe('series of objects', () => {
  it('are the same after any changes as when they are rendered afresh, and changes alone lead there', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const objects = new StateObjects({ kinds });
        const follower = new Follower();
        const last = new Map<string, KubeObject>();
        for (const one of steps) {
          if ('gone' in one) {
            objects.delete('', 'Pod', `/Pod/n/${one.gone}`, follower);
            last.delete(one.gone);
          } else {
            objects.put(one.object, follower);
            last.set(one.object.metadata.name, one.object);
          }
        }
        const fresh = new StateObjects({ kinds });
        const followed = new Follower();
        for (const object of last.values()) fresh.put(object, followed);
        expect(textOf(objects)).toBe(textOf(fresh));
        expect(new Map([...follower.values].sort())).toEqual(new Map([...followed.values].sort()));
        expect(objects.series).toBe(fresh.series);
      }),
    );
  });

  it('end when a list says that the object is not there', () => {
    const objects = new StateObjects({ kinds });
    for (const name of ['a', 'b'])
      objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, nobody);
    objects.keepOnly('', 'Namespace', new Set(['/Namespace//b']), nobody);
    expect(textOf(objects)).not.toContain('"a"');
    expect(textOf(objects)).toContain('"b"');
  });

  it('are of the namespaces that are wanted, and of what is in none', () => {
    const namespaced = (namespace?: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', ...(namespace === undefined ? {} : { namespace }) },
    });
    const of = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const some = namespaceFilter(['a', 'b'], ['b']);
    expect(
      [namespaced('a'), namespaced('b'), namespaced('c'), namespaced(), of('a'), of('c')].map(some),
    ).toEqual([...[true, false, false, true, true, false]]);
    expect(namespaceFilter([], [])(namespaced('c'))).toBe(true);
  });
});

describe('the text', () => {
  const objects = new StateObjects({ kinds });
  objects.put(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'n', uid: '1', labels: { quote: 'a"b\\c\n' } },
      status: { containerStatuses: [{ name: 'c', restartCount: 2 }] },
    },
    nobody,
  );
  objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }, nobody);
  const text = (choice: object) => [...stateText(objects, { openMetrics: false, ...choice })].join('');

  it('has each metric once, with what it is, before all of its series', () => {
    const heads = text({})
      .split('\n')
      .filter((line) => line.startsWith('# TYPE'));
    expect(new Set(heads).size).toBe(heads.length);
    expect(text({})).toContain(
      '# TYPE kube_pod_container_status_restarts_total counter\nkube_pod_container_status_restarts_total{namespace="n",pod="p",uid="1",container="c"} 2\n',
    );
    expect(text({})).toContain('label_quote="a\\"b\\\\c\\n"');
  });

  it('of OpenMetrics names counters without their end, and has an end', () => {
    const open = text({ openMetrics: true });
    expect(open).toContain(
      '# TYPE kube_pod_container_status_restarts counter\nkube_pod_container_status_restarts_total{',
    );
    expect(open.endsWith('\n# EOF\n')).toBe(true);
  });

  it('is of the resources that are asked for', () => {
    expect(text({ resources: ['namespaces'] })).not.toContain('kube_pod');
    expect(text({ excluded: ['namespaces'] })).not.toContain('kube_namespace');
    expect(text({ resources: ['none'] })).toBe('');
  });
});
