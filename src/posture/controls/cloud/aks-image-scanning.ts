import { dig } from '../../cloud.ts';
import { type CloudBreach, cloudCheck } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const aksImageScanning = defineControl({
  id: 'C-0243',
  name: 'Ensure Image Vulnerability Scanning using Azure Defender image scanning or a third party provider',
  baseScore: 5,
  category: 'Workload',
  why: 'Images with known vulnerabilities run unnoticed if nobody scans them, and new ones are found in old images all the time.',
  fix: 'Switch on Microsoft Defender for Containers, or except this control where another scanner looks at your registry.',

  checks: [
    cloudCheck({
      rule: 'ensure-image-vulnerability-scanning-using-azure-defender-image-scanning-or-a-third-party-provider',
      provider: 'aks',
      reads: { properties: 'mapping' },
      judge: isNotScanned,
    }),
  ],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { securityProfile: { defender: { securityMonitoring: { enabled: true } } } } }
      `,
    ],
    fail: [
      {
        yaml: yaml`
          apiVersion: management.azure.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: aks }
          data: { properties: { securityProfile: {} } }
        `,
        paths: [],
      },
    ],
  },
});

function isNotScanned(data: unknown): CloudBreach | undefined {
  const monitoring = dig(data, 'properties', 'securityProfile', 'defender', 'securityMonitoring');
  if (dig(monitoring, 'enabled') === true) return undefined;
  const field = 'data.properties.securityProfile.defender.securityMonitoring.enabled';
  const fixCommand =
    'az aks update --enable-defender --resource-group <your-resource-group> --name <your-cluster-name>';
  return { message: 'Microsoft Defender is off', field, fixCommand };
}
