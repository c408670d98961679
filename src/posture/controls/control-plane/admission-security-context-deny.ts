import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listHas } from '../../flag-checks.ts';

export const admissionSecurityContextDeny = defineControl({
  id: 'C-0124',
  name: 'Ensure that the admission control plugin SecurityContextDeny is set if PodSecurityPolicy is not used',
  baseScore: 4,
  category: 'Control plane',
  why: 'Where no policy for pods is enforced, anyone who may create one can make it run as root on the node; this plugin refused such pods in old clusters.',
  fix: 'Up to Kubernetes 1.24 use PodSecurityPolicy, or add `SecurityContextDeny` to `--enable-admission-plugins`. Kubernetes 1.30 has neither and does not start with the plugin: enforce Pod Security Standards with labels of namespaces, and except this control.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-admission-control-plugin-SecurityContextDeny-is-set-if-PodSecurityPolicy-is-not-used',
      component: 'kube-apiserver',
      judge: listHas('enable-admission-plugins', 'SecurityContextDeny', ['PodSecurityPolicy']),
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
              command: [kube-apiserver, --enable-admission-plugins=SecurityContextDeny]
      `,
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, '--enable-admission-plugins=NodeRestriction,PodSecurityPolicy']
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
