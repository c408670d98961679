import type { KubeObject } from '../model/object.ts';

/** Whose the control plane is, as far as the cluster's objects tell. */
export interface ControlPlane {
  readonly kind: 'own' | 'managed' | 'unknown';
  /** How that is known, for people. */
  readonly why: string;
}

const ownRoles = ['control-plane', 'master', 'controlplane', 'etcd'].map(
  (role) => `node-role.kubernetes.io/${role}`,
);

/** Labels that providers put on the nodes of clusters whose control plane they run, by their beginning. */
const providerLabels: readonly (readonly [string, string])[] = [
  ['eks.amazonaws.com/', 'Amazon EKS'],
  ['alpha.eksctl.io/', 'Amazon EKS'],
  ['cloud.google.com/gke-', 'Google Kubernetes Engine'],
  ['kubernetes.azure.com/', 'Azure Kubernetes Service'],
  ['doks.digitalocean.com/', 'DigitalOcean Kubernetes'],
  ['lke.linode.com/', 'Akamai LKE'],
  ['k8s.scaleway.com/', 'Scaleway Kapsule'],
  ['oke.oraclecloud.com/', 'Oracle OKE'],
  ['ibm-cloud.kubernetes.io/', 'IBM Cloud Kubernetes Service'],
  ['node.alibabacloud.com/', 'Alibaba ACK'],
  ['alibabacloud.com/nodepool-id', 'Alibaba ACK'],
  ['vke.vultr.com/', 'Vultr Kubernetes Engine'],
  ['hypershift.openshift.io/', 'OpenShift with a hosted control plane'],
];

/** Pods of the control plane, as kubeadm and what is made from it label them. */
const componentNames = new Set(['kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd']);

/**
 * Whose the control plane is: our own where a node has its role or pods of it run in `kube-system`; the provider's where nodes have a
 * provider's label, or there are nodes and no trace of it at all. Unknown without nodes.
 */
export function controlPlaneOf(
  nodes: readonly KubeObject[],
  systemPods: readonly KubeObject[],
): ControlPlane {
  const pod = systemPods.find((one) => componentNames.has(one.metadata?.labels?.['component'] ?? ''));
  if (pod !== undefined) return { kind: 'own', why: `the pod ${pod.metadata?.name} is part of it` };
  const node = nodes.find((one) => ownRoles.some((role) => role in (one.metadata?.labels ?? {})));
  if (node !== undefined) return { kind: 'own', why: `the node ${node.metadata?.name} has its role` };
  if (nodes.length === 0) return { kind: 'unknown', why: 'no node is known' };
  for (const { metadata } of nodes)
    for (const label of Object.keys(metadata?.labels ?? {})) {
      const provider = providerLabels.find(([start]) => label.startsWith(start))?.[1];
      if (provider !== undefined)
        return { kind: 'managed', why: `${provider}: the node ${metadata?.name} has the label ${label}` };
    }
  return {
    kind: 'managed',
    why: `none of ${nodes.length} nodes has its role, and no pod of it runs in kube-system`,
  };
}
