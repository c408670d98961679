import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerEtcdClientCertificate = defineControl({
  id: 'C-0137',
  name: 'Ensure that the API Server --etcd-certfile and --etcd-keyfile arguments are set as appropriate',
  baseScore: 8,
  category: 'Control plane',
  why: 'etcd holds everything, secrets included. If the API server shows it no certificate, etcd has to answer anyone who can reach it.',
  fix: 'Set `--etcd-certfile` and `--etcd-keyfile` to a client certificate that etcd’s CA has signed, and let etcd ask for one.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-etcd-certfile-and-etcd-keyfile-arguments-are-set-as-appropriate',
      component: 'kube-apiserver',
      judge: required({
        'etcd-certfile': '<path/to/client-certificate-file.crt>',
        'etcd-keyfile': '<path/to/client-key-file.key>',
      }),
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
              command: [kube-apiserver, --etcd-certfile=/pki/etcd-client.crt, --etcd-keyfile=/pki/etcd-client.key]
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
        paths: ['spec.containers[0].command[2]', 'spec.containers[0].command[3]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --etcd-certfile=/pki/etcd-client.crt]
        `,
        paths: ['spec.containers[0].command[3]'],
      },
    ],
  },
});
