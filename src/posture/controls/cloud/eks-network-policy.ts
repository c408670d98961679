import type { KubeObject } from '../../../model/object.ts';
import { dig } from '../../cloud.ts';
import { cniNamesOf, unknownCni, withoutPolicies } from '../../cni.ts';
import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const eksNetworkPolicy = defineControl({
  id: 'C-0230',
  name: 'Ensure Network Policy is Enabled and set as appropriate',
  baseScore: 6,
  category: 'Network',
  why: 'The VPC network plugin alone enforces no NetworkPolicies unless it is told to: every pod can reach every other.',
  fix: 'Install Calico or Cilium. Where the VPC plugin’s own enforcement is on (`enableNetworkPolicy`), which nodes do not report, except this control.',

  checks: [
    {
      rule: 'ensure-network-policy-is-enabled-eks',
      kinds: ['CNIInfo'],
      needs: ['CNIInfo'],
      applies: (_, { view }) => isEks(view),
      unreadable: unknownCni,
      judge(info) {
        const names = cniNamesOf(info);
        if (names === undefined || names.includes('Calico') || names.includes('Cilium')) return [];
        return [withoutPolicies(info, names)];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: CNIInfo
        metadata: { name: node-a }
        data: { CNINames: [aws, Calico] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: CNIInfo
          metadata: { name: node-a }
          data: { CNINames: [aws] }
        `,
        paths: [],
      },
    ],
  },
});

/** Where nodes are known, they tell what they run on; where none are, the control has been asked for on purpose. */
function isEks(view: ClusterView): boolean {
  const nodes = view.list('Node');
  return nodes.length === 0 || nodes.some(isEksNode);
}

function isEksNode({ metadata, spec }: KubeObject): boolean {
  const provider = dig(spec, 'providerID');
  return (
    (typeof provider === 'string' && provider.startsWith('aws://')) ||
    Object.keys(metadata.labels ?? {}).some((label) => label.startsWith('eks.amazonaws.com/'))
  );
}
