import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletEventQps = defineControl({
  id: 'C-0180',
  name: 'Ensure that the --event-qps argument is set to 0 or a level which ensures appropriate event capture',
  baseScore: 2,
  category: 'Control plane',
  why: 'Too low a limit drops events that would tell of trouble, none at all lets one restless node flood the API server with them.',
  fix: 'Set `eventRecordQPS` in the kubelet’s configuration file to what your nodes need (the default is 50), and restart it.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-event-qps',
      flag: 'event-qps',
      field: 'eventRecordQPS',
      types: ['number'],
      badFlag: (value) => (Number(value) === 0 ? message : undefined),
      badField: (value) => (value === 0 ? message : undefined),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: ZXZlbnRSZWNvcmRRUFM6IDUK }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet }
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
            configFile: { content: ZXZlbnRSZWNvcmRRUFM6IDAK }
        `,
        paths: ['eventRecordQPS'],
      },
    ],
  },
});

const message = 'the kubelet sends events without any limit';
