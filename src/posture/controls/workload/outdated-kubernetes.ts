import { nodeInfoOf } from '../../checks/nodes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const outdatedKubernetes = defineControl({
  id: 'C-0273',
  name: 'Outdated Kubernetes version',
  baseScore: 2,
  category: 'Control plane',
  why: 'Kubernetes mends holes in its three newest minor versions only. What an older node has, it keeps.',
  fix: 'Update the cluster, one minor version at a time, to one that is still maintained.',

  checks: [
    {
      rule: 'outdated-k8s-version',
      kinds: ['Node'],
      judge(node) {
        const version = nodeInfoOf(node).kubeletVersion;
        if (typeof version !== 'string') {
          return [
            {
              message: 'the version of its kubelet is not known: needs status.nodeInfo.kubeletVersion',
              unknown: true,
            },
          ];
        }
        if (maintained.some((prefix) => version === prefix || version.startsWith(`${prefix}.`))) return [];
        const message = `its kubelet is ${version}; maintained are ${maintained.join(', ')}`;
        return [{ message, reviewPaths: ['status.nodeInfo.kubeletVersion'] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: a }
        status: { nodeInfo: { kubeletVersion: v1.34.1 } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: a }
          status: { nodeInfo: { kubeletVersion: v1.27.3 } }
        `,
        paths: ['status.nodeInfo.kubeletVersion'],
      },
    ],
  },
});

/** Minor versions that get patches. Source: https://kubernetes.io/releases/ */
const maintained: readonly string[] = ['v1.35', 'v1.34', 'v1.33'];
