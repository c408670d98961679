import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const eksAccessEntries = defineControl({
  id: 'C-0285',
  name: 'Cluster Access Manager API to streamline and enhance the management of access controls within EKS clusters',
  baseScore: 5,
  category: 'Control plane',
  why: 'With the ConfigMap `aws-auth` whoever may edit that makes administrators, and a slip in it locks everybody out. Access entries are kept and logged by AWS.',
  fix: 'Change the cluster’s authentication mode to `API_AND_CONFIG_MAP`, write access entries for all that `aws-auth` has, then change it to `API`.',

  checks: [
    cloudCheck({
      rule: 'cluster-access-manager-api-eks',
      provider: 'eks',
      reads: { 'Cluster.AccessConfig.AuthenticationMode': 'text' },
      judge: usesConfigMapOnly,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: eks.amazonaws.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: eks }
        data: { Cluster: { AccessConfig: { AuthenticationMode: API } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: eks.amazonaws.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: eks }
          data: { Cluster: { AccessConfig: { AuthenticationMode: CONFIG_MAP } } }
        `,
        paths: [],
      },
    ],
  },
});

function usesConfigMapOnly(data: unknown): CloudBreach | undefined {
  if (dig(data, 'Cluster', 'AccessConfig', 'AuthenticationMode') !== 'CONFIG_MAP') return undefined;
  const field = 'data.Cluster.AccessConfig.AuthenticationMode';
  return { message: 'who may use the cluster is kept in a ConfigMap of it alone', field };
}
