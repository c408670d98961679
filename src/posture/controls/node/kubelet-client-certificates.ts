import { dig } from '../../cloud.ts';
import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { commandLineOnly, configOnly, dataOnly, kubeletFactsOf } from '../../kubelet.ts';

export const kubeletClientCertificates = defineControl({
  id: 'C-0070',
  name: 'Enforce Kubelet client TLS authentication',
  baseScore: 9,
  category: 'Control plane',
  why: 'Without a CA for client certificates the kubelet cannot tell the API server from an impostor that reaches its port.',
  fix: 'Set `authentication.x509.clientCAFile` in the kubelet’s configuration file to the cluster’s CA, or start it with `--client-ca-file`, and restart it.',

  checks: [
    {
      rule: 'enforce-kubelet-client-tls-authentication-updated',
      kinds: ['KubeletInfo'],
      needs: ['KubeletInfo'],
      judge(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined || facts.commandLine.includes('--client-ca-file')) return [];
        const { commandLine, configText, config } = facts;
        if (!commandLine.includes('--config'))
          return [{ ...noCa, external: commandLineOnly(object, commandLine) }];
        if (configText === undefined || config === undefined) {
          const message =
            'the kubelet’s configuration file could not be read, so that it may have no client CA';
          return [{ ...noCa, message, external: dataOnly(object) }];
        }
        if (typeof dig(config, 'authentication', 'x509', 'clientCAFile') === 'string') return [];
        return [
          { ...noCa, reviewPaths: [field], failedPaths: [field], external: configOnly(object, configText) },
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
        data: { cmdLine: /usr/bin/kubelet --client-ca-file=/etc/kubernetes/pki/ca.crt }
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
            configFile: { content: YXV0aGVudGljYXRpb246CiAgYW5vbnltb3VzOgogICAgZW5hYmxlZDogdHJ1ZQo= }
        `,
        paths: ['authentication.x509.clientCAFile'],
      },
    ],
  },
});

const field = 'authentication.x509.clientCAFile';

const noCa: Breach = {
  message: 'the kubelet has no CA to check client certificates with',
  reviewPaths: [],
  failedPaths: [],
  fixPaths: [],
};
