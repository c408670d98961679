import { readText } from '../../node/host-files.ts';
import type { ContainerIdentity } from './identity.ts';

/** A file of a container that is larger is not read. */
const maxCharacters = 4 * 1024 * 1024;

type Texts = Readonly<Record<string, unknown>>;

/** Where runtimes keep what they know of a container that runs, by its id, and how to read it. */
const places: readonly {
  readonly path: (id: string) => string;
  readonly read: (state: Texts, id: string) => ContainerIdentity | undefined;
}[] = [
  ...['run/containerd', 'run/k3s/containerd'].map((folder) => ({
    path: (id: string) => `${folder}/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`,
    read: fromContainerd,
  })),
  ...['run/containers/storage', 'var/lib/containers/storage'].map((folder) => ({
    path: (id: string) => `${folder}/overlay-containers/${id}/userdata/config.json`,
    read: fromCrio,
  })),
  { path: (id) => `var/lib/docker/containers/${id}/config.v2.json`, read: fromDocker },
];

/**
 * Who a container is by what its runtime wrote down when it was made: the annotations of containerd and CRI-O, the labels of Docker.
 * Nothing else of these files is kept (they hold environments); they belong to root. Undefined where there is none that can be read.
 *
 * Source: https://github.com/containerd/containerd/blob/main/internal/cri/annotations/annotations.go,
 * https://github.com/cri-o/cri-o/blob/main/internal/annotations/internal.go
 */
export function readRuntimeState(rootfs: string, id: string): ContainerIdentity | undefined {
  for (const { path, read } of places) {
    const state = stateAt(`${rootfs}/${path(id)}`);
    const identity = state === undefined ? undefined : read(state, id);
    if (identity !== undefined) return identity;
  }
  return undefined;
}

function stateAt(path: string): Texts | undefined {
  try {
    const text = readText(path);
    return text.length > maxCharacters ? undefined : mapOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fromContainerd(state: Texts, id: string): ContainerIdentity | undefined {
  const said = mapOf(state['annotations']);
  const pod = text(said, 'io.kubernetes.cri.sandbox-name');
  if (pod === '') return undefined;
  const isSandbox = text(said, 'io.kubernetes.cri.container-type') === 'sandbox';
  return {
    ...{ pod, isSandbox, name: id },
    namespace: text(said, 'io.kubernetes.cri.sandbox-namespace'),
    podUid: text(said, 'io.kubernetes.cri.sandbox-uid'),
    container: text(said, 'io.kubernetes.cri.container-name'),
    image: text(said, `io.kubernetes.cri.${isSandbox ? 'podsandbox.' : ''}image-name`),
  };
}

function fromCrio(state: Texts, id: string): ContainerIdentity | undefined {
  const said = mapOf(state['annotations']);
  const isSandbox = text(said, 'io.kubernetes.cri-o.ContainerType') === 'sandbox';
  return fromKubernetes(said, {
    isSandbox,
    name: text(said, 'io.kubernetes.cri-o.Name') || id,
    image: text(said, 'io.kubernetes.cri-o.ImageName') || text(said, 'io.kubernetes.cri-o.Image'),
  });
}

function fromDocker(state: Texts, id: string): ContainerIdentity | undefined {
  const config = mapOf(state['Config']);
  const labels = mapOf(config['Labels']);
  return fromKubernetes(labels, {
    isSandbox: text(labels, 'io.kubernetes.docker.type') === 'podsandbox',
    name: text(state, 'Name').replace(/^\//, '') || id,
    image: text(config, 'Image'),
  });
}

function fromKubernetes(
  said: Texts,
  rest: Pick<ContainerIdentity, 'isSandbox' | 'name' | 'image'>,
): ContainerIdentity | undefined {
  const pod = text(said, 'io.kubernetes.pod.name');
  if (pod === '') return undefined;
  return {
    ...{ pod, ...rest },
    namespace: text(said, 'io.kubernetes.pod.namespace'),
    podUid: text(said, 'io.kubernetes.pod.uid'),
    container: text(said, 'io.kubernetes.container.name') || (rest.isSandbox ? 'POD' : ''),
  };
}

function text(map: Texts, key: string): string {
  const value = map[key];
  return typeof value === 'string' ? value : '';
}

function mapOf(value: unknown): Texts {
  return typeof value === 'object' && value !== null ? (value as Texts) : {};
}
