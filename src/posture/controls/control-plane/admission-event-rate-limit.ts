import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listHas } from '../../flag-checks.ts';

export const admissionEventRateLimit = defineControl({
  id: 'C-0121',
  name: 'Ensure that the admission control plugin EventRateLimit is set',
  baseScore: 4,
  category: 'Control plane',
  why: 'A client gone wrong, or one that means harm, can fill etcd with events and slow the whole API down; this plugin limits how many are taken.',
  fix: 'Add `EventRateLimit` to `--enable-admission-plugins` and set limits in the file that `--admission-control-config-file` names.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-admission-control-plugin-EventRateLimit-is-set',
      component: 'kube-apiserver',
      judge: listHas('enable-admission-plugins', 'EventRateLimit'),
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
              command: [kube-apiserver, '--enable-admission-plugins=NodeRestriction,EventRateLimit']
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
                command: [kube-apiserver, --enable-admission-plugins=NodeRestriction]
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
                command: [kube-apiserver, --secure-port=6443]
        `,
        paths: ['spec.containers[0].command[2]'],
      },
    ],
  },
});
