import { type Component, endOf, flagOf } from '../../component-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type FlagBreach, flagCheck } from '../../flag-checks.ts';

export const minimalAuditPolicy = defineControl({
  id: 'C-0160',
  name: 'Ensure that a minimal audit policy is created',
  baseScore: 5,
  category: 'Control plane',
  why: 'Without an audit policy the API server records nothing, and what happened in the cluster cannot be found out afterwards.',
  fix: 'Write an audit policy, name it with `--audit-policy-file`, and say with `--audit-log-path` or a webhook where events go.',

  checks: [
    flagCheck({
      rule: 'k8s-audit-logs-enabled-native-cis',
      component: 'kube-apiserver',
      judge: missingPolicy,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, --audit-policy-file=/etc/kubernetes/audit.yaml]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --secure-port=6443]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
    ],
  },
});

/** There is nothing to set it to: the policy has to be written first. */
function missingPolicy(server: Component): FlagBreach | undefined {
  if (flagOf(server, 'audit-policy-file') !== undefined) return undefined;
  return { message: '--audit-policy-file is not set, so that nothing is audited', failed: [endOf(server)] };
}
