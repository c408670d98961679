import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerServiceAccountKeyFile = defineControl({
  id: 'C-0136',
  name: 'Ensure that the API Server --service-account-key-file argument is set as appropriate',
  baseScore: 5,
  category: 'Control plane',
  why: 'Without a key of its own for them, tokens of service accounts are checked with the key of the TLS certificate, and the two cannot be changed apart from each other.',
  fix: 'Set `--service-account-key-file` to the public half of the key that signs tokens of service accounts.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-service-account-key-file-argument-is-set-as-appropriate',
      component: 'kube-apiserver',
      judge: required({ 'service-account-key-file': '<path/to/key.pub>' }),
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
              command: [kube-apiserver, --service-account-key-file=/pki/sa.pub]
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
