import type { KubeObject } from '../model/object.ts';
import { isWatched } from './watched.ts';

/** Kinds that make pods, or are one. */
export const workloadKinds = [
  'Pod',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
] as const;

/** What controls read of a security context, of a pod or of a container. As written by a person: anything may be missing. */
export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly seccompProfile?: { readonly type?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly procMount?: string;
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly fsGroup?: unknown;
  readonly fsGroupChangePolicy?: unknown;
  readonly supplementalGroups?: readonly unknown[];
  readonly sysctls?: readonly { readonly name?: string }[];
  readonly windowsOptions?: {
    readonly gmsaCredentialSpecName?: string;
    readonly hostProcess?: boolean;
    readonly runAsUserName?: string;
  };
}

/** What the kubelet does for a probe or a hook. */
export interface Handler {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name?: string } }[];
  readonly imagePullPolicy?: string;
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly postStart?: Handler; readonly preStop?: Handler };
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort?: number;
    readonly hostPort?: number;
  }[];
  readonly volumeMounts?: readonly VolumeMount[];
  readonly securityContext?: SecurityContext;
  readonly resources?: { readonly limits?: Amounts; readonly requests?: Amounts };
}

export interface Amounts {
  readonly cpu?: unknown;
  readonly memory?: unknown;
}

export interface VolumeMount {
  readonly name?: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

export interface Volume {
  readonly name?: string;
  readonly hostPath?: { readonly path?: string };
  readonly secret?: { readonly secretName?: string };
  readonly configMap?: { readonly name?: string };
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly csi?: { readonly volumeAttributes?: { readonly secretProviderClass?: string } };
}

export interface EnvVar {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: unknown };
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccountName?: string;
  readonly serviceAccount?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly hostUsers?: boolean;
  readonly volumes?: readonly Volume[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly os?: { readonly name?: string };
  readonly runtimeClassName?: string;
}

/** A pod, or what a workload makes its pods from. */
export interface PodTemplate {
  readonly spec: PodSpec;
  /** Where `spec` is in the object: `spec.template.spec`. */
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Where `labels` and `annotations` are: `spec.template.metadata`. */
  readonly metadataPath: string;
}

/** Undefined when the object has no pod in it. */
export function podOf(object: KubeObject): PodTemplate | undefined {
  const known = pods.get(object);
  if (known !== undefined) return known;
  const pod = readPod(object);
  if (pod !== undefined && !isWatched(object)) pods.set(object, pod);
  return pod;
}

/** Nearly every control asks for them, one after the other of the same object. */
const pods = new WeakMap<KubeObject, PodTemplate>();

function readPod(object: KubeObject): PodTemplate | undefined {
  const spec = fieldOf(object, 'spec');
  if (object.kind === 'Pod') return template(spec, object.metadata, 'spec');
  if (object.kind === 'CronJob') {
    const inner = fieldOf(fieldOf(fieldOf(spec, 'jobTemplate'), 'spec'), 'template');
    return template(
      fieldOf(inner, 'spec'),
      fieldOf(inner, 'metadata'),
      'spec.jobTemplate.spec.template.spec',
    );
  }
  const inner = fieldOf(spec, 'template');
  return template(fieldOf(inner, 'spec'), fieldOf(inner, 'metadata'), 'spec.template.spec');
}

export type ContainerList = 'containers' | 'initContainers' | 'ephemeralContainers';

/** Init containers run as long and with the same rights as others; ephemeral ones are there while somebody debugs. */
export const everyContainer: readonly ContainerList[] = [
  'containers',
  'initContainers',
  'ephemeralContainers',
];

export interface ContainerPlace {
  readonly container: Container;
  /** Where it is in the object: `spec.template.spec.initContainers[0]`. */
  readonly path: string;
  readonly list: ContainerList;
  /** For people: `container web`, `init container setup`. */
  readonly label: string;
  readonly pod: PodTemplate;
}

/** The containers of a workload, in order; those of `containers` when no lists are named. */
export function containersOf(
  object: KubeObject,
  lists: readonly ContainerList[] = mainContainers,
): readonly ContainerPlace[] {
  const pod = podOf(object);
  return pod === undefined ? [] : containersAt(pod, lists);
}

const mainContainers: readonly ContainerList[] = ['containers'];

/** The same for a pod in an object that is no workload of Kubernetes itself. */
export function containersAt(pod: PodTemplate, lists: readonly ContainerList[]): readonly ContainerPlace[] {
  const [first] = lists;
  return lists.length === 1 && first !== undefined
    ? placesIn(pod, first)
    : lists.flatMap((list) => placesIn(pod, list));
}

function placesIn(pod: PodTemplate, list: ContainerList): readonly ContainerPlace[] {
  const held = places.get(pod) ?? {};
  places.set(pod, held);
  held[list] ??= itemsOf(pod.spec[list]).map(({ item, index }) => ({
    container: item,
    path: `${pod.path}.${list}[${index}]`,
    list,
    label: `${labels[list]} ${item.name ?? index}`,
    pod,
  }));
  return held[list];
}

const places = new WeakMap<PodTemplate, Partial<Record<ContainerList, readonly ContainerPlace[]>>>();

/** The items of what should be a list of objects, with their places; items of other kinds are left out. */
export function itemsOf<T extends object>(list: readonly T[] | undefined): { item: T; index: number }[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly (T | undefined)[]).flatMap((item, index) =>
    typeof item === 'object' && item !== null ? [{ item, index }] : [],
  );
}

/** The texts of what should be a list of texts, with their places. */
export function textsOf(list: unknown): { text: string; index: number }[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text, index) => (typeof text === 'string' ? [{ text, index }] : []));
}

const labels: Readonly<Record<ContainerList, string>> = {
  containers: 'container',
  initContainers: 'init container',
  ephemeralContainers: 'ephemeral container',
};

function template(spec: unknown, metadata: unknown, path: string): PodTemplate | undefined {
  if (typeof spec !== 'object' || spec === null) return undefined;
  return {
    spec,
    path,
    labels: textsAt(metadata, 'labels'),
    annotations: textsAt(metadata, 'annotations'),
    metadataPath: path.replace(/spec$/, 'metadata'),
  };
}

/** The texts of what should be a map of texts. */
function textsAt(object: unknown, name: string): Readonly<Record<string, string>> {
  const own = fieldOf(object, name);
  if (typeof own !== 'object' || own === null) return {};
  const isAllText = Object.values(own).every((value) => typeof value === 'string');
  return isAllText
    ? (own as Readonly<Record<string, string>>)
    : Object.fromEntries(Object.entries(own).filter(([, value]) => typeof value === 'string'));
}

function fieldOf(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null
    ? (object as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
