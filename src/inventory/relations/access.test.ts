import { describe, expect, it } from 'vitest';
import { AccessGraph } from './access.ts';
import { parseSubject, subjectKeyOf } from './subjects.ts';
import { account, inventoryOf } from './testing.ts';

const graphOf = (yaml: string) => new AccessGraph(inventoryOf(yaml));
const cart = parseSubject('sa:shop/cart');
const secrets = { verb: 'get', group: '', resource: 'secrets' };

describe('whoMay', () => {
  it('names whom a binding names, with the binding and the role', () => {
    const graph = graphOf(account('cart', '[{verbs: [get], apiGroups: [""], resources: [secrets]}]'));
    expect(
      graph.whoMay(secrets, 'shop').map(({ subject, permission }) => ({
        subject: subjectKeyOf(subject),
        binding: permission.binding.name,
        role: permission.role.kind,
      })),
    ).toEqual([{ subject: 'ServiceAccount/shop/cart', binding: 'cart', role: 'Role' }]);
  });

  it('knows no one where the binding is in another namespace', () => {
    const graph = graphOf(account('cart', '[{verbs: [get], apiGroups: [""], resources: [secrets]}]'));
    expect(graph.whoMay(secrets, 'bank')).toEqual([]);
    expect(graph.whoMay(secrets, '')).toEqual([]);
  });

  it('tells a group by its own name, and its members when they are asked for', () => {
    const graph = graphOf(`
{apiVersion: v1, kind: ServiceAccount, metadata: {name: cart, namespace: shop}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: Group, name: 'system:serviceaccounts:shop', apiGroup: rbac.authorization.k8s.io}]
`);
    expect(graph.whoMay(secrets, 'bank').map(({ subject }) => subject.name)).toEqual([
      'system:serviceaccounts:shop',
    ]);
    expect(graph.mayBy(cart, secrets, 'bank')?.named.name).toBe('system:serviceaccounts:shop');
    expect(graph.mayBy(parseSubject('sa:bank/cart'), secrets, 'bank')).toBeUndefined();
  });

  it('puts every user that is signed in into the group of those', () => {
    const graph = graphOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, name: 'system:authenticated'}]
`);
    expect(graph.mayBy(parseSubject('user:jane'), secrets, '')).toBeDefined();
    expect(graph.mayBy(parseSubject('user:system:anonymous'), secrets, '')).toBeUndefined();
  });
});

describe('rules', () => {
  const may = (rules: string, action: { verb: string; group: string; resource: string; name?: string }) =>
    graphOf(account('cart', rules)).mayBy(cart, action, 'shop') !== undefined;

  it('that name objects allow those alone, and never to make one', () => {
    const rules = '[{verbs: [get, create], apiGroups: [""], resources: [secrets], resourceNames: [one]}]';
    expect(may(rules, { ...secrets, name: 'one' })).toBe(true);
    expect(may(rules, { ...secrets, name: 'two' })).toBe(false);
    expect(may(rules, secrets)).toBe(false);
    expect(may(rules, { ...secrets, verb: 'create', name: 'one' })).toBe(false);
  });

  it('that name objects allow to make a part of those', () => {
    const rules = '[{verbs: [create], apiGroups: [""], resources: [pods/exec], resourceNames: [one]}]';
    expect(may(rules, { verb: 'create', group: '', resource: 'pods/exec', name: 'one' })).toBe(true);
  });

  it('of a resource do not allow its parts, and a star before a part allows that part of all', () => {
    const exec = { verb: 'create', group: '', resource: 'pods/exec' };
    expect(may('[{verbs: [create], apiGroups: [""], resources: [pods]}]', exec)).toBe(false);
    expect(may('[{verbs: [create], apiGroups: [""], resources: ["*/exec"]}]', exec)).toBe(true);
    expect(may('[{verbs: [create], apiGroups: [""], resources: ["*"]}]', exec)).toBe(true);
    expect(may('[{verbs: [create], apiGroups: [apps], resources: ["*"]}]', exec)).toBe(false);
  });

  it('of an aggregated role are those of the roles that it selects', () => {
    const graph = graphOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: whole}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {part: 'yes'}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: part, labels: {part: 'yes'}}
rules: [{verbs: [get], apiGroups: [''], resources: [secrets]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: whole, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: whole}
subjects: [{kind: ServiceAccount, name: cart, namespace: shop}]
`);
    expect(graph.mayBy(cart, secrets, 'shop')?.role.name).toBe('whole');
    expect(graph.mayBy(cart, secrets, '')).toBeUndefined();
  });

  it.each([
    ['view', false, false],
    ['edit', true, false],
    ['admin', true, true],
  ])('of the role %s are known without the role, as every cluster has it', (name, readsSecrets, binds) => {
    const graph = graphOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: known, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name}}
subjects: [{kind: ServiceAccount, name: cart}]
`);
    const bind = { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' };
    expect(graph.mayBy(cart, { verb: 'list', group: 'apps', resource: 'deployments' }, 'shop')).toBeDefined();
    expect(graph.mayBy(cart, secrets, 'shop') !== undefined).toBe(readsSecrets);
    expect(graph.mayBy(cart, bind, 'shop') !== undefined).toBe(binds);
  });

  it('of a role that is not there are told as unknown', () => {
    const graph = graphOf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: gone, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone}
subjects: [{kind: ServiceAccount, name: cart}]
`);
    expect(graph.permissionsOf(cart)).toEqual([]);
    expect(graph.unknownRolesOf(cart).map(({ role }) => role.name)).toEqual(['gone']);
  });
});

describe('parseSubject', () => {
  it('takes what people and Kubernetes write, and its own keys', () => {
    const expected = { kind: 'ServiceAccount', namespace: 'shop', name: 'cart' };
    for (const text of [
      'sa:shop/cart',
      'serviceaccount:shop/cart',
      'system:serviceaccount:shop:cart',
      'ServiceAccount/shop/cart',
    ])
      expect(parseSubject(text), text).toEqual(expected);
    expect(parseSubject('user:jane@example.org')).toEqual({
      kind: 'User',
      namespace: '',
      name: 'jane@example.org',
    });
    expect(parseSubject('group:system:masters')).toEqual({
      kind: 'Group',
      namespace: '',
      name: 'system:masters',
    });
    expect(parseSubject('User//a/b')).toEqual({ kind: 'User', namespace: '', name: 'a/b' });
  });

  it.each(['', 'cart', 'sa:cart', 'sa:/cart', 'user:', 'pod:shop/cart'])(
    'refuses "%s", and says what it expects',
    (text) => {
      expect(() => parseSubject(text)).toThrow(/serviceaccount:shop\/cart/);
    },
  );
});
