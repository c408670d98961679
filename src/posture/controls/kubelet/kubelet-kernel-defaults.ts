import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { isOn, kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletKernelDefaults = defineControl({
  id: 'C-0177',
  name: 'Ensure that the --protect-kernel-defaults argument is set to true',
  baseScore: 2,
  category: 'Control plane',
  why: 'Otherwise the kubelet changes kernel settings that differ from what it expects, so that hardening of the node is undone without a word.',
  fix: 'Set the kernel parameters as the kubelet expects them, then `protectKernelDefaults: true` in its configuration file (or `--protect-kernel-defaults=true`), and restart it.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-protect-kernel-defaults',
      flag: 'protect-kernel-defaults',
      field: 'protectKernelDefaults',
      types: ['boolean'],
      badFlag: (value) => (isOn(value) ? undefined : message),
      badField: (value) => (value === true ? undefined : message),
      unset: 'the kubelet changes kernel settings that are not as it expects them',
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --protect-kernel-defaults=true }
      `,
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data:
          cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml
          configFile: { content: cHJvdGVjdEtlcm5lbERlZmF1bHRzOiB0cnVlCg== }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --protect-kernel-defaults=false }
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
            configFile: { content: cHJvdGVjdEtlcm5lbERlZmF1bHRzOiBmYWxzZQo= }
        `,
        paths: ['protectKernelDefaults'],
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

const message = 'the kubelet changes kernel settings that are not as it expects them';
