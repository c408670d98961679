import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath, stablePathOf, valueAt } from './paths.ts';

const pod = {
  spec: {
    containers: [{ name: 'web', image: 'a' }, { name: 'side', image: 'b' }, { image: 'c' }],
    twins: [{ name: 'x' }, { name: 'x' }],
  },
  metadata: { annotations: { 'example.com/a.b': 'yes' }, labels: { 'say "hi"': '1' } },
};

describe('a path', () => {
  it.each([
    ['', []],
    ['spec.containers[0].image', ['spec', 'containers', 0, 'image']],
    ['metadata.annotations["example.com/a.b"]', ['metadata', 'annotations', 'example.com/a.b']],
    ["metadata.annotations['example.com/a.b']", ['metadata', 'annotations', 'example.com/a.b']],
    ['metadata.labels[example.com/a.b]', ['metadata', 'labels', 'example.com/a.b']],
    ['[2].name', [2, 'name']],
    ['a[x].b', ['a', 'x', 'b']],
  ])('%j is read step by step', (path, steps) => {
    expect(parsePath(path)).toEqual(steps);
  });

  it('finds the value it names, and nothing where nothing is', () => {
    expect(valueAt(pod, 'spec.containers[1].image')).toBe('b');
    expect(valueAt(pod, 'metadata.annotations["example.com/a.b"]')).toBe('yes');
    expect(valueAt(pod, 'spec.containers[9].image')).toBeUndefined();
    expect(valueAt(pod, 'spec.containers.length')).toBe(3);
    expect(valueAt(pod, 'spec.constructor')).toBeUndefined();
    expect(valueAt(pod, '')).toBe(pod);
  });

  it.each([
    ['spec.containers[0].image', 'spec.containers[name=web].image'],
    ['spec.containers[2].image', 'spec.containers[2].image'],
    ['spec.containers[7].image', 'spec.containers[7].image'],
    ['spec.twins[1]', 'spec.twins[1]'],
    ['metadata.annotations["example.com/a.b"]', 'metadata.annotations["example.com/a.b"]'],
    ['metadata.labels["say \\"hi\\""]', 'metadata.labels["say \\"hi\\""]'],
    ['', ''],
  ])('%j names list items: %j', (path, stable) => {
    expect(stablePathOf(pod, path)).toBe(stable);
  });

  it('is the same for an item wherever it stands in its list', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(names, (list) => {
        const of = (order: string[], name: string) =>
          stablePathOf({ items: order.map((n) => ({ name: n })) }, `items[${order.indexOf(name)}].image`);
        for (const name of list) expect(of(list, name)).toBe(of(list.toReversed(), name));
      }),
    );
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string(), (path) => void [valueAt(pod, path), stablePathOf(pod, path)]));
  });
});
