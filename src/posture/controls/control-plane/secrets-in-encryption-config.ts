import { componentOf, endOf, flagOf, unreadableLine } from '../../component-flags.ts';
import { defineControl } from '../../control.ts';
import {
  encryptionConfigOf,
  encryptionExternal,
  hasEncryptionConfig,
  unreadableEncryptionConfig,
} from '../../encryption-config.ts';
import { yaml } from '../../example.ts';

export const secretsInEncryptionConfig = defineControl({
  id: 'C-0141',
  name: 'Ensure that the API Server --encryption-provider-config argument is set as appropriate',
  baseScore: 7,
  category: 'Control plane',
  why: 'Without encryption at rest, Secrets lie in etcd as plain text: a copy of its disk or of a backup is enough to read them all.',
  fix: 'Write an EncryptionConfiguration that names `secrets`, set `--encryption-provider-config` to it, and write all Secrets once more so that old ones are encrypted too.',

  checks: [
    {
      rule: 'ensure-that-the-api-server-encryption-provider-config-argument-is-set-as-appropriate',
      kinds: ['Pod', 'ControlPlaneInfo'],
      namespace: 'kube-system',
      awaits: 'the pod of the API server, or what its node reports',
      applies: (object) =>
        object.kind === 'ControlPlaneInfo'
          ? hasEncryptionConfig(object)
          : object.metadata?.namespace === 'kube-system' &&
            componentOf(object, 'kube-apiserver') !== undefined,
      unreadable(object, { view }) {
        if (object.kind === 'ControlPlaneInfo') return unreadableEncryptionConfig(object);
        const server = componentOf(object, 'kube-apiserver');
        const config = server && flagOf(server, 'encryption-provider-config');
        if (config === undefined || view.list('ControlPlaneInfo').length > 0) {
          return unreadableLine(object, 'kube-apiserver');
        }
        return `${config.path}: needs ControlPlaneInfo facts to say whether the file covers secrets`;
      },
      judge(object) {
        if (object.kind === 'ControlPlaneInfo') {
          const config = encryptionConfigOf(object);
          if (config === undefined || config.entries.some(({ resources }) => resources.some(isSecrets)))
            return [];
          return [
            {
              message: 'the API server’s encryption configuration does not cover secrets',
              failedPaths: [],
              fixPaths: [],
              shown: [{ path: file, value: config.entries.flatMap(({ resources }) => resources) }],
              external: encryptionExternal(config),
            },
          ];
        }
        const server = componentOf(object, 'kube-apiserver');
        if (server === undefined || unreadableLine(object, 'kube-apiserver') !== undefined) return [];
        if (flagOf(server, 'encryption-provider-config') !== undefined) return [];
        const value = '--encryption-provider-config=<path/to/encryption-config.yaml>';
        return [
          {
            message: '--encryption-provider-config is not set, so that secrets are stored as they are',
            failedPaths: [],
            fixPaths: [{ path: endOf(server), value }],
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: ControlPlaneInfo
        metadata: { name: node-a }
        data:
          APIServerInfo:
            encryptionProviderConfigFile:
              # resources: [{ resources: [secrets], providers: [{ secretbox: {} }] }]
              content: cmVzb3VyY2VzOiBbeyByZXNvdXJjZXM6IFtzZWNyZXRzXSwgcHJvdmlkZXJzOiBbeyBzZWNyZXRib3g6IHt9IH1dIH1dCg==
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
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data:
            APIServerInfo:
              encryptionProviderConfigFile:
                # resources: [{ resources: [configmaps], providers: [{ identity: {} }] }]
                content: cmVzb3VyY2VzOiBbeyByZXNvdXJjZXM6IFtjb25maWdtYXBzXSwgcHJvdmlkZXJzOiBbeyBpZGVudGl0eToge30gfV0gfV0K
        `,
        paths: [],
      },
    ],
  },
});

const file = 'data.APIServerInfo.encryptionProviderConfigFile';

/** Wildcards cover them too: `*.` is the core group, `*.*` all of them. */
function isSecrets(resource: unknown): boolean {
  return resource === 'secrets' || resource === '*.' || resource === '*.*';
}
