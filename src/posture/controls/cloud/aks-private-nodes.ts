import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const aksPrivateNodes = defineControl({
  id: 'C-0248',
  name: 'Ensure clusters are created with Private Nodes',
  baseScore: 8,
  category: 'Network',
  why: 'Where API server and nodes talk over public addresses, both can be reached, and attacked, from outside.',
  fix: 'Create a private cluster (`--enable-private-cluster`) and move the workloads there; a cluster cannot always be made private afterwards.',

  checks: [
    cloudCheck({
      rule: 'ensure-clusters-are-created-with-private-nodes',
      provider: 'aks',
      reads: { properties: 'mapping' },
      judge: isNotPrivate,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { apiServerAccessProfile: { enablePrivateCluster: true } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { apiServerAccessProfile: {} } }
        `,
        paths: [],
      },
    ],
  },
});

function isNotPrivate(data: unknown): CloudBreach | undefined {
  if (dig(data, 'properties', 'apiServerAccessProfile', 'enablePrivateCluster') === true) return undefined;
  const field = 'data.properties.apiServerAccessProfile.enablePrivateCluster';
  return { message: 'the cluster is not private', field, fixCommand };
}

const fixCommand =
  'az aks create --resource-group <private-cluster-resource-group> --name <private-cluster-name> --load-balancer-sku standard --enable-private-cluster --network-plugin azure --vnet-subnet-id <subnet-id> --docker-bridge-address --dns-service-ip --service-cidr';
