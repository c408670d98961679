import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const controllerManagerRootCa = defineControl({
  id: 'C-0148',
  name: 'Ensure that the Controller Manager --root-ca-file argument is set as appropriate',
  baseScore: 7,
  category: 'Control plane',
  why: 'Pods check the API server’s certificate with the CA that is handed to them from this file. Without it they trust whoever answers.',
  fix: 'Set `--root-ca-file` to the CA of the API server’s serving certificate.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-controller-manager-root-ca-file-argument-is-set-as-appropriate',
      component: 'kube-controller-manager',
      judge: required({ 'root-ca-file': '<path/to/key/ca.crt>' }),
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
              command: [kube-controller-manager, --root-ca-file=/pki/ca.crt]
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
