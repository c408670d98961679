import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { containersOf, itemsOf, workloadKinds } from '../../pod-spec.ts';
import { versionIn } from '../../version.ts';

export const symlinkExchange = defineControl({
  id: 'C-0058',
  name: 'CVE-2021-25741 - Using symlink for arbitrary host file system access.',
  baseScore: 6,
  category: 'Workload',
  why: 'On kubelets with CVE-2021-25741 a container that mounts a volume’s subpath can swap it for a symlink while it is mounted, and so reach any file of the node.',
  fix: 'Update the kubelets to 1.19.15, 1.20.11, 1.21.5, 1.22.2 or newer; until then take `subPath` out of volume mounts.',

  checks: [
    {
      rule: 'Symlink-Exchange-Can-Allow-Host-Filesystem-Access',
      kinds: workloadKinds,
      needs: ['Node'],
      judge(object, { view }) {
        const mounting = containersOf(object).flatMap(({ container, path, label }) => {
          const places = itemsOf(container.volumeMounts).flatMap(({ item, index }) =>
            (['subPath', 'subPathExpr'] as const).flatMap((field) =>
              item[field] ? [`${path}.volumeMounts[${index}].${field}`] : [],
            ),
          );
          return places.length === 0 ? [] : [{ label, places }];
        });
        if (
          mounting.length === 0 ||
          !view.list('Node').some((node) => isVulnerable(kubeletVersionOf(node)))
        ) {
          return [];
        }
        return mounting.map(({ label, places }) => ({
          message: `${label} mounts a subpath, and a node’s kubelet has CVE-2021-25741`,
          deletePaths: places,
          failedPaths: places,
          fixPaths: [],
        }));
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: a }
        status: { nodeInfo: { kubeletVersion: v1.31.2 } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: shop }
        spec: { containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data, subPath: web }] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: a }
          status: { nodeInfo: { kubeletVersion: v1.21.4 } }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop }
          spec: { containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data, subPath: web }] }] }
        `,
        paths: ['spec.containers[0].volumeMounts[0].subPath'],
      },
    ],
  },
});

/** The first patch of each minor version that is mended. Source: https://github.com/kubernetes/kubernetes/issues/104980 */
const mendedPatch: Readonly<Record<number, number>> = { 19: 15, 20: 11, 21: 5, 22: 2 };

function isVulnerable(kubeletVersion: string): boolean {
  const version = versionIn(kubeletVersion);
  if (version === undefined) return false;
  const [major, minor, patch] = version;
  if (major !== 1) return major < 1;
  return minor < 19 || patch < (mendedPatch[minor] ?? 0);
}

function kubeletVersionOf(node: unknown): string {
  const { status } = node as { status?: { nodeInfo?: { kubeletVersion?: unknown } } };
  return String(status?.nodeInfo?.kubeletVersion ?? '');
}
