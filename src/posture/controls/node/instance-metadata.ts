import { hostGap } from '../../../model/host.ts';
import { dig } from '../../cloud.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const instanceMetadata = defineControl({
  id: 'C-0052',
  name: 'Instance Metadata API',
  baseScore: 7,
  category: 'Control plane',
  why: 'The cloud’s metadata service hands out credentials of the node. A pod that reaches it can act in the cloud with the node’s rights.',
  fix: 'Keep pods from 169.254.169.254 with a NetworkPolicy or the node’s firewall, use identities of workloads instead, and on AWS ask for IMDSv2 with a hop limit of 1.',

  checks: [
    {
      rule: 'instance-metadata-api-access',
      kinds: ['cloudProviderInfo'],
      needs: ['cloudProviderInfo'],
      unreadable(info) {
        const data = info['data'];
        if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'data is no mapping';
        const access = dig(data, 'providerMetaDataAPIAccess');
        if (typeof access === 'boolean') return undefined;
        // It is left out where there is no access.
        return access === undefined
          ? hostGap(info, 'providerMetaDataAPIAccess')
          : 'data.providerMetaDataAPIAccess is no boolean';
      },
      judge(info) {
        if (dig(info['data'], 'providerMetaDataAPIAccess') !== true) return [];
        const { apiVersion, kind, metadata } = info;
        const data = { providerMetaDataAPIAccess: true };
        return [
          {
            message: 'what runs on the node reaches the cloud’s metadata service',
            failedPaths: [],
            fixPaths: [],
            shown: [{ path: 'data.providerMetaDataAPIAccess', value: true }],
            external: { apiVersion, kind, metadata, data },
          },
        ];
      },
    },
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: hostdata.kubescape.cloud/v1beta0
        kind: cloudProviderInfo
        metadata: { name: node-a }
        data: {}
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: hostdata.kubescape.cloud/v1beta0
          kind: cloudProviderInfo
          metadata: { name: node-a }
          data: { providerMetaDataAPIAccess: true }
        `,
        paths: [],
      },
    ],
  },
});
