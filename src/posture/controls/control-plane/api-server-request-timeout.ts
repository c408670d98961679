import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, reviewed } from '../../flag-checks.ts';

export const apiServerRequestTimeout = defineControl({
  id: 'C-0134',
  name: 'Ensure that the API Server --request-timeout argument is set as appropriate',
  baseScore: 4,
  category: 'Control plane',
  why: 'A long timeout lets slow or hostile clients hold on to the API server’s resources; one that is too short breaks large lists on slow links.',
  fix: 'Leave `--request-timeout` out, so that the default of 60 seconds holds, or say why another is right for this cluster.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-request-timeout-argument-is-set-as-appropriate',
      component: 'kube-apiserver',
      judge: reviewed('request-timeout', 'passes'),
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
    fail: [],
    unknown: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, --request-timeout=300s]
      `,
    ],
  },
});
