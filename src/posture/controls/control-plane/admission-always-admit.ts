import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listLacks } from '../../flag-checks.ts';

export const admissionAlwaysAdmit = defineControl({
  id: 'C-0122',
  name: 'Ensure that the admission control plugin AlwaysAdmit is not set',
  baseScore: 8,
  category: 'Control plane',
  why: 'AlwaysAdmit lets every request pass. It is deprecated and only stands in the way of those who believe that something is checked.',
  fix: 'Take `AlwaysAdmit` out of `--enable-admission-plugins`; nothing needs it, and nothing else changes.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-admission-control-plugin-AlwaysAdmit-is-not-set',
      component: 'kube-apiserver',
      judge: listLacks('enable-admission-plugins', 'AlwaysAdmit'),
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
              command: [kube-apiserver, --enable-admission-plugins=NodeRestriction]
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
                command: [kube-apiserver, '--enable-admission-plugins=AlwaysAdmit,NodeRestriction']
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
                command: [kube-apiserver, --enable-admission-plugins=AlwaysAdmit]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
