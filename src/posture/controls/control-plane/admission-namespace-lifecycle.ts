import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, listLacks } from '../../flag-checks.ts';

export const admissionNamespaceLifecycle = defineControl({
  id: 'C-0126',
  name: 'Ensure that the admission control plugin NamespaceLifecycle is set',
  baseScore: 3,
  category: 'Control plane',
  why: 'The plugin refuses new objects in namespaces that do not exist or are being deleted, and keeps the namespaces of the system from being deleted.',
  fix: 'Take `NamespaceLifecycle` out of `--disable-admission-plugins`; it is on by default.',

  checks: [
    flagCheck({
      rule: 'ensure-that-the-admission-control-plugin-NamespaceLifecycle-is-set',
      component: 'kube-apiserver',
      judge: listLacks('disable-admission-plugins', 'NamespaceLifecycle'),
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
              command: [kube-apiserver, --secure-port=6443]
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
                command: [kube-apiserver, '--disable-admission-plugins=NamespaceLifecycle,DefaultStorageClass']
        `,
        paths: ['spec.containers[0].command[1]'],
      },
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec:
            containers:
              - name: kube-apiserver
                command: [kube-apiserver, --disable-admission-plugins=NamespaceLifecycle]
        `,
        paths: ['spec.containers[0].command[1]'],
      },
    ],
  },
});
