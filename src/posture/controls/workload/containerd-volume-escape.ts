import { nodeInfoOf } from '../../checks/nodes.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { versionIn } from '../../version.ts';

export const containerdVolumeEscape = defineControl({
  id: 'C-0087',
  name: 'CVE-2022-23648-containerd-fs-escape',
  baseScore: 7,
  category: 'Workload',
  why: 'On containerd with CVE-2022-23648 an image can be built so that a container of it reads any file of the node.',
  fix: 'Update containerd to 1.4.13, 1.5.10, 1.6.1 or newer.',

  checks: [
    {
      rule: 'CVE-2022-23648',
      kinds: ['Node'],
      judge(node) {
        const runtime = nodeInfoOf(node).containerRuntimeVersion;
        if (typeof runtime !== 'string' || !runtime.startsWith('containerd://')) return [];
        const version = versionIn(runtime);
        const places = ['status.nodeInfo.containerRuntimeVersion'];
        if (version === undefined)
          return [{ message: `the version of ${runtime} cannot be read`, unknown: true }];
        if (!isVulnerable(version)) return [];
        const message = `${runtime} has CVE-2022-23648`;
        return [{ message, reviewPaths: places, failedPaths: places, fixPaths: [] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: a }
        status: { nodeInfo: { containerRuntimeVersion: "containerd://1.7.22" } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: a }
          status: { nodeInfo: { containerRuntimeVersion: "containerd://1.5.9" } }
        `,
        paths: ['status.nodeInfo.containerRuntimeVersion'],
      },
    ],
  },
});

function isVulnerable([major, minor, patch]: readonly [number, number, number]): boolean {
  if (major !== 1) return major === 0;
  return (
    minor < 4 || (minor === 4 && patch < 12) || (minor === 5 && patch < 10) || (minor === 6 && patch < 1)
  );
}
