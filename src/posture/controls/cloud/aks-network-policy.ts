import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const aksNetworkPolicy = defineControl({
  id: 'C-0240',
  name: 'Ensure Network Policy is Enabled and set as appropriate',
  baseScore: 6,
  category: 'Network',
  why: 'Without an engine for them NetworkPolicies are accepted and do nothing: every pod can reach every other.',
  fix: 'Create the cluster with `--network-policy` azure, calico or cilium, or update it to Cilium; not every combination can be changed afterwards.',

  checks: [
    cloudCheck({
      rule: 'rule-cni-enabled-aks',
      provider: 'aks',
      reads: { 'properties.networkProfile': 'mapping' },
      judge: hasNoPolicyEngine,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { networkProfile: { networkPlugin: azure, networkPolicy: calico } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { networkProfile: { networkPlugin: kubenet } } }
        `,
        paths: [],
      },
    ],
  },
});

function hasNoPolicyEngine(data: unknown): CloudBreach | undefined {
  const policy = dig(data, 'properties', 'networkProfile', 'networkPolicy');
  if (typeof policy === 'string' && engines.has(policy)) return undefined;
  const field = 'data.properties.networkProfile.networkPolicy';
  return { message: 'the cluster enforces no NetworkPolicies', field };
}

/** Source: https://learn.microsoft.com/azure/aks/use-network-policies */
const engines: ReadonlySet<string> = new Set(['azure', 'calico', 'cilium']);
