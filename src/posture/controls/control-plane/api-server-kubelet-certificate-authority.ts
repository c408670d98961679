import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const apiServerKubeletCertificateAuthority = defineControl({
  id: 'C-0117',
  name: 'Ensure that the API Server --kubelet-certificate-authority argument is set as appropriate',
  baseScore: 8,
  category: 'Control plane',
  why: 'Without a CA for kubelets the API server does not check whom it talks to: somebody between it and a node can read logs and answer exec sessions.',
  fix: 'Set `--kubelet-certificate-authority` to the CA that signed the kubelets’ serving certificates, after these have been issued by it.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-api-server-kubelet-certificate-authority-argument-is-set-as-appropriate',
      component: 'kube-apiserver',
      judge: required({ 'kubelet-certificate-authority': '<path/to/ca.crt>' }),
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
              command: [kube-apiserver, --kubelet-certificate-authority=/pki/ca.crt]
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
        paths: ['spec.containers[0].command[2]'],
      },
    ],
  },
});
