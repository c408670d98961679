import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, workloadKinds } from '../../pod-spec.ts';

export const allowPrivilegeEscalation = defineControl({
  id: 'C-0016',
  name: 'Allow privilege escalation',
  baseScore: 6,
  category: 'Workload',
  why: 'Unless it is forbidden, a process may gain more rights than the one that started it, through setuid programs for one: a small hole in the application becomes root in the container.',
  fix: 'Set `allowPrivilegeEscalation: false` in the security context of each container, and do not run it privileged.',

  checks: [
    {
      rule: 'rule-allow-privilege-escalation',
      kinds: workloadKinds,
      judge(object, { view }) {
        const open = containersOf(object).filter(
          ({ container }) => container.securityContext?.allowPrivilegeEscalation !== false,
        );
        if (open.length === 0 || isForbiddenByPolicy(view)) return [];
        return open.map(({ path, label }) => ({
          message: `${label} may gain more rights than it starts with`,
          fixPaths: [
            { path: `${path}.securityContext.allowPrivilegeEscalation`, value: 'false' },
            { path: `${path}.securityContext.privileged`, value: 'false' },
          ],
        }));
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec: { containers: [{ name: web, securityContext: { allowPrivilegeEscalation: false } }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apps/v1
          kind: Deployment
          metadata: { name: shop }
          spec: { template: { spec: { containers: [{ name: web }] } } }
        `,
        paths: [
          'spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation',
          'spec.template.spec.containers[0].securityContext.privileged',
        ],
      },
    ],
  },
});

/** Clusters before Kubernetes 1.25: policies that all forbid it set the default for every pod. */
function isForbiddenByPolicy(view: ClusterView): boolean {
  const policies = view.list('PodSecurityPolicy');
  return policies.length > 0 && policies.every((policy) => forbids(policy['spec']));
}

function forbids(spec: unknown): boolean {
  return (spec as { allowPrivilegeEscalation?: boolean } | undefined)?.allowPrivilegeEscalation === false;
}
