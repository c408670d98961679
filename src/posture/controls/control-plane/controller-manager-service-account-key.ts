import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const controllerManagerServiceAccountKey = defineControl({
  id: 'C-0147',
  name: 'Ensure that the Controller Manager --service-account-private-key-file argument is set as appropriate',
  baseScore: 6,
  category: 'Control plane',
  why: 'Without a signing key of their own, tokens of service accounts depend on another key and cannot be made worthless by changing theirs.',
  fix: 'Set `--service-account-private-key-file` to the private half of the key that the API server checks tokens with.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-controller-manager-service-account-private-key-file-argument-is-set-as-appropriate',
      component: 'kube-controller-manager',
      judge: required({ 'service-account-private-key-file': '<path/to/key/filename.key>' }),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-controller-manager-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-controller-manager
              command: [kube-controller-manager, --service-account-private-key-file=/pki/sa.key]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-controller-manager-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-controller-manager
                command: [kube-controller-manager, --leader-elect=true]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
    ],
  },
});
