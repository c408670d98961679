import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { clientAuthority } from '../../kubelet-checks.ts';

export const kubeletClientCa = defineControl({
  id: 'C-0174',
  name: 'Ensure that the --client-ca-file argument is set as appropriate',
  baseScore: 6,
  category: 'Control plane',
  why: 'The kubelet can only tell the API server from others by its certificate, and for that it needs the CA that signed it.',
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
            configFile: { content: YXV0aGVudGljYXRpb246IHsgYW5vbnltb3VzOiB7IGVuYWJsZWQ6IGZhbHNlIH0gfQo= }
        `,
        paths: ['authentication.x509.clientCAFile'],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet }
        `,
        paths: [],
      },
    ],
  },
});
