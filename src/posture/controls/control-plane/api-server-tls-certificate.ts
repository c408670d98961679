import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerTlsCertificate = defineControl({
  id: 'C-0138',
  name: 'Ensure that the API Server --tls-cert-file and --tls-private-key-file arguments are set as appropriate',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without them the API server makes a certificate of its own that no client can check, so that all have to be told to trust anyone.',
  fix: 'Set `--tls-cert-file` and `--tls-private-key-file` to a certificate of the cluster’s CA with the names that clients use.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-tls-cert-file-and-tls-private-key-file-arguments-are-set-as-appropriate',
      component: 'kube-apiserver',
      judge: required({
        'tls-cert-file': '<path/to/tls-certificate-file.crt>',
        'tls-private-key-file': '<path/to/tls-key-file.key>',
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
              command: [kube-apiserver, --tls-cert-file=/pki/apiserver.crt, --tls-private-key-file=/pki/apiserver.key]
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
                command: [kube-apiserver, --tls-private-key-file=/pki/apiserver.key]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
    ],
  },
});
