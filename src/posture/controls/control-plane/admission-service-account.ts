import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listLacks } from '../../flag-checks.ts';

export const admissionServiceAccount = defineControl({
  id: 'C-0125',
  name: 'Ensure that the admission control plugin ServiceAccount is set',
  baseScore: 3,
  category: 'Control plane',
  why: 'The plugin gives pods their service account and its token. Without it workloads run without an identity, and someone will hand them keys by other means.',
  fix: 'Take `ServiceAccount` out of `--disable-admission-plugins`; it is on by default.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-admission-control-plugin-ServiceAccount-is-set',
      component: 'kube-apiserver',
      judge: listLacks('disable-admission-plugins', 'ServiceAccount'),
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
              command: [kube-apiserver, --secure-port=6443]
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
                command: [kube-apiserver, '--disable-admission-plugins=ServiceAccount,DefaultStorageClass']
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
                command: [kube-apiserver, --disable-admission-plugins=ServiceAccount]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
