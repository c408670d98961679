import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listLacks } from '../../flag-checks.ts';

export const denyServiceExternalIpsOff = defineControl({
  id: 'C-0115',
  name: 'Ensure that the API Server --DenyServiceExternalIPs is not set',
  baseScore: 4,
  category: 'Control plane',
  why: 'CIS benchmarks up to 1.6 want Services to be able to use external IP addresses. Newer ones, and C-0283, want the opposite: whoever may create a Service can otherwise take over traffic of an address.',
  fix: 'Where an application depends on `externalIPs`, take `DenyServiceExternalIPs` out of `--enable-admission-plugins`; anywhere else except this control and keep the plugin.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-DenyServiceExternalIPs-is-not-set',
      component: 'kube-apiserver',
      judge: listLacks('enable-admission-plugins', 'DenyServiceExternalIPs'),
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
                command: [kube-apiserver, '--enable-admission-plugins=NodeRestriction,DenyServiceExternalIPs']
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
                command: [kube-apiserver, --enable-admission-plugins=DenyServiceExternalIPs]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
