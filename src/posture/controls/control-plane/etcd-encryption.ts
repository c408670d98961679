import { secretsEncryptedByCloud } from '../../cloud-checks.ts';
import { defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { flagCheck, required } from '../../flag-checks.ts';

export const etcdEncryption = defineControl({
  id: 'C-0066',
  name: 'Secret/etcd encryption enabled',
  baseScore: 6,
  category: 'Control plane',
  why: 'Without encryption at rest, Secrets lie in etcd as plain text: a copy of its disk or of a backup is enough to read them all.',
  fix: 'Write an EncryptionConfiguration with a KMS provider, name it with `--encryption-provider-config`, and write all Secrets once more so that old ones are encrypted too. On a managed cluster switch on encryption of secrets with a key of your own.',

  checks: [
    secretsEncryptedByCloud(true),
    flagCheck({
      rule: 'etcd-encryption-native',
      component: 'kube-apiserver',
      judge: required({ 'encryption-provider-config': 'YOUR_VALUE' }),
      withoutReview: true,
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
              command: [kube-apiserver, --encryption-provider-config=/etc/kubernetes/encryption.yaml]
      `,
      yaml`
        apiVersion: eks.amazonaws.com/v1
        kind: ClusterDescribe
        metadata: { name: shop, provider: eks }
        data:
          Cluster:
            EncryptionConfig:
              - { Resources: [secrets], Provider: { KeyArn: 'arn:aws:kms:eu-west-1:1:key/a' } }
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
                command: [kube-apiserver]
                args: [--secure-port=6443]
        `,
        paths: ['spec.containers[0].args[1]'],
      },
      {
        yaml: yaml`
          apiVersion: container.googleapis.com/v1
          kind: ClusterDescribe
          metadata: { name: shop, provider: gke }
          data: { database_encryption: { state: 2 } }
        `,
        paths: ['data.database_encryption.state'],
      },
    ],
  },
});
