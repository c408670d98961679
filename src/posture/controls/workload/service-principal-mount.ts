import { hostPathBreaches, volumesOf } from '../../checks/volumes.ts';
import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { workloadKinds } from '../../pod-spec.ts';

export const servicePrincipalMount = defineControl({
  id: 'C-0020',
  name: 'Mount service principal',
  baseScore: 4,
  category: 'Workload',
  why: 'Nodes of clouds keep credentials of the cloud in files. A container that mounts these may do in the account what the node may.',
  fix: 'Take the hostPath volume out; give the workload an identity of its own by the cloud’s way for pods (IRSA, Workload Identity).',

  checks: [
    {
      rule: 'alert-mount-potential-credentials-paths',
      kinds: workloadKinds,
      judge(object, { view, inputs }) {
        const suspects = volumesOf(object).filter(({ volume }) => cloudsOf(volume.hostPath?.path).length > 0);
        if (suspects.length === 0) return [];
        const provider =
          inputs['cloudProvider'] === undefined ? providerOf(view) : inputs['cloudProvider'][0];
        if (provider === undefined) {
          const message =
            'it mounts a path where some clouds keep credentials, and which cloud this is is not known: needs Node facts';
          return [{ message, unknown: true }];
        }
        return hostPathBreaches(
          object,
          (path) => cloudsOf(path).includes(provider),
          (path) => `gives ${path} of the node, where credentials of the cloud may be`,
        );
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Node
        metadata: { name: a }
        spec: { providerID: "aws:///eu-central-1a/i-1" }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: shop, namespace: shop }
        spec:
          volumes: [{ name: data, hostPath: { path: /srv/data } }]
          containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: a }
          spec: { providerID: "aws:///eu-central-1a/i-1" }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            volumes: [{ name: data, hostPath: { path: /.aws/credentials } }]
            containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
        `,
        paths: ['spec.volumes[0]', 'spec.containers[0].volumeMounts[0]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Node
          metadata: { name: a }
          spec: { providerID: "azure:///subscriptions/1" }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: shop, namespace: shop }
          spec:
            volumes: [{ name: data, hostPath: { path: /etc/kubernetes/azure.json } }]
            containers: [{ name: web, volumeMounts: [{ name: data, mountPath: /data }] }]
        `,
        paths: ['spec.volumes[0]', 'spec.containers[0].volumeMounts[0]'],
      },
    ],
  },
});

/** Where nodes of managed clusters keep credentials, by cloud. */
const credentialPaths: Readonly<Record<string, readonly string[]>> = {
  eks: ['/.aws/', '/.aws/config/', '/.aws/credentials/'],
  aks: ['/etc/', '/etc/kubernetes/', '/etc/kubernetes/azure.json', '/.azure/', '/.azure/credentials/'],
  gke: [
    '/.config/',
    '/.config/gcloud/',
    '/.config/gcloud/application_default_credentials.json',
    '/gcloud/',
    '/gcloud/application_default_credentials.json',
  ],
};

/** The clouds that keep credentials at this path. */
function cloudsOf(path: unknown): string[] {
  if (typeof path !== 'string') return [];
  const isFile = /[\w-]\.\w+$/.test(path);
  const full = isFile || path.endsWith('/') ? path : `${path}/`;
  return Object.keys(credentialPaths).filter((cloud) => credentialPaths[cloud]?.includes(full));
}

/** By what nodes say of their maker; '' for a cluster of no known cloud, undefined where there are no nodes. */
function providerOf(view: ClusterView): string | undefined {
  const [node] = view.list('Node');
  if (node === undefined) return undefined;
  const id = String((node['spec'] as { providerID?: unknown } | null | undefined)?.providerID ?? '');
  return { aws: 'eks', azure: 'aks', gce: 'gke' }[id.split(':')[0] ?? ''] ?? '';
}
