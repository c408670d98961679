import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import { InventoryIndex } from './inventory-index.ts';
import { labelSelector } from './selectors.ts';

const object = (
  kind: string,
  name: string,
  fields: Readonly<Record<string, unknown>> = {},
  metadata: Readonly<Record<string, unknown>> = {},
  apiVersion = 'v1',
): KubeObject => ({ apiVersion, kind, metadata: { name, namespace: 'shop', ...metadata }, ...fields });

function indexOf(...objects: readonly KubeObject[]) {
  const held = new Map<string, KubeObject>();
  const index = new InventoryIndex((key) => held.get(key));
  const put = (each: KubeObject) => {
    const ref = refOf(each);
    held.set(keyOf(ref), each);
    index.put(keyOf(ref), ref, each);
  };
  const remove = (key: string) => {
    held.delete(key);
    index.delete(key);
  };
  for (const each of objects) put(each);
  return { index, put, remove };
}

const ownedBy = (kind: string, name: string, apiVersion: string) => ({
  ownerReferences: [{ apiVersion, kind, name, controller: true }],
});

describe('owners', () => {
  const pod = object('Pod', 'cart-1-a', {}, ownedBy('ReplicaSet', 'cart-1', 'apps/v1'));
  const set = object('ReplicaSet', 'cart-1', {}, ownedBy('Deployment', 'cart', 'apps/v1'), 'apps/v1');
  const deployment = object('Deployment', 'cart', {}, {}, 'apps/v1');

  it('are followed to the top, in whatever order objects come', () => {
    const { index, put, remove } = indexOf(pod);
    expect(index.owners.top('/Pod/shop/cart-1-a')).toMatchObject({ kind: 'ReplicaSet', name: 'cart-1' });
    put(set);
    put(deployment);
    expect(index.owners.top('/Pod/shop/cart-1-a')).toMatchObject({
      group: 'apps',
      kind: 'Deployment',
      name: 'cart',
    });
    expect(index.owners.descendants('apps/Deployment/shop/cart')).toEqual([
      'apps/ReplicaSet/shop/cart-1',
      '/Pod/shop/cart-1-a',
    ]);
    remove('apps/ReplicaSet/shop/cart-1');
    expect(index.owners.top('/Pod/shop/cart-1-a')).toMatchObject({ kind: 'ReplicaSet' });
    expect(index.owners.top('/Pod/shop/none')).toBeUndefined();
  });

  it('that own each other end somewhere, and a static pod belongs to its node', () => {
    const { index } = indexOf(
      object('A', 'a', {}, ownedBy('B', 'b', 'v1')),
      object('B', 'b', {}, ownedBy('A', 'a', 'v1')),
      object('Pod', 'static', {}, ownedBy('Node', 'n1', 'v1')),
    );
    expect(index.owners.top('/A/shop/a')).toBeDefined();
    expect(index.owners.top('/Pod/shop/static')).toEqual({
      group: '',
      kind: 'Node',
      namespace: '',
      name: 'n1',
    });
  });
});

describe('selectors', () => {
  const template = (labels: Readonly<Record<string, string>>) => ({
    spec: { template: { metadata: { labels } } },
  });

  it('join network policies and services with pods and templates of their namespace', () => {
    const { index, put } = indexOf(
      object('Deployment', 'cart', template({ app: 'cart' }), {}, 'apps/v1'),
      object('Pod', 'cart-1', {}, { labels: { app: 'cart' } }),
      object('Pod', 'cart-2', {}, { labels: { app: 'cart' }, namespace: 'other' }),
      object('NetworkPolicy', 'all', { spec: { podSelector: {} } }, {}, 'networking.k8s.io/v1'),
      object('Service', 'cart', { spec: { selector: { app: 'cart' } } }),
      object('Service', 'by-hand', { spec: {} }),
    );
    const both = ['apps/Deployment/shop/cart', '/Pod/shop/cart-1'];
    expect(index.selectors.selected('networking.k8s.io/NetworkPolicy/shop/all')).toEqual(both);
    expect(index.selectors.selected('/Service/shop/cart')).toEqual(both);
    expect(index.selectors.selected('/Service/shop/by-hand')).toEqual([]);
    expect(index.selectors.selecting('/Pod/shop/cart-1', 'Service')).toEqual(['/Service/shop/cart']);
    expect(index.selectors.selecting('/Pod/other/cart-2', 'NetworkPolicy')).toEqual([]);
    put(object('Pod', 'cart-1', {}, { labels: { app: 'other' } }));
    expect(index.selectors.selecting('/Pod/shop/cart-1', 'Service')).toEqual([]);
  });

  it.each([
    [{ operator: 'In', key: 'a', values: ['1', '2'] }, [true, false, false]],
    [{ operator: 'NotIn', key: 'a', values: ['1'] }, [false, true, true]],
    [{ operator: 'Exists', key: 'a' }, [true, true, false]],
    [{ operator: 'DoesNotExist', key: 'a' }, [false, false, true]],
    [{ operator: 'Near', key: 'a' }, [false, false, false]],
  ])('understand %o', (expression, answers) => {
    const test = labelSelector({ matchExpressions: [expression] });
    expect(
      [{ a: '1' }, { a: '3' }, { b: '1' }].map((labels) => test(labels as Record<string, string>)),
    ).toEqual(answers);
  });
});

describe('namespaces', () => {
  it('are known by declaration and by use', () => {
    const declared = { ...object('Namespace', 'shop'), metadata: { name: 'shop', labels: { tier: 'web' } } };
    const { index, remove } = indexOf(
      object('Pod', 'a'),
      object('Pod', 'b', {}, { namespace: 'x' }),
      declared,
    );
    expect(index.namespaces.all()).toEqual([
      { name: 'shop', labels: { tier: 'web' }, declared: true, objects: 1 },
      { name: 'x', labels: {}, declared: false, objects: 1 },
    ]);
    remove('/Pod/x/b');
    remove('/Namespace//shop');
    expect(index.namespaces.all()).toEqual([{ name: 'shop', labels: {}, declared: false, objects: 1 }]);
  });
});

describe('rbac', () => {
  const rbac = 'rbac.authorization.k8s.io/v1';
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
  const binding = (
    kind: string,
    name: string,
    role: readonly [string, string],
    subjects: readonly unknown[],
  ) =>
    object(
      kind,
      name,
      { roleRef: { kind: role[0], name: role[1] }, subjects },
      kind === 'RoleBinding' ? {} : { namespace: undefined },
      rbac,
    );
  const account = { kind: 'ServiceAccount', namespace: 'shop', name: 'cart' } as const;

  it('gives a subject what bindings grant it, its groups included', () => {
    const { index, remove } = indexOf(
      object('Role', 'reader', { rules }, {}, rbac),
      binding(
        'RoleBinding',
        'a',
        ['Role', 'reader'],
        [
          { kind: 'ServiceAccount', name: 'cart' },
          { kind: 'User', name: 'ann' },
        ],
      ),
      binding(
        'ClusterRoleBinding',
        'b',
        ['ClusterRole', 'unread'],
        [{ kind: 'Group', name: 'system:serviceaccounts:shop' }],
      ),
    );
    const grants = index.rbac.grantsOf(account);
    expect(
      grants.map(({ binding, namespace, rules }) => [binding.name, namespace, rules?.[0]?.resources]),
    ).toEqual([
      ['a', 'shop', ['secrets']],
      ['b', '', undefined],
    ]);
    expect(index.rbac.subjects()).toHaveLength(3);
    expect(index.rbac.bindingsOfRole('rbac.authorization.k8s.io/Role/shop/reader')).toHaveLength(1);
    remove('rbac.authorization.k8s.io/RoleBinding/shop/a');
    expect(index.rbac.grantsOf(account).map(({ binding }) => binding.name)).toEqual(['b']);
  });
});

it('after any puts and deletes it answers as one made afresh of what is left', () => {
  const labels = fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'));
  const any = fc.record({
    kind: fc.constantFrom('Pod', 'Service'),
    name: fc.constantFrom('x', 'y', 'z'),
    labels,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), any)), (steps) => {
      const { index, put, remove } = indexOf();
      const left = new Map<string, KubeObject>();
      for (const [deletes, { kind, name, labels }] of steps) {
        const each = object(kind, name, { spec: { selector: labels } }, { labels });
        const key = keyOf(refOf(each));
        if (deletes) {
          remove(key);
          left.delete(key);
        } else {
          put(each);
          left.set(key, each);
        }
      }
      const fresh = indexOf(...left.values()).index;
      for (const key of left.keys()) {
        expect([...index.selectors.selected(key)].sort()).toEqual([...fresh.selectors.selected(key)].sort());
        expect(index.owners.top(key)).toEqual(fresh.owners.top(key));
      }
      expect(index.namespaces.all()).toEqual(fresh.namespaces.all());
    }),
  );
});

it('malformed objects are held without harm', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Pod', 'Service', 'NetworkPolicy', 'RoleBinding', 'Deployment'),
      fc.jsonValue(),
      fc.jsonValue(),
      (kind, spec, more) => {
        const { index, remove } = indexOf(
          object(kind, 'x', { spec, subjects: more, roleRef: spec }, { labels: more, ownerReferences: more }),
        );
        index.owners.top(`/${kind}/shop/x`);
        remove(`/${kind}/shop/x`);
      },
    ),
  );
});
