import type { KubeObject } from '../../../model/object.ts';
import { componentOf, flagOf, unreadableLine } from '../../component-flags.ts';
import { type ClusterView, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const etcdOwnAuthority = defineControl({
  id: 'C-0159',
  name: 'Ensure that a unique Certificate Authority is used for etcd',
  baseScore: 8,
  category: 'Control plane',
  why: 'If etcd trusts the CA of the cluster’s clients, every certificate that this has issued, a kubelet’s or a developer’s, opens all of etcd.',
  fix: 'Make a CA for etcd alone, issue the certificates of its members and of the API server from it, and set `--trusted-ca-file` and the API server’s `--etcd-cafile` to it.',

  checks: [
    {
      rule: 'etcd-unique-ca',
      kinds: ['Pod'],
      awaits: 'the pod of etcd',
      applies: (pod) => componentOf(pod, 'etcd') !== undefined,
      unreadable(pod, { view }) {
        const server = apiServerBeside(pod, view);
        if (server === undefined) {
          return 'needs the pod of the API server, which is not among the objects here';
        }
        const gap = unreadableLine(server, 'kube-apiserver');
        return unreadableLine(pod, 'etcd') ?? (gap && `of ${server.metadata.name}: ${gap}`);
      },
      judge(pod, { view }) {
        const etcd = componentOf(pod, 'etcd');
        const other = apiServerBeside(pod, view);
        const server = other && componentOf(other, 'kube-apiserver');
        const own = etcd && flagOf(etcd, 'trusted-ca-file');
        const shared = server && flagOf(server, 'client-ca-file');
        if (other === undefined || own === undefined || shared === undefined) return [];
        if (own.value !== shared.value) return [];
        const paths = [own.path, shared.path];
        return [
          {
            message: 'etcd trusts the same CA for its clients as the API server does',
            reviewPaths: paths,
            failedPaths: paths,
            fixPaths: paths.map((path) => ({ path, value: '<path/to/different-tls-certificate-file.crt>' })),
            shown: [{ path: own.path, value: own.text }],
            objects: [pod, other],
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: v1
        kind: Pod
        metadata: { name: etcd-a, namespace: kube-system }
        spec: { containers: [{ name: etcd, command: [etcd, --trusted-ca-file=/pki/etcd/ca.crt] }] }
        ---
        apiVersion: v1
        kind: Pod
        metadata: { name: kube-apiserver-a, namespace: kube-system }
        spec: { containers: [{ name: kube-apiserver, command: [kube-apiserver, --client-ca-file=/pki/ca.crt] }] }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: v1
          kind: Pod
          metadata: { name: etcd-a, namespace: kube-system }
          spec: { containers: [{ name: etcd, command: [etcd, --name=a, --trusted-ca-file=/pki/ca.crt] }] }
          ---
          apiVersion: v1
          kind: Pod
          metadata: { name: kube-apiserver-a, namespace: kube-system }
          spec: { containers: [{ name: kube-apiserver, command: [kube-apiserver, --client-ca-file=/pki/ca.crt] }] }
        `,
        paths: ['spec.containers[0].command[2]', 'spec.containers[0].command[1]'],
      },
    ],
  },
});

/** The API server that stores in this etcd runs in the same namespace. */
function apiServerBeside({ metadata }: KubeObject, view: ClusterView): KubeObject | undefined {
  return view
    .list('Pod', metadata.namespace ?? '')
    .find((pod) => componentOf(pod, 'kube-apiserver') !== undefined);
}
