import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { isOn, kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletRotateCertificates = defineControl({
  id: 'C-0182',
  name: 'Ensure that the --rotate-certificates argument is not set to false',
  baseScore: 6,
  category: 'Control plane',
  why: 'A client certificate that is not renewed runs out, and takes the node with it, or is made to last so long that a stolen one stays good for years.',
  fix: 'Set `rotateCertificates: true` in the kubelet’s configuration file (or `--rotate-certificates=true`), and restart it.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-rotate-certificates',
      flag: 'rotate-certificates',
      field: 'rotateCertificates',
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
        data: { cmdLine: /usr/bin/kubelet --rotate-certificates=true }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: cm90YXRlQ2VydGlmaWNhdGVzOiB0cnVlCg== }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --rotate-certificates=false }
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
            configFile: { content: cm90YXRlQ2VydGlmaWNhdGVzOiBmYWxzZQo= }
        `,
        paths: ['rotateCertificates'],
      },
    ],
  },
});

const message = 'the kubelet does not renew its client certificate';
