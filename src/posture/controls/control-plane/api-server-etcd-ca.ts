import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerEtcdCa = defineControl({
  id: 'C-0140',
  name: 'Ensure that the API Server --etcd-cafile argument is set as appropriate',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without a CA for etcd the API server takes any server for etcd that answers at its address, and hands it every secret that is written.',
  fix: 'Set `--etcd-cafile` to the CA that signed etcd’s serving certificate.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-etcd-cafile-argument-is-set-as-appropriate',
      component: 'kube-apiserver',
      judge: required({ 'etcd-cafile': '<path/to/ca-file.crt>' }),
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
              command: [kube-apiserver, --etcd-cafile=/pki/etcd-ca.crt]
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
