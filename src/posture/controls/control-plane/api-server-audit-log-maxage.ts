import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { atLeast, flagCheck } from '../../flag-checks.ts';

export const apiServerAuditLogMaxage = defineControl({
  id: 'C-0131',
  name: 'Ensure that the API Server --audit-log-maxage argument is set to 30 or as appropriate',
  baseScore: 4,
  category: 'Control plane',
  why: 'Intruders are often noticed weeks later. Audit logs that have been deleted by then cannot tell what they did.',
  fix: 'Set `--audit-log-maxage=30` or more, and give the logs’ volume the room for it.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-audit-log-maxage-argument-is-set-to-30-or-as-appropriate',
      component: 'kube-apiserver',
      judge: atLeast('audit-log-maxage', 30),
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
              command: [kube-apiserver, --audit-log-maxage=30]
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
                command: [kube-apiserver, --audit-log-maxage=5]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
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
