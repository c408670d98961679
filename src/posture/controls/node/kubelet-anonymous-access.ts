import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { anonymousAccess } from '../../kubelet-checks.ts';

export const kubeletAnonymousAccess = defineControl({
  id: 'C-0069',
  name: 'Disable anonymous access to Kubelet service',
  baseScore: 10,
  category: 'Control plane',
  why: 'A kubelet that answers without asking who calls lets anyone who reaches its port read pods, logs and secrets of the node and run commands in its containers.',
  fix: 'Set `authentication.anonymous.enabled: false` in the kubelet’s configuration file, or start it with `--anonymous-auth=false`, and restart it.',

  checks: [anonymousAccess],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --anonymous-auth=false }
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
        paths: ['authentication.anonymous.enabled'],
      },
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --anonymous-auth=true }
        `,
        paths: [],
      },
    ],
  },
});
