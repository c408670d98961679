import { cniNamesOf, unknownCni, withoutPolicies } from '../../cni.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const cniNetworkPolicies = defineControl({
  id: 'C-0205',
  name: 'Ensure that the CNI in use supports Network Policies',
  baseScore: 4,
  category: 'Network',
  why: 'With a network plugin that knows no NetworkPolicies these are accepted and do nothing: every pod can reach every other.',
  fix: 'Use a network plugin that enforces NetworkPolicies, such as Calico or Cilium, alone or beside the one that is there.',

  checks: [
    {
      rule: 'ensure-that-the-cni-in-use-supports-network-policies',
      kinds: ['CNIInfo'],
      needs: ['CNIInfo'],
      unreadable: unknownCni,
      judge(info) {
        const names = cniNamesOf(info) ?? [];
        const isBareFlannel = names.includes('Flannel') && !names.includes('Calico');
        const isBareAws = names.includes('aws') && names.length < 2;
        return isBareFlannel || isBareAws ? [withoutPolicies(info, names)] : [];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: CNIInfo
        metadata: { name: node-a }
        data: { CNINames: [Flannel, Calico] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: CNIInfo
          metadata: { name: node-a }
          data: { CNINames: [Flannel] }
        `,
        paths: [],
      },
    ],
  },
});
