import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, reviewed } from '../../flag-checks.ts';

export const apiServerAuditLogMaxsize = defineControl({
  id: 'C-0133',
  name: 'Ensure that the API Server --audit-log-maxsize argument is set to 100 or as appropriate',
  baseScore: 4,
  category: 'Control plane',
  why: 'A log file is put away at this size. If it is too small, the limit on their number throws away entries that are still needed.',
  fix: 'Set `--audit-log-maxsize` (in megabytes) so that size times number of files covers the time that you need; the benchmark suggests 100.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-audit-log-maxsize-argument-is-set-to-100-or-as-appropriate',
      component: 'kube-apiserver',
      judge: reviewed('audit-log-maxsize', 'fails'),
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
              command: [kube-apiserver, --audit-log-maxsize=100]
      `,
    ],
  },
});
