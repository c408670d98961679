import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../model/object.ts';
import { grantCheck } from './rbac.ts';

const check = grantCheck({
  rule: 'own',
  grant: { verbs: ['create', '*'], apiGroups: ['', '*'], resources: ['pods/exec'] },
  means: 'may run commands',
});

const role: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'debug' },
  rules: [
    { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
    { verbs: ['get', 'create'], apiGroups: [''], resources: ['pods', 'pods/exec'] },
  ],
};

function judge(binding: Record<string, unknown>, roles = [role]) {
  const whole = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    metadata: { name: 'b', namespace: 'shop' },
    ...binding,
  };
  const view = {
    get: (kind: string, namespace: string, name: string) =>
      roles.find(
        (o) => o.kind === kind && (o.metadata.namespace ?? '') === namespace && o.metadata.name === name,
      ),
    list: () => [],
  };
  return check.judge(whole as unknown as KubeObject, { view, inputs: {} });
}

const roleRef = { kind: 'ClusterRole', name: 'debug' };

describe('what subjects may do', () => {
  it('is a breach for each subject, once', () => {
    const ana = { kind: 'User', name: 'ana' };
    const ci = { kind: 'ServiceAccount', name: 'ci', namespace: 'shop' };
    const found = judge({ kind: 'RoleBinding', roleRef, subjects: [ana, ci, ana] });
    expect(found.map(({ message }) => message)).toEqual([
      'User ana may run commands, by ClusterRole debug',
      'ServiceAccount shop/ci may run commands, by ClusterRole debug',
    ]);
    expect(found[1]?.failedPaths).toEqual([
      'relatedObjects[1].rules[1].resources[1]',
      'relatedObjects[1].rules[1].verbs[1]',
      'relatedObjects[1].rules[1].apiGroups[0]',
      'relatedObjects[0].subjects[1]',
      'relatedObjects[0].roleRef.name',
    ]);
    expect(found[1]?.related).toEqual([expect.objectContaining({ kind: 'RoleBinding' }), role]);
  });

  it('is nothing without subjects, or when the role is not there', () => {
    expect(judge({ kind: 'ClusterRoleBinding', roleRef })).toEqual([]);
    expect(
      judge({ kind: 'ClusterRoleBinding', roleRef, subjects: [{ kind: 'User', name: 'a' }] }, []),
    ).toEqual([]);
  });

  it('looks for a Role in the namespace of the binding only', () => {
    const elsewhere = { ...role, kind: 'Role', metadata: { name: 'debug', namespace: 'other' } };
    const here = { ...elsewhere, metadata: { name: 'debug', namespace: 'shop' } };
    const binding = {
      kind: 'RoleBinding',
      roleRef: { kind: 'Role', name: 'debug' },
      subjects: [{ kind: 'User', name: 'a' }],
    };
    expect(judge(binding, [elsewhere])).toEqual([]);
    expect(judge(binding, [elsewhere, here])).toHaveLength(1);
  });
});
