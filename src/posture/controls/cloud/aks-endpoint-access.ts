import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const aksEndpointAccess = defineControl({
  id: 'C-0247',
  name: 'Restrict Access to the Control Plane Endpoint',
  baseScore: 8,
  category: 'Network',
  why: 'An API server that takes requests from every address can be attacked by the whole internet.',
  fix: 'Name the addresses that may reach the API server with `--api-server-authorized-ip-ranges`, or make the cluster private.',

  checks: [
    cloudCheck({
      rule: 'restrict-access-to-the-control-plane-endpoint',
      provider: 'aks',
      reads: { properties: 'mapping' },
      judge: isOpen,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } } }
      `,
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
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { apiServerAccessProfile: { authorizedIPRanges: ['0.0.0.0/0'] } } }
        `,
        paths: [],
      },
    ],
  },
});

function isOpen(data: unknown): CloudBreach | undefined {
  const profile = dig(data, 'properties', 'apiServerAccessProfile');
  const ranges = dig(profile, 'authorizedIPRanges');
  const isLimited =
    Array.isArray(ranges) &&
    ranges.length > 0 &&
    ranges.every((range) => typeof range === 'string' && range !== '0.0.0.0/0');
  // A private cluster has no public address that could be limited.
  if (isLimited || dig(profile, 'enablePrivateCluster') === true) return undefined;
  const field = 'data.properties.apiServerAccessProfile.authorizedIPRanges';
  const fixCommand =
    "az aks update -n '<name>' -g '<resource_group>' --api-server-authorized-ip-ranges '0.0.0.0/32'";
  const message = 'the API server takes requests from all addresses';
  return { message, field, fixCommand, paths: { reviewPaths: [], failedPaths: [] } };
}
