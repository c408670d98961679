import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultKinds, endpointKinds, kindsFor } from '../cluster/kinds.ts';
import { type Permission, permissionsOf, rulesOf } from './permission.ts';
import { roleManifests } from './role-manifests.ts';
import { pluralOf, watchPermissions } from './watch-permissions.ts';

const permission = (changes: Partial<Permission>): Permission => ({
  ...{ group: '', resource: 'pods', verbs: ['list', 'watch'], scope: 'cluster', purpose: 'to see' },
  ...changes,
});

describe('the resource of a kind', () => {
  it.each([
    ['Pod', 'pods'],
    ['NetworkPolicy', 'networkpolicies'],
    ['Gateway', 'gateways'],
    ['Ingress', 'ingresses'],
    ['StorageClass', 'storageclasses'],
    ['Endpoints', 'endpoints'],
    ['EndpointSlice', 'endpointslices'],
    ['CSIStorageCapacity', 'csistoragecapacities'],
  ])('of %s is %s', (kind, resource) => {
    expect(pluralOf(kind)).toBe(resource);
  });
});

describe('rules', () => {
  it('are one for all resources of a group with the same verbs, in order', () => {
    const permissions = ['services', 'pods', 'pods'].map((resource) => permission({ resource }));
    expect(rulesOf([...permissions, permission({ group: 'apps', resource: 'deployments' })])).toEqual([
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['list', 'watch'] },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] },
    ]);
  });

  it('have the verbs of all who need a resource, and give by name only what is not given on all', () => {
    const [all, named] = [
      permission({ verbs: ['get'] }),
      permission({ verbs: ['get', 'update'], names: ['b', 'a'] }),
    ];
    expect(rulesOf([permission({ verbs: ['list'] }), all, named])).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['pods'], resourceNames: ['a', 'b'], verbs: ['update'] },
    ]);
  });

  it('give exactly what was asked for, whatever that is', () => {
    const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
    const one = fc.record({
      group: fc.constantFrom('', 'apps'),
      resource: fc.constantFrom('pods', 'leases'),
      verbs: some(['get', 'list', 'watch']),
      names: fc.oneof(fc.constant(undefined), some(['a', 'b'])),
    });
    const cells = (
      of: readonly {
        group: string;
        resource: string;
        verbs: readonly string[];
        names?: readonly string[] | undefined;
      }[],
    ) =>
      new Set(
        of.flatMap(({ group, resource, verbs, names }) =>
          // What is given on all objects is given on each.
          verbs.flatMap((verb) =>
            (names ?? ['*', 'a', 'b']).map((name) => `${verb} ${resource}.${group} ${name}`),
          ),
        ),
      );
    fc.assert(
      fc.property(fc.array(one, { maxLength: 6 }), (asked) => {
        const permissions = asked.map(({ names, ...rest }) =>
          permission({ ...rest, ...(names === undefined ? {} : { names }) }),
        );
        expect(cells(permissionsOf(rulesOf(permissions), { scope: 'cluster', purpose: '' }))).toEqual(
          cells(asked),
        );
      }),
    );
  });
});

describe('what watching takes', () => {
  const all = watchPermissions([...kindsFor(['Lease', 'Secret', 'PersistentVolumeClaim']), ...endpointKinds]);

  it('is to list and to watch, and nothing else: no values by name, no writes, no wildcard, no proxy', () => {
    for (const { verbs, resource, group } of all) {
      expect(verbs).toEqual(['list', 'watch']);
      expect(`${resource}.${group}`).not.toMatch(/[*/]/);
    }
  });

  it('does not reach Secrets unless a control needs them', () => {
    expect(watchPermissions(kindsFor([])).map(({ resource }) => resource)).not.toContain('secrets');
    expect(all.find(({ resource }) => resource === 'secrets')?.purpose).toMatch(/only metadata/);
  });

  it('is known for each kind', () => {
    expect(watchPermissions(defaultKinds).length).toBe(defaultKinds.length);
  });
});

describe('the manifests', () => {
  const subject = { kind: 'ServiceAccount', namespace: 'skopos', name: 'skopos' } as const;

  it('bind a role of the own namespace only where something is needed there', () => {
    const options = { name: 'skopos', namespace: 'skopos', subject };
    const kinds = (of: readonly Permission[]) => roleManifests(of, options).map(({ kind }) => kind);
    expect(kinds([permission({})])).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    expect(kinds([permission({ scope: 'own-namespace' })])).toEqual(['Role', 'RoleBinding']);
  });

  it('bind users and groups by their API group, service accounts by their namespace', () => {
    const bound = (of: Parameters<typeof roleManifests>[1]['subject']) =>
      roleManifests([permission({})], { name: 'x', namespace: '', subject: of })[1]?.['subjects'];
    expect(bound(subject)).toEqual([subject]);
    expect(bound({ kind: 'User', name: 'jane' })).toEqual([
      { kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' },
    ]);
  });
});
