import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerAuditLogPath = defineControl({
  id: 'C-0130',
  name: 'Ensure that the API Server --audit-log-path argument is set',
  baseScore: 7,
  category: 'Control plane',
  why: 'Without a place for the audit log nobody can tell afterwards who changed what, nor notice an intruder at work.',
  fix: 'Set `--audit-log-path` to a file on a volume that outlives the pod, together with an audit policy, and ship it to another machine.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-audit-log-path-argument-is-set',
      component: 'kube-apiserver',
      judge: required({ 'audit-log-path': '/var/log/apiserver/audit.log' }),
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
              command: [kube-apiserver, --audit-log-path=/var/log/audit.log]
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
