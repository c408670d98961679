import { type CloudConfig, cloudConfigOf, dig } from './cloud.ts';
import type { Breach, Check } from './control.ts';
import { itemsOf } from './pod-spec.ts';

/** What is wrong with a cluster as its cloud describes it. */
export interface CloudBreach {
  readonly message: string;
  /** The field of the description that says so: `data.Cluster.Logging`. */
  readonly field: string;
  readonly fixCommand?: string;
  /** What upstream compares; other rules name no field. */
  readonly paths?: Pick<Breach, 'failedPaths' | 'reviewPaths'>;
}

export interface CloudCheckOptions {
  readonly rule: string;
  readonly provider: CloudConfig['provider'];
  /** Fields without which nothing can be said, as their path inside of `data`, and what they have to be. */
  readonly reads?: Reads | ((data: unknown) => Reads);
  judge(data: unknown): CloudBreach | undefined;
}

export type Reads = Readonly<Record<string, 'boolean' | 'list' | 'mapping' | 'text'>>;

/** A check of one cloud's description of the cluster; clusters of other clouds are not what it is about. */
export function cloudCheck({ rule, provider, reads = {}, judge }: CloudCheckOptions): Check {
  return {
    rule,
    kinds: ['ClusterDescribe'],
    needs: ['ClusterDescribe'],
    applies: (object) => cloudConfigOf(object)?.provider === provider,
    unreadable(object) {
      const data = object['data'];
      return unreadableField(data, typeof reads === 'function' ? reads(data) : reads);
    },
    judge(object) {
      const found = judge(object['data']);
      if (found === undefined) return [];
      const { message, field, fixCommand, paths } = found;
      return [
        {
          message,
          failedPaths: [],
          ...paths,
          fixPaths: [],
          ...(fixCommand === undefined ? {} : { fixCommand }),
          shown: [{ path: field, value: dig(object, ...field.split('.')) }],
          external: object,
        },
      ];
    },
  };
}

/** The first field of a description that is not there, or is something else than it should be. */
export function unreadableField(data: unknown, reads: Reads): string | undefined {
  for (const [path, type] of Object.entries(reads)) {
    const value = dig(data, ...path.split('.'));
    if (value === undefined) return `data.${path} is not in the cluster’s description`;
    if (!isOf[type](value)) return `data.${path} of the cluster’s description is no ${type}`;
  }
  return undefined;
}

const isOf: Readonly<Record<Reads[string], (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  list: Array.isArray,
  mapping: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  text: (value) => typeof value === 'string',
};

/** Whether secrets are encrypted at rest with a key of the customer's, by what each cloud says. Several controls ask for it. */
export function secretsEncryptedByCloud(alternative?: true): Check {
  return {
    rule: 'secret-etcd-encryption-cloud',
    kinds: ['ClusterDescribe'],
    needs: ['ClusterDescribe'],
    ...(alternative === true ? { alternative } : {}),
    applies: (object) => cloudConfigOf(object) !== undefined,
    judge(object) {
      const cloud = cloudConfigOf(object);
      if (cloud === undefined || encryptsSecrets[cloud.provider](cloud.data)) return [];
      return [
        { message: 'secrets are stored without encryption', ...mending[cloud.provider], external: object },
      ];
    },
  };
}

type Provider = CloudConfig['provider'];

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
