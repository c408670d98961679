import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, reviewed } from '../../flag-checks.ts';

export const apiServerAuditLogMaxbackup = defineControl({
  id: 'C-0132',
  name: 'Ensure that the API Server --audit-log-maxbackup argument is set to 10 or as appropriate',
  baseScore: 4,
  category: 'Control plane',
  why: 'Old audit logs are deleted once there are more of them than this, whatever their age: too few, and a busy hour wipes out what happened before.',
  fix: 'Set `--audit-log-maxbackup` so that the files together reach back as far as you need; the benchmark suggests 10.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-audit-log-maxbackup-argument-is-set-to-10-or-as-appropriate',
      component: 'kube-apiserver',
      judge: reviewed('audit-log-maxbackup', 'fails'),
    }),
  ],

  examples: {
    pass: [],
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
    unknown: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, --audit-log-maxbackup=10]
      `,
    ],
  },
});
