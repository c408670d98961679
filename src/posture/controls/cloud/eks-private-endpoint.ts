import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const eksPrivateEndpoint = defineControl({
  id: 'C-0227',
  name: 'Restrict Access to the Control Plane Endpoint',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without a private endpoint nodes reach the API server over its public address, so that this has to stay open to the outside.',
  fix: 'Switch on the private endpoint of the cluster, and close the public one or limit it to the addresses that you need.',

  checks: [
    cloudCheck({
      rule: 'ensure-endpointprivateaccess-is-enabled',
      provider: 'eks',
      reads: { 'Cluster.ResourcesVpcConfig.EndpointPrivateAccess': 'boolean' },
      judge: noPrivateEndpoint,
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
          data: { Cluster: { ResourcesVpcConfig: { EndpointPrivateAccess: false, EndpointPublicAccess: true } } }
        `,
        paths: [],
      },
    ],
  },
});

function noPrivateEndpoint(data: unknown): CloudBreach | undefined {
  const field = 'data.Cluster.ResourcesVpcConfig.EndpointPrivateAccess';
  if (dig(data, 'Cluster', 'ResourcesVpcConfig', 'EndpointPrivateAccess') !== false) return undefined;
  return { message: 'the API server has no private endpoint', field, fixCommand };
}

const fixCommand =
  'aws eks update-cluster-config --region $AWS_REGION --name $CLUSTER_NAME --resources-vpc-config endpointPrivateAccess=true,endpointPublicAccess=false';
