import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RbacSubject } from '../../src/inventory/index/rbac.ts';
import { AccessGraph } from '../../src/inventory/relations/access.ts';
import type { Action } from '../../src/inventory/relations/permissions.ts';
import { inventoryOf } from '../../src/inventory/relations/testing.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { binaries, KubeCluster } from './support/kube-cluster.ts';

const { folder, missing } = binaries();
const group = 'rbac.authorization.k8s.io';
const subjects: readonly RbacSubject[] = [
  { kind: 'ServiceAccount', namespace: 'one', name: 'robot' },
  { kind: 'ServiceAccount', namespace: 'two', name: 'robot' },
  { kind: 'User', namespace: '', name: 'jane' },
];
const groups = ['system:serviceaccounts', 'system:serviceaccounts:one', 'system:authenticated'];
const verbs = ['get', 'list', 'create', 'delete', '*'];
const apiGroups = ['', 'apps', '*'];
const resources = ['pods', 'pods/exec', 'deployments', 'secrets', '*', '*/exec'];
const names = ['a', 'b'];

const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1, maxLength: 2 });
const rule = fc.record({
  verbs: some(verbs),
  apiGroups: some(apiGroups),
  resources: some(resources),
  resourceNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: some(names) }),
});
const grant = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
  /** '' for a ClusterRoleBinding. */
  namespace: fc.constantFrom('', 'one', 'two'),
  isClusterRole: fc.boolean(),
  isAggregated: fc.boolean(),
  to: fc.oneof(
    fc.constantFrom(...subjects),
    fc.constantFrom(...groups).map((name): RbacSubject => ({ kind: 'Group', namespace: '', name })),
  ),
});
type Grant = typeof grant extends fc.Arbitrary<infer T> ? T : never;

/** The objects of one grant: the role, what it is aggregated from, and the binding. */
function objectsOf(
  { rules, namespace, isClusterRole, isAggregated, to }: Grant,
  index: number,
): KubeObject[] {
  const wide = isClusterRole || namespace === '';
  const name = `grant-${index}`;
  const place = (isWide: boolean) => (isWide ? {} : { namespace });
  const own = { apiVersion: `${group}/v1`, kind: wide ? 'ClusterRole' : 'Role' };
  const selector = { matchLabels: { [`to-${name}`]: 'yes' } };
  const role =
    wide && isAggregated
      ? [
          { ...own, metadata: { name }, rules: [], aggregationRule: { clusterRoleSelectors: [selector] } },
          { ...own, metadata: { name: `${name}-part`, labels: selector.matchLabels }, rules },
        ]
      : [{ ...own, metadata: { name, ...place(wide) }, rules }];
  const binding = {
    apiVersion: `${group}/v1`,
    kind: namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, ...place(namespace === '') },
    roleRef: { apiGroup: group, kind: own.kind, name },
    subjects: [
      to.kind === 'ServiceAccount'
        ? { kind: to.kind, namespace: to.namespace, name: to.name }
        : { kind: to.kind, apiGroup: group, name: to.name },
    ],
  };
  return [...role, binding];
}

function pathOf({ kind, metadata }: KubeObject): string {
  const plural = `${kind.toLowerCase()}s`;
  return metadata.namespace === undefined
    ? `/apis/${group}/v1/${plural}`
    : `/apis/${group}/v1/namespaces/${metadata.namespace}/${plural}`;
}

describe.skipIf(missing !== '')(`access, beside the API server's own answers${missing}`, () => {
  let cluster: KubeCluster;

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder);
    for (const name of ['one', 'two'])
      await cluster.request('POST', '/api/v1/namespaces', { metadata: { name } });
  });
  afterAll(async () => await cluster?.close());

  /** There is no controller here that fills in aggregated roles, so the test does. */
  async function put(objects: readonly KubeObject[]): Promise<void> {
    const parts = new Map(objects.map((object) => [object.metadata.name, object['rules']]));
    for (const object of objects) {
      const isWhole = object['aggregationRule'] !== undefined;
      await cluster.request(
        'POST',
        pathOf(object),
        isWhole ? { ...object, rules: parts.get(`${object.metadata.name}-part`) } : object,
      );
    }
  }

  async function remove(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects)
      await cluster.request('DELETE', `${pathOf(object)}/${object.metadata.name}`);
  }

  async function isAllowed(
    { kind, namespace, name }: RbacSubject,
    action: Action,
    place: string,
  ): Promise<boolean> {
    const account = [...groups.slice(0, 1), `system:serviceaccounts:${namespace}`, 'system:authenticated'];
    const [resource, subresource] = action.resource.split('/');
    const review = await cluster.request<{ status: { allowed: boolean } }>(
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: kind === 'ServiceAccount' ? `system:serviceaccount:${namespace}:${name}` : name,
          groups: kind === 'ServiceAccount' ? account : ['system:authenticated'],
          resourceAttributes: {
            verb: action.verb,
            group: action.group,
            resource,
            subresource,
            name: action.name,
            namespace: place,
          },
        },
      },
    );
    return review.status.allowed;
  }

  it('agrees on generated roles and bindings, for every subject and action', async () => {
    const actions: Action[] = ['get', 'list', 'create', 'delete'].flatMap((verb) => [
      { verb, group: '', resource: 'pods' },
      { verb, group: '', resource: 'pods/exec' },
      // A request to create has no name, although a review would take one.
      { verb, group: '', resource: 'secrets', ...(verb === 'create' ? {} : { name: 'a' }) },
      { verb, group: 'apps', resource: 'deployments' },
    ]);
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(grant, { minLength: 1, maxLength: 4 }), async (grants) => {
        const objects = grants.flatMap(objectsOf);
        const graph = new AccessGraph(inventoryOf(objects.map((one) => JSON.stringify(one)).join('\n---\n')));
        await put(objects);
        try {
          // The authorizer reads through watches of its own.
          await new Promise((resolve) => setTimeout(resolve, 150));
          for (const subject of subjects)
            for (const place of ['one', '']) {
              const answers = await Promise.all(actions.map((action) => isAllowed(subject, action, place)));
              asked += answers.length;
              const ours = actions.map((action) => graph.mayBy(subject, action, place) !== undefined);
              expect({ subject, place, allowed: actions.filter((_, i) => ours[i]) }).toEqual({
                subject,
                place,
                allowed: actions.filter((_, i) => answers[i]),
              });
            }
        } finally {
          await remove(objects);
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
    expect(asked).toBeGreaterThan(2000);
  });
});
