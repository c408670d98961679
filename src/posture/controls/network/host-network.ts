import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { podOf, workloadKinds } from '../../pod-spec.ts';

export const hostNetwork = defineControl({
  id: 'C-0041',
  name: 'HostNetwork access',
  baseScore: 7,
  category: 'Workload',
  why: 'A pod in the node’s network sees the node’s traffic, reaches services that listen on its loopback only, the cloud’s metadata among them, and no network policy holds it.',
  fix: 'Take `hostNetwork` out. Where a node agent needs it, except the workload and keep its other rights small.',

  checks: [
    {
      rule: 'host-network-access',
      kinds: workloadKinds,
      judge(object) {
        const pod = podOf(object);
        if (pod?.spec.hostNetwork !== true) return [];
        const places = [`${pod.path}.hostNetwork`];
        const message = 'the pod runs in the network of its node';
        return [{ message, deletePaths: places, failedPaths: places, fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec: { containers: [{ name: web }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: batch/v1
          kind: CronJob
          metadata: { name: report }
          spec:
            jobTemplate:
              spec: { template: { spec: { hostNetwork: true, containers: [{ name: report }] } } }
        `,
        paths: ['spec.jobTemplate.spec.template.spec.hostNetwork'],
      },
    ],
  },
});
