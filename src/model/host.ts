import type { KubeObject } from './object.ts';

/** What nodes report is in the group and version of Kubescape's host scanner, so that the same controls judge it. */
export const hostApiVersion = 'hostdata.kubescape.cloud/v1beta0';

/** Kinds of facts of a node, each one object a node. Source: https://github.com/kubescape/host-scanner */
export const hostKinds = [
  'KubeletInfo',
  'KubeProxyInfo',
  'ControlPlaneInfo',
  'CNIInfo',
  'LinuxKernelVariables',
  'KernelVersion',
  'OsReleaseFile',
  'LinuxSecurityHardeningStatus',
  'OpenPortsList',
  'cloudProviderInfo',
] as const;

export type HostKind = (typeof hostKinds)[number];

/** What could not be read of a node, so that what rests on it is unknown. */
export interface HostGap {
  /** A path inside of `data`, such as `APIServerInfo.specsFile`; what is below it is unknown too. '' stands for all of it. */
  readonly field: string;
  /** For people: the file, what happened, and what would be needed to read it. */
  readonly reason: string;
}

/** The facts of one kind. */
export interface HostFact {
  readonly kind: HostKind;
  /** In Kubescape's shape. */
  readonly data: unknown;
  readonly gaps: readonly HostGap[];
}

/** A fact of which nothing is known. */
export function unknownFact(kind: HostKind, reason: string): HostFact {
  return { kind, data: kind === 'LinuxKernelVariables' ? [] : {}, gaps: [{ field: '', reason }] };
}

/** A file as the host scanner reports it. Source: https://github.com/kubescape/host-scanner, `FileInfo`. */
export interface HostFileFact {
  readonly path: string;
  /** The mode as a number: 420 is 0644. */
  readonly permissions: number;
  readonly ownership: {
    readonly uid: number;
    readonly gid: number;
    /** '' for a number that has no name on the node. */
    readonly username: string;
    readonly groupname: string;
  };
  /** Base64; only of files that hold no secrets, or with these replaced. */
  readonly content?: string;
}

/** Facts as an object of the cluster, named after the node. */
export function hostObject(node: string, { kind, data, gaps }: HostFact): KubeObject {
  return {
    apiVersion: hostApiVersion,
    kind,
    metadata: { name: node },
    data,
    ...(gaps.length === 0 ? {} : { gaps }),
  };
}

/** Why a field of what a node reports is not known; undefined when nothing says so. */
export function hostGap(object: KubeObject, field: string): string | undefined {
  const { gaps } = object;
  if (!Array.isArray(gaps)) return undefined;
  for (const gap of gaps as readonly Partial<HostGap>[]) {
    if (typeof gap?.field !== 'string' || typeof gap.reason !== 'string') continue;
    if (gap.field === '' || gap.field === field || field.startsWith(`${gap.field}.`)) return gap.reason;
  }
  return undefined;
}
