import { apiServerOf, flagOf, isApiServerPod } from '../../api-server.ts';
import { cloudConfigOf, dig } from '../../cloud.ts';
import { type Breach, defineControl } from '../../control.ts';
import { yaml } from '../../example.ts';
import { itemsOf } from '../../pod-spec.ts';

export const etcdEncryption = defineControl({
  id: 'C-0066',
  name: 'Secret/etcd encryption enabled',
  baseScore: 6,
  category: 'Control plane',
  why: 'Without encryption at rest, Secrets lie in etcd as plain text: a copy of its disk or of a backup is enough to read them all.',
  fix: 'Write an EncryptionConfiguration with a KMS provider, name it with `--encryption-provider-config`, and write all Secrets once more so that old ones are encrypted too. On a managed cluster switch on encryption of secrets with a key of your own.',

  checks: [
    {
      rule: 'secret-etcd-encryption-cloud',
      kinds: ['ClusterDescribe'],
      needs: ['ClusterDescribe'],
      judge(object) {
        const cloud = cloudConfigOf(object);
        if (cloud === undefined || encryptsSecrets[cloud.provider](cloud.data)) return [];
        return [
          { message: 'secrets are stored without encryption', ...mending[cloud.provider], external: object },
        ];
      },
    },
    {
      rule: 'etcd-encryption-native',
      kinds: ['Pod'],
      applies: isApiServerPod,
      judge(pod) {
        const server = apiServerOf(pod);
        if (server === undefined || flagOf(server, 'encryption-provider-config') !== undefined) return [];
        const path = `${server.list.path}[${server.list.length}]`;
        return [
          {
            message: 'the API server stores secrets in etcd without encryption',
            failedPaths: [],
            fixPaths: [{ path, value: '--encryption-provider-config=YOUR_VALUE' }],
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

type Provider = 'aks' | 'eks' | 'gke';

/** Whether secrets are encrypted, by what each cloud says of the cluster. */
const encryptsSecrets: Readonly<Record<Provider, (data: unknown) => boolean>> = {
  // https://learn.microsoft.com/en-us/rest/api/aks/managed-clusters/get
  aks(data) {
    const pools = itemsOf(dig(data, 'properties', 'agentPoolProfiles') as readonly object[] | undefined);
    const security = dig(data, 'properties', 'securityProfile');
    return (
      (pools.length > 0 && pools.every(({ item }) => dig(item, 'enableEncryptionAtHost') === true)) ||
      dig(security, 'azureKeyVaultKms', 'enabled') === true ||
      dig(security, 'kubernetesResourceObjectEncryptionProfile', 'infrastructureEncryption') === 'Enabled'
    );
  },
  // https://docs.aws.amazon.com/eks/latest/APIReference/API_EncryptionConfig.html; the SDK writes names with a capital.
  eks(data) {
    const sdk = itemsOf(dig(data, 'Cluster', 'EncryptionConfig') as readonly object[] | undefined);
    const cli = itemsOf(dig(data, 'cluster', 'encryptionConfig') as readonly object[] | undefined);
    return (
      sdk.some(({ item }) => isKeyed(dig(item, 'Provider', 'KeyArn'), dig(item, 'Resources'))) ||
      cli.some(({ item }) => isKeyed(dig(item, 'provider', 'keyArn'), dig(item, 'resources')))
    );
  },
  // https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters#DatabaseEncryption
  gke(data) {
    return ['1', 1, 'ENCRYPTED'].includes(dig(data, 'database_encryption', 'state') as string | number);
  },
};

function isKeyed(keyArn: unknown, resources: unknown): boolean {
  return typeof keyArn === 'string' && keyArn !== '' && Array.isArray(resources) && resources.length > 0;
}

const mending: Readonly<Record<Provider, Omit<Breach, 'message'>>> = {
  aks: {
    failedPaths: [],
    fixPaths: [],
    fixCommand:
      'az aks nodepool add --name hostencrypt --cluster-name <myAKSCluster> --resource-group <myResourceGroup> -s Standard_DS2_v2 -l <myRegion> --enable-encryption-at-host',
  },
  eks: {
    failedPaths: [],
    fixPaths: [],
    fixCommand:
      'eksctl utils enable-secrets-encryption --cluster=<cluster> --key-arn=arn:aws:kms:<cluster_region>:<account>:key/<key> --region=<region>',
  },
  gke: {
    reviewPaths: ['data.database_encryption.state'],
    failedPaths: ['data.database_encryption.state'],
    fixPaths: [],
    fixCommand:
      'gcloud container clusters update <cluster_name> --region=<compute_region> --database-encryption-key=<key_project_id>/locations/<location>/keyRings/<ring_name>/cryptoKeys/<key_name> --project=<cluster_project_id>',
  },
};
