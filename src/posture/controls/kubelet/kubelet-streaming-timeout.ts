import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletStreamingTimeout = defineControl({
  id: 'C-0176',
  name: 'Ensure that the --streaming-connection-idle-timeout argument is not set to 0',
  baseScore: 3,
  category: 'Control plane',
  why: 'Sessions of exec, logs and port-forward that nobody uses stay open for good without a timeout, and use up connections and ports.',
  fix: 'Set `streamingConnectionIdleTimeout` in the kubelet’s configuration file to a few minutes or hours (the default is 4h), and restart it.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-streaming-connection-idle-timeout',
      flag: 'streaming-connection-idle-timeout',
      field: 'streamingConnectionIdleTimeout',
      types: ['duration'],
      badFlag: never,
      badField: never,
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
          configFile: { content: c3RyZWFtaW5nQ29ubmVjdGlvbklkbGVUaW1lb3V0OiA1bQo= }
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
          data: { cmdLine: /usr/bin/kubelet --streaming-connection-idle-timeout=0 }
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
            configFile: { content: c3RyZWFtaW5nQ29ubmVjdGlvbklkbGVUaW1lb3V0OiAwCg== }
        `,
        paths: ['streamingConnectionIdleTimeout'],
      },
    ],
  },
});

/** A duration of nothing, in whatever unit: `0`, `0s`, `0h0m0s`. */
function never(value: unknown): string | undefined {
  const isNone = value === 0 || (typeof value === 'string' && /^(?:0+(?:\.0+)?[a-zµ]*)+$/.test(value));
  return isNone ? 'idle sessions through the kubelet are never ended' : undefined;
}
