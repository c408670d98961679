import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerClientCa = defineControl({
  id: 'C-0139',
  name: 'Ensure that the API Server --client-ca-file argument is set as appropriate',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without a CA for clients the API server cannot check their certificates, and people and components need weaker credentials.',
  fix: 'Set `--client-ca-file` to the CA that signs the certificates of clients.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-client-ca-file-argument-is-set-as-appropriate',
      component: 'kube-apiserver',
      judge: required({ 'client-ca-file': '<path/to/client-ca.crt>' }),
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
              command: [kube-apiserver, --client-ca-file=/pki/ca.crt]
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
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver]
                args: [--secure-port=6443]
        `,
        paths: ['spec.containers[0].args[1]'],
      },
    ],
  },
});
