import { nodeInfoOf } from '../../checks/nodes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const containerOptimizedOs = defineControl({
  id: 'C-0226',
  name: 'Prefer using a container-optimized OS when possible',
  baseScore: 3,
  category: 'Workload',
  why: 'An operating system made for containers holds little that an intruder could use, and is replaced as a whole rather than patched.',
  fix: 'Use node groups with Bottlerocket, which is made to run containers and nothing else.',

  checks: [
    {
      rule: 'alert-container-optimized-os-not-in-use',
      kinds: ['Node'],
      judge(node) {
        const { osImage } = nodeInfoOf(node);
        if (typeof osImage !== 'string') {
          return [
            { message: 'its operating system is not known: needs status.nodeInfo.osImage', unknown: true },
          ];
        }
        if (osImage.startsWith('Bottlerocket')) return [];
        const places = ['status.nodeInfo.osImage'];
        return [{ message: `it runs ${osImage}`, reviewPaths: places, failedPaths: places, fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: a }
        status: { nodeInfo: { osImage: Bottlerocket OS 1.20 } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: a }
          status: { nodeInfo: { osImage: Ubuntu 22.04 } }
        `,
        paths: ['status.nodeInfo.osImage'],
      },
    ],
  },
});
