import { dig } from '../../cloud.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletFactsOf } from '../../kubelet.ts';
import {
  hasConfig,
  inFile,
  kubeletFlag,
  noCommandLine,
  notReported,
  unreadConfig,
  withCommandLine,
} from '../../kubelet-checks.ts';

export const kubeletTlsCertificate = defineControl({
  id: 'C-0181',
  name: 'Ensure that the --tls-cert-file and --tls-private-key-file arguments are set as appropriate',
  baseScore: 7,
  category: 'Control plane',
  why: 'Without a certificate of the cluster’s CA the kubelet makes one that nobody can check, so that somebody in between can pose as the node.',
  fix: 'Set `tlsCertFile` and `tlsPrivateKeyFile` in the kubelet’s configuration file, or have the certificate issued and renewed with `serverTLSBootstrap: true`, and restart it.',

  checks: [
    {
      rule: 'validate-kubelet-tls-configuration-updated',
      kinds: ['KubeletInfo'],
      needs: ['KubeletInfo'],
      unreadable(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined) return noCommandLine(object);
        const isByFlag = settings.every(({ flag }) => kubeletFlag(facts, flag) !== undefined);
        return isByFlag ? undefined : unreadConfig(object, facts);
      },
      judge(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined) return [];
        const missing = settings.filter(({ flag }) => kubeletFlag(facts, flag) === undefined);
        if (missing.length === 0) return [];
        if (!hasConfig(facts)) {
          const message = `${missing.map(({ flag }) => `--${flag}`).join(' and ')} of the kubelet not set`;
          const shown = [{ path: 'data.cmdLine' }];
          return [
            { message, failedPaths: [], fixPaths: [], shown, external: withCommandLine(object, facts) },
          ];
        }
        if (facts.configText === undefined) return [notReported(object, 'tlsCertFile', true)];
        const { config } = facts;
        // A certificate that the API server issues takes their place.
        if (config === undefined || dig(config, 'serverTLSBootstrap') === true) return [];
        const empty = missing.map(({ field }) => field).filter((field) => !isSet(dig(config, field)));
        if (empty.length === 0) return [];
        return [inFile(object, facts, `${empty.join(' and ')} of the kubelet not set`, empty)];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --tls-cert-file=/pki/kubelet.crt --tls-private-key-file=/pki/kubelet.key }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data:
            cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
            configFile: { content: dGxzQ2VydEZpbGU6IC9wa2kva3ViZWxldC5jcnQK }
        `,
        paths: [],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --tls-cert-file=/pki/kubelet.crt }
        `,
        paths: [],
      },
    ],
  },
});

const settings = [
  { flag: 'tls-cert-file', field: 'tlsCertFile' },
  { flag: 'tls-private-key-file', field: 'tlsPrivateKeyFile' },
];

function isSet(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
