import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, mustNotBeSet } from '../../flag-checks.ts';

export const apiServerTokenAuthFile = defineControl({
  id: 'C-0114',
  name: 'Ensure that the API Server --token-auth-file parameter is not set',
  baseScore: 8,
  category: 'Control plane',
  why: 'Tokens of a static file never expire, lie on the disk in clear text, and can only be taken back by a restart of the API server.',
  fix: 'Take `--token-auth-file` out, and give people certificates or an identity provider (OIDC) and programs service accounts instead.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-token-auth-file-parameter-is-not-set',
      component: 'kube-apiserver',
      judge: mustNotBeSet('token-auth-file'),
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
                command: [kube-apiserver, --token-auth-file=/etc/kubernetes/tokens.csv]
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
                command: [kube-apiserver, --secure-port=6443 --token-auth-file=/etc/kubernetes/tokens.csv]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
