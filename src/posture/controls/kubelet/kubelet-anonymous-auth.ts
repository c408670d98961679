import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { anonymousAccess } from '../../kubelet-checks.ts';

export const kubeletAnonymousAuth = defineControl({
  id: 'C-0172',
  name: 'Ensure that the --anonymous-auth argument is set to false',
  baseScore: 7,
  category: 'Control plane',
  why: 'Without authentication whoever reaches the kubelet’s port can list the node’s pods, read their logs and run commands in their containers.',
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
            configFile: { content: YXV0aGVudGljYXRpb246IHsgYW5vbnltb3VzOiB7IGVuYWJsZWQ6IHRydWUgfSB9Cg== }
        `,
        paths: ['authentication.anonymous.enabled'],
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
