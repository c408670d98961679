import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerKubeletClientCertificate = defineControl({
  id: 'C-0116',
  name: 'Ensure that the API Server --kubelet-client-certificate and --kubelet-client-key arguments are set as appropriate',
  baseScore: 7,
  category: 'Control plane',
  why: 'Without a client certificate the API server talks to kubelets as nobody: either the kubelets let everybody in, or logs and exec do not work.',
  fix: 'Set `--kubelet-client-certificate` and `--kubelet-client-key` to a certificate that the kubelets’ client CA has signed.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-kubelet-client-certificate-and-kubelet-client-key-arguments-are-set-as-appropriate',
      component: 'kube-apiserver',
      judge: required({
        'kubelet-client-certificate': '<path/to/appropriate/file>',
        'kubelet-client-key': '<path/to/appropriate/file>',
      }),
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec:
          containers:
            - name: kube-apiserver
              command: [kube-apiserver, --kubelet-client-certificate=/pki/kubelet-client.crt, --kubelet-client-key=/pki/kubelet-client.key]
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --secure-port=6443]
        `,
        paths: ['spec.containers[0].command[2]', 'spec.containers[0].command[3]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --kubelet-client-certificate=/pki/kubelet-client.crt]
        `,
        paths: ['spec.containers[0].command[3]'],
      },
    ],
  },
});
