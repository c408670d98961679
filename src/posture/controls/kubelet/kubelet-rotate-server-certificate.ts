import { dig } from '../../cloud.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { type KubeletFacts, kubeletFactsOf } from '../../kubelet.ts';
import {
  inFile,
  isOn,
  kubeletFlag,
  noCommandLine,
  unreadConfig,
  withCommandLine,
} from '../../kubelet-checks.ts';

export const kubeletRotateServerCertificate = defineControl({
  id: 'C-0183',
  name: 'Verify that the RotateKubeletServerCertificate argument is set to true',
  baseScore: 6,
  category: 'Control plane',
  why: 'A serving certificate that is not renewed runs out, or is made to last so long that a stolen one lets others pose as the node for years.',
  fix: 'Set `serverTLSBootstrap: true` in the kubelet’s configuration file, leave the feature gate RotateKubeletServerCertificate on, and approve the certificates that kubelets ask for.',

  checks: [
    {
      rule: 'kubelet-rotate-kubelet-server-certificate',
      kinds: ['KubeletInfo'],
      needs: ['KubeletInfo'],
      unreadable(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined) return noCommandLine(object);
        return gateOf(facts) === undefined ? unreadConfig(object, facts) : undefined;
      },
      judge(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined) return [];
        const gate = gateOf(facts);
        if (gate !== undefined && isOn(gate)) return [];
        if (gate === undefined && dig(facts.config, ...field.split('.')) === false) {
          return [{ ...inFile(object, facts, off, [field]), reviewPaths: [field], failedPaths: [field] }];
        }
        if (gate === undefined && isRenewed(facts)) return [];
        return [
          {
            message: gate === undefined ? unasked : off,
            failedPaths: [],
            fixPaths: [],
            shown: [{ path: 'data.cmdLine' }],
            external: withCommandLine(object, facts),
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --feature-gates=RotateKubeletServerCertificate=true }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: c2VydmVyVExTQm9vdHN0cmFwOiB0cnVlCg== }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: '/usr/bin/kubelet --feature-gates=Other=true,RotateKubeletServerCertificate=false' }
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
            configFile: { content: ZmVhdHVyZUdhdGVzOiB7IFJvdGF0ZUt1YmVsZXRTZXJ2ZXJDZXJ0aWZpY2F0ZTogZmFsc2UgfQo= }
        `,
        paths: ['featureGates.RotateKubeletServerCertificate'],
      },
    ],
  },
});

const field = 'featureGates.RotateKubeletServerCertificate';
const off = 'the feature gate RotateKubeletServerCertificate is off';
const unasked = 'the kubelet does not ask for serving certificates, so that none is renewed';

function gateOf(facts: KubeletFacts): string | undefined {
  const gates = kubeletFlag(facts, 'feature-gates')?.split(',') ?? [];
  const gate = gates.findLast((text) => text.startsWith('RotateKubeletServerCertificate='));
  return gate?.slice(gate.indexOf('=') + 1);
}

/** The gate is on by default; what it does has to be asked for besides. */
function isRenewed(facts: KubeletFacts): boolean {
  const flag = kubeletFlag(facts, 'rotate-server-certificates');
  if (flag !== undefined) return isOn(flag);
  return dig(facts.config, 'serverTLSBootstrap') === true || dig(facts.config, ...field.split('.')) === true;
}
