import { dig } from '../../cloud.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletFactsOf } from '../../kubelet.ts';
import {
  hasConfig,
  kubeletFlag,
  noCommandLine,
  notReported,
  unreadConfig,
  withCommandLine,
} from '../../kubelet-checks.ts';

export const kubeletPodPidsLimit = defineControl({
  id: 'C-0284',
  name: 'Ensure that the Kubelet is configured to limit pod PIDS',
  baseScore: 2,
  category: 'Control plane',
  why: 'A pod that starts processes without end uses up those of the whole node, and takes the other pods and the node down with it.',
  fix: 'Set `podPidsLimit` in the kubelet’s configuration file to what your pods need at most (some thousands), and restart it.',

  checks: [
    {
      rule: 'kubelet-set-pod-limit',
      kinds: ['KubeletInfo'],
      needs: ['KubeletInfo'],
      unreadable(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined) return noCommandLine(object);
        if (flags.some((flag) => kubeletFlag(facts, flag) !== undefined)) return undefined;
        if (hasConfig(facts) && facts.configText === undefined) {
          return unreadConfig(object, facts) ?? notReported(object, 'podPidsLimit').message;
        }
        return unreadConfig(object, facts);
      },
      judge(object) {
        const facts = kubeletFactsOf(object);
        if (facts === undefined) return [];
        const byFlag = flags.map((flag) => kubeletFlag(facts, flag)).find((value) => value !== undefined);
        if (byFlag === undefined && hasConfig(facts) && facts.config === undefined) return [];
        const limit = byFlag ?? dig(facts.config, 'podPidsLimit');
        if (isLimit(limit)) return [];
        return [
          {
            message: 'the kubelet does not limit the number of processes of a pod',
            failedPaths: [],
            fixPaths: [],
            shown: [{ path: 'podPidsLimit', value: limit }],
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
        data: { cmdLine: /usr/bin/kubelet --pod-max-pids=4096 }
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
            configFile: { content: cG9kUGlkc0xpbWl0OiAtMQo= }
        `,
        paths: [],
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

const flags = ['pod-max-pids', 'pod-pids-limit'];

/** -1, the default, and 0 are none. */
function isLimit(limit: unknown): boolean {
  return (typeof limit === 'number' || typeof limit === 'string') && Number(limit) > 0;
}
