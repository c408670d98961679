import { secretsEncryptedByCloud } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';

export const managedSecretsEncryption = defineControl({
  id: 'C-0244',
  name: 'Ensure Kubernetes Secrets are encrypted',
  baseScore: 6,
  category: 'Secrets',
  why: 'Without a key of your own, secrets in etcd are only as safe as the disks of the provider: copies and backups of them can be read.',
  fix: 'Switch on encryption of secrets with a key of yours: Key Vault on AKS, KMS on EKS, application-layer encryption on GKE.',

  checks: [secretsEncryptedByCloud()],

  examples: {
    pass: [
      yaml`
        apiVersion: management.azure.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: aks }
        data: { properties: { securityProfile: { azureKeyVaultKms: { enabled: true } } } }
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
