import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { clientAuthority } from '../../kubelet-checks.ts';

export const kubeletClientCertificates = defineControl({
  id: 'C-0070',
  name: 'Enforce Kubelet client TLS authentication',
  baseScore: 9,
  category: 'Control plane',
  why: 'Without a CA for client certificates the kubelet cannot tell the API server from an impostor that reaches its port.',
  fix: 'Set `authentication.x509.clientCAFile` in the kubelet’s configuration file to the cluster’s CA, or start it with `--client-ca-file`, and restart it.',

  checks: [clientAuthority],

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
