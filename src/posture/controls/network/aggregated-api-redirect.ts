import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { versionIn } from '../../version.ts';

export const aggregatedApiRedirect = defineControl({
  id: 'C-0089',
  name: 'CVE-2022-3172-aggregated-API-server-redirect',
  baseScore: 3,
  category: 'Workload',
  why: 'With CVE-2022-3172 an aggregated API server can send a client’s request, credentials included, anywhere it likes.',
  fix: 'Update the API server to 1.25.1, 1.24.5, 1.23.11, 1.22.14 or newer, and have aggregated APIs only from whom you trust.',

  checks: [
    {
      rule: 'CVE-2022-3172',
      kinds: ['APIService'],
      needs: ['APIServerInfo'],
      judge(object, { view }) {
        const service = (
          object['spec'] as { service?: { name?: unknown; namespace?: unknown } | null } | null | undefined
        )?.service;
        if (typeof service?.name !== 'string') return [];
        const version = versionOf(view);
        if (version !== undefined && !isAffected(version)) return [];
        const found = view.get('Service', String(service.namespace ?? 'default'), service.name);
        if (found === undefined) return [];
        const message = 'the API server has CVE-2022-3172, and this API is answered by a Service';
        return [{ message, failedPaths: [], fixPaths: [], objects: [object, found] }];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: apiserverinfo.kubescape.cloud/v1beta0
        kind: APIServerInfo
        metadata: { name: version }
        data: { gitVersion: v1.33.2 }
        ---
        apiVersion: apiregistration.k8s.io/v1
        kind: APIService
        metadata: { name: v1beta1.metrics.k8s.io }
        spec: { service: { name: metrics-server, namespace: kube-system } }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: metrics-server, namespace: kube-system }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: apiserverinfo.kubescape.cloud/v1beta0
          kind: APIServerInfo
          metadata: { name: version }
          data: { gitVersion: v1.22.11-gke.400 }
          ---
          apiVersion: apiregistration.k8s.io/v1
          kind: APIService
          metadata: { name: v1beta1.metrics.k8s.io }
          spec: { service: { name: metrics-server, namespace: kube-system } }
          ---
          apiVersion: v1
          kind: Service
          metadata: { name: metrics-server, namespace: kube-system }
        `,
        paths: [],
      },
    ],
  },
});

/** Undefined when it cannot be read: then it may be any. */
function versionOf(view: ClusterView): readonly [number, number, number] | undefined {
  const info = view.get('APIServerInfo', '', 'version');
  return versionIn(String((info?.['data'] as { gitVersion?: unknown } | null | undefined)?.gitVersion ?? ''));
}

/** The last patch of each minor version that has the hole. Source: https://github.com/kubernetes/kubernetes/issues/112513 */
const lastAffected: Readonly<Record<number, number>> = { 21: 14, 22: 13, 23: 10, 24: 4, 25: 0 };

function isAffected([major, minor, patch]: readonly [number, number, number]): boolean {
  if (major !== 1) return major < 1;
  return minor < 21 || patch <= (lastAffected[minor] ?? -1);
}
