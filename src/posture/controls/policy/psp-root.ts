import { fieldsOf, podSecurityPolicyCheck } from '../../checks/pod-security-policies.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const pspRoot = defineControl({
  id: 'C-0218',
  name: 'Minimize the admission of root containers',
  baseScore: 6,
  category: 'Workload',
  why: 'Root in a container is root on the node once it gets out; every policy allows it.',
  fix: 'Have at least one policy with `runAsUser.rule: MustRunAsNonRoot`, or a range that leaves 0 out. PodSecurityPolicy is gone since Kubernetes 1.25: use Pod Security Admission there.',

  checks: [
    podSecurityPolicyCheck('psp-deny-root-container', (spec) => !forbidsRoot(fieldsOf(spec['runAsUser'])), {
      message: 'no policy forbids pods to run as root, and this one allows it',
      deletePaths: ['spec.runAsUser.rule'],
      failedPaths: ['spec.runAsUser.rule'],
      fixPaths: [],
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: policy/v1beta1
        kind: PodSecurityPolicy
        metadata: { name: default }
        spec: { runAsUser: { rule: MustRunAsNonRoot } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: policy/v1beta1
          kind: PodSecurityPolicy
          metadata: { name: default }
          spec: { runAsUser: { rule: RunAsAny } }
        `,
        paths: ['spec.runAsUser.rule'],
      },
    ],
  },
});

function forbidsRoot({ rule, ranges }: Readonly<Record<string, unknown>>): boolean {
  if (rule === 'MustRunAsNonRoot') return true;
  const list = itemsOf(ranges as readonly { min?: unknown }[] | undefined);
  return rule === 'MustRunAs' && list.some(({ item: { min } }) => typeof min === 'number' && min > 0);
}
