import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const aksAzureRbac = defineControl({
  id: 'C-0241',
  name: 'Use Azure RBAC for Kubernetes Authorization.',
  baseScore: 7,
  category: 'Access control',
  why: 'Without Azure RBAC rights in the cluster are kept apart from those in Azure: people who leave keep them, and nobody sees both in one place.',
  fix: 'Run `az aks update -g <resource_group> -n <cluster_name> --enable-azure-rbac`, after giving people their roles in Azure.',

  checks: [
    cloudCheck({
      rule: 'ensure-azure-rbac-is-set',
      provider: 'aks',
      reads: { properties: 'mapping' },
      judge: usesNoAzureRbac,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { aadProfile: { enableAzureRBAC: true } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { aadProfile: { enableAzureRBAC: false } } }
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { aadProfile: {} } }
        `,
        paths: [],
      },
    ],
  },
});

function usesNoAzureRbac(data: unknown): CloudBreach | undefined {
  if (dig(data, 'properties', 'aadProfile', 'enableAzureRBAC') === true) return undefined;
  const field = 'data.properties.aadProfile.enableAzureRBAC';
  const fixCommand = 'az aks update -g <resource_group> -n <cluster_name> --enable-azure-rbac';
  return { message: 'the cluster does not use Azure RBAC', field, fixCommand };
}
