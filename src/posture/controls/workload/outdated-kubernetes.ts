import { nodeInfoOf } from '../../checks/nodes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { versionIn } from '../../version.ts';

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
        const { kubeletVersion } = nodeInfoOf(node);
        const version = versionIn(String(kubeletVersion));
        if (version === undefined) {
          return [
            {
              message: 'the version of its kubelet is not known: needs status.nodeInfo.kubeletVersion',
              unknown: true,
            },
          ];
        }
        const [major, minor] = version;
        if (major > 1 || (major === 1 && minor >= oldestMinor)) return [];
        const message = `its kubelet is ${kubeletVersion}; the oldest version that is maintained is 1.${oldestMinor}`;
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

/** The oldest minor version that got patches when this was written; newer ones are well. Source: https://kubernetes.io/releases/ */
const oldestMinor = 33;
