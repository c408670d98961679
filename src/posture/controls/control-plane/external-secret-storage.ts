import { defineControl } from '../../control.ts';
import {
  encryptionConfigOf,
  encryptionExternal,
  hasEncryptionConfig,
  unreadableEncryptionConfig,
} from '../../encryption-config.ts';
import { yaml } from '../../example.ts';

export const externalSecretStorage = defineControl({
  id: 'C-0208',
  name: 'Consider external secret storage',
  baseScore: 5,
  category: 'Control plane',
  why: 'Keys that lie beside the data protect it from little. A key store outside of the cluster says who used them, and can take them back.',
  fix: 'Encrypt secrets with a KMS plugin of a key store that you trust, first among the providers; where it is one that Kubescape does not know (it knows those of AWS, Azure and Akeyless), except this control.',

  checks: [
    {
      rule: 'external-secret-storage',
      kinds: ['ControlPlaneInfo'],
      needs: ['ControlPlaneInfo'],
      applies: hasEncryptionConfig,
      unreadable: unreadableEncryptionConfig,
      judge(info) {
        const config = encryptionConfigOf(info);
        if (config === undefined) return [];
        if (config.entries.some(({ kmsNames }) => kmsNames.some((name) => known.has(name)))) return [];
        const entry = `resources[${config.entries.length}]`;
        return [
          {
            message: 'the API server encrypts with no key store outside of the cluster that is known',
            failedPaths: [],
            fixPaths: [
              { path: `${entry}.resources[0]`, value: 'secrets' },
              { path: `${entry}.providers[0].kms`, value: 'YOUR_EXTERNAL_KMS' },
            ],
            shown: [
              {
                path: 'data.APIServerInfo.encryptionProviderConfigFile',
                value: config.entries.flatMap(({ providers }) => providers),
              },
            ],
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
              # resources: [{ resources: [secrets], providers: [{ kms: { name: azurekmsprovider } }] }]
              content: cmVzb3VyY2VzOiBbeyByZXNvdXJjZXM6IFtzZWNyZXRzXSwgcHJvdmlkZXJzOiBbeyBrbXM6IHsgbmFtZTogYXp1cmVrbXNwcm92aWRlciB9IH1dIH1dCg==
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
                # resources: [{ resources: [secrets], providers: [{ secretbox: {} }] }]
                content: cmVzb3VyY2VzOiBbeyByZXNvdXJjZXM6IFtzZWNyZXRzXSwgcHJvdmlkZXJzOiBbeyBzZWNyZXRib3g6IHt9IH1dIH1dCg==
        `,
        paths: ['resources[1].resources[0]', 'resources[1].providers[0].kms'],
      },
    ],
  },
});

/** By the names that their plugins register. */
const known: ReadonlySet<string> = new Set(['akeyless', 'azurekmsprovider', 'aws-encryption-provider']);
