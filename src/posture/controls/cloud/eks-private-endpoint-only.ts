import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const eksPrivateEndpointOnly = defineControl({
  id: 'C-0228',
  name: 'Ensure clusters are created with Private Endpoint Enabled and Public Access Disabled',
  baseScore: 8,
  category: 'Control plane',
  why: 'An API server that the internet can reach can be attacked by all of it: with stolen credentials, guesses, and faults that nobody has mended yet.',
  fix: 'Switch on the private endpoint and switch off the public one; where people need it from outside, name their addresses in `publicAccessCidrs`.',

  checks: [
    cloudCheck({
      rule: 'ensure-endpointprivateaccess-is-enabled-and-endpointpublicaccess-is-disabled-eks',
      provider: 'eks',
      reads: {
        'Cluster.ResourcesVpcConfig.EndpointPrivateAccess': 'boolean',
        'Cluster.ResourcesVpcConfig.EndpointPublicAccess': 'boolean',
      },
      judge: hasPublicEndpoint,
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
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: eks.amazonaws.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: eks }
          data: { Cluster: { ResourcesVpcConfig: { EndpointPrivateAccess: true, EndpointPublicAccess: true } } }
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: eks.amazonaws.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: eks }
          data: { Cluster: { ResourcesVpcConfig: { EndpointPrivateAccess: false, EndpointPublicAccess: false } } }
        `,
        paths: [],
      },
    ],
  },
});

function hasPublicEndpoint(data: unknown): CloudBreach | undefined {
  const config = dig(data, 'Cluster', 'ResourcesVpcConfig');
  if (dig(config, 'EndpointPrivateAccess') === false) {
    const field = 'data.Cluster.ResourcesVpcConfig.EndpointPrivateAccess';
    return { message: 'the API server has no private endpoint', field, fixCommand };
  }
  if (dig(config, 'EndpointPublicAccess') !== true) return undefined;
  const field = 'data.Cluster.ResourcesVpcConfig.EndpointPublicAccess';
  return { message: 'the API server has a public endpoint', field, fixCommand };
}

const fixCommand =
  "aws eks update-cluster-config --region $AWS_REGION --name $CLUSTER_NAME --resources-vpc-config endpointPrivateAccess=true,endpointPublicAccess=true,publicAccessCidrs='203.0.113.5/32'";
