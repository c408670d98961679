import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletReadOnlyPort = defineControl({
  id: 'C-0175',
  name: 'Verify that the --read-only-port argument is set to 0',
  baseScore: 4,
  category: 'Control plane',
  why: 'The read-only port asks for no credentials: it tells anyone on the network which pods a node runs, with their specifications.',
  fix: 'Set `readOnlyPort: 0` in the kubelet’s configuration file, or start it with `--read-only-port=0`, and restart it.',

  checks: [
    kubeletCheck({
      rule: 'read-only-port-enabled-updated',
      flag: 'read-only-port',
      field: 'readOnlyPort',
      types: ['number'],
      badFlag: (value) =>
        Number(value) === 0 && value !== ''
          ? undefined
          : `the kubelet serves without authentication on port ${value}`,
      badField: (value) =>
        value === undefined || value === null || value === 0
          ? undefined
          : 'the kubelet serves without authentication on its read-only port',
      unset:
        'the kubelet serves without authentication on port 10255, which is its default without a configuration file',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --read-only-port=0 }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: cmVhZE9ubHlQb3J0OiAwCg== }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --read-only-port=10255 }
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
            configFile: { content: cmVhZE9ubHlQb3J0OiAxMDI1NQo= }
        `,
        paths: ['readOnlyPort'],
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
