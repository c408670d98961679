import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletAuthorizationMode = defineControl({
  id: 'C-0173',
  name: 'Ensure that the --authorization-mode argument is not set to AlwaysAllow',
  baseScore: 6,
  category: 'Control plane',
  why: 'With AlwaysAllow whoever the kubelet has let in may do everything on the node; with Webhook it asks the API server who may do what.',
  fix: 'Set `authorization.mode: Webhook` in the kubelet’s configuration file, or start it with `--authorization-mode=Webhook`, and restart it.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-authorization-mode-alwaysAllow',
      flag: 'authorization-mode',
      field: 'authorization.mode',
      types: ['string'],
      badFlag: alwaysAllows,
      badField: alwaysAllows,
      unset: 'the kubelet allows every request, which is its default without a configuration file',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --authorization-mode=Webhook }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: YXV0aG9yaXphdGlvbjogeyBtb2RlOiBXZWJob29rIH0K }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --authorization-mode=AlwaysAllow }
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
            configFile: { content: YXV0aG9yaXphdGlvbjogeyBtb2RlOiBBbHdheXNBbGxvdyB9Cg== }
        `,
        paths: ['authorization.mode'],
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

function alwaysAllows(value: unknown): string | undefined {
  return value === 'AlwaysAllow' ? 'the kubelet allows every request that it lets in' : undefined;
}
