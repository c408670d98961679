import type { KubeObject } from '../../../model/object.ts';
import { defaultNamespaceCheck, podsInDefaultNamespaceCheck } from '../../checks/default-namespace.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const defaultNamespace = defineControl({
  id: 'C-0212',
  name: 'The default namespace should not be used',
  baseScore: 4,
  category: 'Workload',
  why: 'Everybody’s things end up in the namespace `default`; rights, quotas and network policies cannot be drawn around what has no place of its own.',
  fix: 'Give applications namespaces of their own and keep `default` empty.',

  checks: [
    podsInDefaultNamespaceCheck,
    defaultNamespaceCheck('podtemplate-in-default-namespace', ['PodTemplate']),
    defaultNamespaceCheck('rolebinding-in-default-namespace', ['RoleBinding']),
    defaultNamespaceCheck('role-in-default-namespace', ['Role']),
    defaultNamespaceCheck('persistentvolumeclaim-in-default-namespace', ['PersistentVolumeClaim']),
    defaultNamespaceCheck('replicationcontroller-in-default-namespace', ['ReplicationController']),
    defaultNamespaceCheck('horizontalpodautoscaler-in-default-namespace', ['HorizontalPodAutoscaler']),
    defaultNamespaceCheck('lease-in-default-namespace', ['Lease']),
    defaultNamespaceCheck('csistoragecapacity-in-default-namespace', ['CSIStorageCapacity']),
    defaultNamespaceCheck('ingress-in-default-namespace', ['Ingress']),
    defaultNamespaceCheck('poddisruptionbudget-in-default-namespace', ['PodDisruptionBudget']),
    defaultNamespaceCheck('configmap-in-default-namespace', ['ConfigMap'], isRootCertificate),
    // Upstream tries this one on ConfigMaps, too.
    defaultNamespaceCheck(
      'resources-secret-in-default-namespace',
      ['Secret', 'ConfigMap'],
      isRootCertificate,
    ),
    defaultNamespaceCheck('endpoints-in-default-namespace', ['Endpoints'], isApi),
    defaultNamespaceCheck('service-in-default-namespace', ['Service'], isApi),
    defaultNamespaceCheck('endpointslice-in-default-namespace', ['EndpointSlice'], isApi),
    defaultNamespaceCheck(
      'serviceaccount-in-default-namespace',
      ['ServiceAccount'],
      ({ metadata }) => metadata?.name === 'default',
    ),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Service
        metadata: { name: shop, namespace: shop }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Service
          metadata: { name: shop, namespace: default }
        `,
        paths: ['metadata.namespace'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: ConfigMap
          metadata: { name: shop }
        `,
        paths: ['metadata.namespace'],
      },
    ],
  },
});

/** Kubernetes itself puts these there. */
function isRootCertificate({ metadata }: KubeObject): boolean {
  return metadata?.name === 'kube-root-ca.crt';
}

function isApi({ metadata }: KubeObject): boolean {
  return metadata?.name === 'kubernetes';
}
