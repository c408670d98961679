import { defineControl } from '../../control.ts';
import {
  encryptionConfigOf,
  encryptionExternal,
  hasEncryptionConfig,
  unreadableEncryptionConfig,
} from '../../encryption-config.ts';
import { yaml } from '../../example.ts';

export const encryptionProviders = defineControl({
  id: 'C-0142',
  name: 'Ensure that encryption providers are appropriately configured',
  baseScore: 7,
  category: 'Control plane',
  why: 'The first provider of an entry encrypts what is written. `identity` encrypts nothing, and some others have known weaknesses.',
  fix: 'Put `kms`, `secretbox` or `aescbc` first among the providers of each entry, restart the API server, and write all Secrets once more.',

  checks: [
    {
      rule: 'ensure-that-the-api-server-encryption-providers-are-appropriately-configured',
      kinds: ['ControlPlaneInfo'],
      needs: ['ControlPlaneInfo'],
      applies: hasEncryptionConfig,
      unreadable: unreadableEncryptionConfig,
      judge(info) {
        const config = encryptionConfigOf(info);
        const weak = config?.entries.filter(({ providers }) => !strong.has(providers[0] ?? '')) ?? [];
        if (config === undefined || weak.length === 0) return [];
        const value = '{"aescbc" | "secretbox" | "kms" : <provider config>}';
        return [
          {
            message:
              'the API server’s encryption configuration writes some resources without strong encryption',
            failedPaths: [],
            fixPaths: weak.map(({ index, providers }) => ({
              path: `resources[${index}].providers[${providers.length}]`,
              value,
            })),
            shown: weak.map(({ index, providers }) => ({
              path: `data.APIServerInfo.encryptionProviderConfigFile resources[${index}].providers`,
              value: providers,
            })),
            external: encryptionExternal(config),
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
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: ControlPlaneInfo
          metadata: { name: node-a }
          data:
            APIServerInfo:
              encryptionProviderConfigFile:
                # resources: [{ resources: [configmaps], providers: [{ identity: {} }] }]
                content: cmVzb3VyY2VzOiBbeyByZXNvdXJjZXM6IFtjb25maWdtYXBzXSwgcHJvdmlkZXJzOiBbeyBpZGVudGl0eToge30gfV0gfV0K
        `,
        paths: ['resources[0].providers[1]'],
      },
    ],
  },
});

/** Source: https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/#providers */
const strong: ReadonlySet<string> = new Set(['aescbc', 'secretbox', 'kms']);
