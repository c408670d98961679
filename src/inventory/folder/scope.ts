/** Kinds of Kubernetes itself that belong to no namespace, with their group. */
const clusterScoped = new Set([
  '/ComponentStatus',
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'certificates.k8s.io/CertificateSigningRequest',
  'flowcontrol.apiserver.k8s.io/FlowSchema',
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration',
  'networking.k8s.io/IngressClass',
  'networking.k8s.io/IPAddress',
  'networking.k8s.io/ServiceCIDR',
  'node.k8s.io/RuntimeClass',
  'policy/PodSecurityPolicy',
  'extensions/PodSecurityPolicy',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'resource.k8s.io/DeviceClass',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/CSINode',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
  'cilium.io/CiliumClusterwideNetworkPolicy',
  'cilium.io/CiliumNode',
]);

/** Groups of Kubernetes itself without a dot; those with one end in `.k8s.io`. */
const ownGroups = new Set(['', 'apps', 'autoscaling', 'batch', 'extensions', 'policy']);

/** Groups of others whose kinds, but for those above, all have a namespace. */
const namespacedGroups = new Set(['cilium.io', 'monitoring.coreos.com']);

/** Whether objects of the kind have a namespace; undefined for kinds that are not of Kubernetes and not known. */
export function isNamespaced(group: string, kind: string): boolean | undefined {
  if (clusterScoped.has(`${group}/${kind}`)) return false;
  return ownGroups.has(group) || group.endsWith('.k8s.io') || namespacedGroups.has(group) ? true : undefined;
}
