import { cloudConfigOf, dig } from '../../cloud.ts';
import { flagOf, itemsOfFlag } from '../../component-flags.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck } from '../../flag-checks.ts';

export const podSecurityPolicy = defineControl({
  id: 'C-0068',
  name: 'PSP enabled',
  baseScore: 1,
  category: 'Control plane',
  why: 'Without an admission rule for pods, whoever may create a pod may create a privileged one and with it own the node.',
  fix: 'Before Kubernetes 1.25: add `PodSecurityPolicy` to `--enable-admission-plugins`, with policies bound to subjects. From 1.25 on it is gone: enforce Pod Security Standards with namespace labels or a ValidatingAdmissionPolicy, and except this control.',

  checks: [
    {
      rule: 'psp-enabled-cloud',
      kinds: ['ClusterDescribe'],
      needs: ['ClusterDescribe'],
      alternative: true,
      applies: (object) => cloudConfigOf(object)?.provider === 'gke',
      judge(object) {
        const cloud = cloudConfigOf(object);
        if (cloud?.provider !== 'gke') return [];
        if (dig(cloud.data, 'pod_security_policy_config', 'enabled') === true) return [];
        return [
          {
            message: 'the cluster enforces no PodSecurityPolicy',
            failedPaths: [],
            fixPaths: [],
            fixCommand: 'gcloud beta container clusters update <cluster_name> --enable-pod-security-policy',
            external: object,
          },
        ];
      },
    },
    flagCheck({
      rule: 'psp-enabled-native',
      component: 'kube-apiserver',
      judge(server) {
        const flag = flagOf(server, 'enable-admission-plugins');
        if (flag === undefined || itemsOfFlag(flag).includes('PodSecurityPolicy')) return undefined;
        return {
          message: 'the API server runs without the admission plugin PodSecurityPolicy',
          failed: [flag.path],
        };
      },
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
    ],
  },
});
