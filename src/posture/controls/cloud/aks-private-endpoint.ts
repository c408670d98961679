import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const aksPrivateEndpoint = defineControl({
  id: 'C-0252',
  name: 'Ensure clusters are created with Private Endpoint Enabled and Public Access Disabled',
  baseScore: 8,
  category: 'Network',
  why: 'Without a private endpoint people and machines reach the API server over its public address, which then has to stay open.',
  fix: 'Give the cluster a private endpoint in your network and switch off public access to the API server.',

  checks: [
    cloudCheck({
      rule: 'ensure-clusters-are-created-with-private-endpoint-enabled-and-public-access-disabled',
      provider: 'aks',
      reads: { properties: 'mapping' },
      judge: hasNoPrivateEndpoint,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { privateEndpoint: { id: /subscriptions/a/privateEndpoints/b } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { publicNetworkAccess: Enabled } }
        `,
        paths: [],
      },
    ],
  },
});

function hasNoPrivateEndpoint(data: unknown): CloudBreach | undefined {
  const id = dig(data, 'properties', 'privateEndpoint', 'id');
  if (typeof id === 'string' && id !== '') return undefined;
  return { message: 'the cluster has no private endpoint', field: 'data.properties.privateEndpoint.id' };
}
