import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listHas } from '../../flag-checks.ts';

export const denyServiceExternalIps = defineControl({
  id: 'C-0283',
  name: 'Ensure that the API Server --DenyServiceExternalIPs is set',
  baseScore: 4,
  category: 'Control plane',
  why: 'Whoever may create a Service can claim any address with `externalIPs` and receive the traffic that the cluster sends to it (CVE-2020-8554).',
  fix: 'Add `DenyServiceExternalIPs` to `--enable-admission-plugins`; use Services of type LoadBalancer where addresses from outside are needed.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-DenyServiceExternalIPs-is-set',
      component: 'kube-apiserver',
      judge: listHas('enable-admission-plugins', 'DenyServiceExternalIPs'),
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
              command: [kube-apiserver, '--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs']
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
