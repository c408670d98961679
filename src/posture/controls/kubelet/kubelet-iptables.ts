import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { isOn, kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletIptables = defineControl({
  id: 'C-0178',
  name: 'Ensure that the --make-iptables-util-chains argument is set to true',
  baseScore: 3,
  category: 'Control plane',
  why: 'The kubelet keeps rules that kube-proxy builds on in step with the node’s network. Without them traffic may be let through or lost as both change.',
  fix: 'Leave `makeIPTablesUtilChains` out of the kubelet’s configuration file, or set it to true, which is the default, and restart it.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-ip-tables',
      flag: 'make-iptables-util-chains',
      field: 'makeIPTablesUtilChains',
      types: ['boolean'],
      badFlag: (value) => (isOn(value) ? undefined : message),
      badField: (value) => (value === false ? message : undefined),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: bWFrZUlQVGFibGVzVXRpbENoYWluczogdHJ1ZQo= }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --make-iptables-util-chains=false }
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data:
            cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
            configFile: { content: bWFrZUlQVGFibGVzVXRpbENoYWluczogZmFsc2UK }
        `,
        paths: ['makeIPTablesUtilChains'],
      },
    ],
  },
});

const message = 'the kubelet does not keep the node’s iptables chains';
