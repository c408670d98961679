import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck, type Reads } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const eksPrivateNodes = defineControl({
  id: 'C-0229',
  name: 'Ensure clusters are created with Private Nodes',
  baseScore: 8,
  category: 'Network',
  why: 'A public endpoint that takes requests from every address exposes the cluster to the whole internet, though its nodes may be private.',
  fix: 'Switch off the public endpoint, or name the addresses that may use it in `publicAccessCidrs`.',

  checks: [
    cloudCheck({
      rule: 'ensure-endpointpublicaccess-is-disabled-on-private-nodes-eks',
      provider: 'eks',
      reads: readsOf,
      judge: isOpenToAll,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: eks.amazonaws.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: eks }
        data: { Cluster: { ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: false } } }
      `,
      yaml`
        apiVersion: eks.amazonaws.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: eks }
        data: { Cluster: { ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: true, PublicAccessCidrs: [203.0.113.5/32] } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: eks.amazonaws.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: eks }
          data: { Cluster: { ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: true, PublicAccessCidrs: [0.0.0.0/0] } } }
        `,
        paths: [],
      },
    ],
  },
});

function isOpenToAll(data: unknown): CloudBreach | undefined {
  const config = dig(data, 'Cluster', 'ResourcesVpcConfig');
  if (dig(config, 'EndpointPublicAccess') !== true) return undefined;
  const ranges = dig(config, 'PublicAccessCidrs');
  if (Array.isArray(ranges) && ranges.every(isNarrow)) return undefined;
  const field = 'data.Cluster.ResourcesVpcConfig.PublicAccessCidrs';
  return { message: 'the API server’s public endpoint is open to all addresses', field, fixCommand };
}

function isNarrow(range: unknown): boolean {
  return typeof range === 'string' && range !== '0.0.0.0/0' && range !== '::/0';
}

/** Who may use the public endpoint matters only where there is one. */
function readsOf(data: unknown): Reads {
  const isPublic = dig(data, 'Cluster', 'ResourcesVpcConfig', 'EndpointPublicAccess') !== false;
  return {
    'Cluster.ResourcesVpcConfig.EndpointPublicAccess': 'boolean',
    ...(isPublic ? { 'Cluster.ResourcesVpcConfig.PublicAccessCidrs': 'list' as const } : {}),
  };
}

const fixCommand =
  'aws eks update-cluster-config --region $AWS_REGION --name $CLUSTER_NAME --resources-vpc-config endpointPrivateAccess=true,endpointPublicAccess=false';
