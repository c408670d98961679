import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { kubeletCheck } from '../../kubelet-checks.ts';

export const kubeletHostnameOverride = defineControl({
  id: 'C-0179',
  name: 'Ensure that the --hostname-override argument is not set',
  baseScore: 3,
  category: 'Control plane',
  why: 'With a name that is not the host’s, certificates and logs of the node do not fit together, and what happened where is hard to tell.',
  fix: 'Take `--hostname-override` out and restart the kubelet. Some clouds need it; say so in an exception then.',

  checks: [
    kubeletCheck({
      rule: 'kubelet-hostname-override',
      flag: 'hostname-override',
      badFlag: () => 'the kubelet runs under a name that is not the host’s',
      withoutReview: true,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: KubeletInfo
        metadata: { name: node-a }
        data: { cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: KubeletInfo
          metadata: { name: node-a }
          data: { cmdLine: /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --hostname-override=web-1 }
        `,
        paths: [],
      },
    ],
  },
});
