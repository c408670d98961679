import { hostGap } from '../../../model/host.ts';
import type { KubeObject } from '../../../model/object.ts';
import { dig } from '../../cloud.ts';
import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const kernelContextOverflow = defineControl({
  id: 'C-0079',
  name: 'CVE-2022-0185-linux-kernel-container-escape',
  baseScore: 4,
  category: 'Workload',
  why: 'Linux 5.1 to 5.16.1 has an overflow in its file system contexts by which a container that may make user namespaces takes over the node.',
  fix: 'Update the node’s kernel to 5.16.2, or to one of its distribution with the fix. Until then set `kernel.unprivileged_userns_clone=0`, or keep seccomp’s default profile on, which forbids `unshare`.',

  checks: [
    {
      rule: 'CVE-2022-0185',
      kinds: ['Node'],
      applies: (node) => dig(node['status'], 'nodeInfo', 'operatingSystem') !== 'windows',
      unreadable(node, { view }) {
        if (kernelOf(node) === undefined) return 'status.nodeInfo.kernelVersion is not reported';
        if (!isVulnerable(kernelOf(node))) return undefined;
        const facts = view.get('LinuxKernelVariables', '', node.metadata.name);
        if (facts === undefined)
          return 'needs LinuxKernelVariables facts of the node: its kernel is vulnerable';
        if (variableOf(facts) !== undefined) return undefined;
        return (
          hostGap(facts, variable) ??
          'data: kernel.unprivileged_userns_clone is not reported, and the node’s kernel is vulnerable'
        );
      },
      judge(node, { view }) {
        const kernelVersion = dig(node['status'], 'nodeInfo', 'kernelVersion');
        if (!isVulnerable(kernelOf(node))) return [];
        const facts = factsOf(node, view);
        if (facts === undefined || variableOf(facts) !== '1') return [];
        const { name } = node.metadata;
        return [
          {
            message:
              'containers can take over the node: its kernel is vulnerable and lets them make user namespaces',
            reviewPaths: ['kernelVersion'],
            failedPaths: ['kernelVersion'],
            fixPaths: [],
            shown: [{ path: 'status.nodeInfo.kernelVersion', value: kernelVersion }],
            external: { kernelVersion, kind: 'Node', name, namespace: '', relatedObjects: [facts] },
            related: [facts],
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: node-a }
        status: { nodeInfo: { kernelVersion: 6.1.0-13-amd64, operatingSystem: linux } }
      `,
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: node-a }
        status: { nodeInfo: { kernelVersion: 5.13.0-39-generic, operatingSystem: linux } }
        ---
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: LinuxKernelVariables
        metadata: { name: node-a }
        data: [{ key: unprivileged_userns_clone, value: '0' }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: node-a }
          status: { nodeInfo: { kernelVersion: 5.4.0-100-generic, operatingSystem: linux } }
          ---
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: LinuxKernelVariables
          metadata: { name: node-a }
          data: [{ key: unprivileged_userns_clone, value: '1' }]
        `,
        paths: ['kernelVersion'],
      },
    ],
  },
});

const variable = 'unprivileged_userns_clone';

type Version = readonly [major: number, minor: number, patch: number];

function kernelOf(node: KubeObject): Version | undefined {
  const text = dig(node['status'], 'nodeInfo', 'kernelVersion');
  const match = typeof text === 'string' ? /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) : null;
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Source: https://nvd.nist.gov/vuln/detail/CVE-2022-0185 */
function isVulnerable(kernel: Version | undefined): boolean {
  return kernel !== undefined && !isBefore(kernel, [5, 1, 0]) && isBefore(kernel, [5, 16, 2]);
}

function isBefore(a: Version, b: Version): boolean {
  return a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2];
}

function factsOf(node: KubeObject, view: ClusterView): KubeObject | undefined {
  return view.get('LinuxKernelVariables', '', node.metadata.name);
}

function variableOf(facts: KubeObject): string | undefined {
  const found = itemsOf(facts['data'] as readonly object[] | undefined).find(
    ({ item }) => dig(item, 'key') === variable,
  );
  const value = dig(found?.item, 'value');
  return typeof value === 'string' ? value.trim() : undefined;
}
