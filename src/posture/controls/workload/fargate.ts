import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { fargateKey, isAnyIndexed } from '../../index-keys.ts';

export const fargate = defineControl({
  id: 'C-0233',
  name: 'Consider Fargate for running untrusted workloads',
  baseScore: 3,
  category: 'Workload',
  why: 'On Fargate each pod has a node of its own: whoever breaks out of one finds nothing else there.',
  fix: 'Consider a Fargate profile for workloads that you do not trust.',

  checks: [
    {
      rule: 'alert-fargate-not-in-use',
      kinds: ['Node'],
      isOneResponse: true,
      judge(_, { view }) {
        if (isAnyIndexed(view, 'Node', [fargateKey])) return [];
        return [{ message: 'no node is one of Fargate', failedPaths: [], fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: fargate-ip-10-0-0-1 }
        status: { nodeInfo: { osImage: Bottlerocket OS 1.20 } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: a }
          status: { nodeInfo: { osImage: Bottlerocket OS 1.20 } }
        `,
        paths: [],
      },
    ],
  },
});
