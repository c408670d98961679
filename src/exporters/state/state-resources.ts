/** A kind of object that the role `state` turns into series. */
export interface StateKind {
  /** As kube-state-metrics names it in `--resources`: the plural, `pods`. */
  readonly resource: string;
  /** '' for the core group. */
  readonly group: string;
  readonly kind: string;
  /** Whether it is rendered when the configuration names no resources. */
  readonly isDefault: boolean;
  /** Whether a cluster may well not have it. */
  readonly isOptional?: boolean;
}

const admission = 'admissionregistration.k8s.io';
const rbac = 'rbac.authorization.k8s.io';
const storage = 'storage.k8s.io';

/**
 * All kinds that the role `state` can render, in order of their names. What is rendered by default is what kube-state-metrics renders
 * by default, and besides the objects that say who may do what. To render one, `list` and `watch` are needed of it.
 *
 * Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/README.md
 */
export const stateResources: readonly StateKind[] = [
  of('certificatesigningrequests', 'certificates.k8s.io', 'CertificateSigningRequest'),
  of('clusterrolebindings', rbac, 'ClusterRoleBinding'),
  of('clusterroles', rbac, 'ClusterRole'),
  of('configmaps', '', 'ConfigMap'),
  of('cronjobs', 'batch', 'CronJob'),
  of('daemonsets', 'apps', 'DaemonSet'),
  of('deployments', 'apps', 'Deployment'),
  // Deprecated since Kubernetes 1.33, and as many as there are EndpointSlices.
  { ...of('endpoints', '', 'Endpoints'), isDefault: false, isOptional: true },
  of('endpointslices', 'discovery.k8s.io', 'EndpointSlice'),
  of('horizontalpodautoscalers', 'autoscaling', 'HorizontalPodAutoscaler'),
  { ...of('ingressclasses', 'networking.k8s.io', 'IngressClass'), isDefault: false },
  of('ingresses', 'networking.k8s.io', 'Ingress'),
  of('jobs', 'batch', 'Job'),
  of('leases', 'coordination.k8s.io', 'Lease'),
  of('limitranges', '', 'LimitRange'),
  { ...of('mutatingadmissionpolicies', admission, 'MutatingAdmissionPolicy'), isOptional: true },
  { ...of('mutatingadmissionpolicybindings', admission, 'MutatingAdmissionPolicyBinding'), isOptional: true },
  of('mutatingwebhookconfigurations', admission, 'MutatingWebhookConfiguration'),
  of('namespaces', '', 'Namespace'),
  of('networkpolicies', 'networking.k8s.io', 'NetworkPolicy'),
  of('nodes', '', 'Node'),
  of('persistentvolumeclaims', '', 'PersistentVolumeClaim'),
  of('persistentvolumes', '', 'PersistentVolume'),
  of('poddisruptionbudgets', 'policy', 'PodDisruptionBudget'),
  of('pods', '', 'Pod'),
  of('replicasets', 'apps', 'ReplicaSet'),
  of('replicationcontrollers', '', 'ReplicationController'),
  of('resourcequotas', '', 'ResourceQuota'),
  of('rolebindings', rbac, 'RoleBinding'),
  of('roles', rbac, 'Role'),
  of('secrets', '', 'Secret'),
  of('serviceaccounts', '', 'ServiceAccount'),
  of('services', '', 'Service'),
  of('statefulsets', 'apps', 'StatefulSet'),
  of('storageclasses', storage, 'StorageClass'),
  { ...of('validatingadmissionpolicies', admission, 'ValidatingAdmissionPolicy'), isOptional: true },
  {
    ...of('validatingadmissionpolicybindings', admission, 'ValidatingAdmissionPolicyBinding'),
    isOptional: true,
  },
  of('validatingwebhookconfigurations', admission, 'ValidatingWebhookConfiguration'),
  of('volumeattachments', storage, 'VolumeAttachment'),
];

function of(resource: string, group: string, kind: string): StateKind {
  return { resource, group, kind, isDefault: true };
}
