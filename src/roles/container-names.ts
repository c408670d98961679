import { ownerOf } from '../exporters/container/cgroup/cgroup-path.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { ObjectChange } from '../model/change.ts';
import { type Labels, metricName } from '../model/labels.ts';
import type { KubeObject } from '../model/object.ts';
import type { Completed, SeriesCompleter } from '../scrape/pool/series-completer.ts';

/** Whose container it is, by the API server: labels of its series. */
interface Names {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
}

type PodNames = Pick<Names, 'namespace' | 'pod'>;

const statusFields = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

/**
 * Fills in whose container a series of `container_…` is about where the node that tells it cannot read that: a node process that is not
 * root knows the ids that are in names of cgroups, and the API server knows which image, container and pod they are. What neither
 * knows stays empty, such as the image of the container that holds a pod's namespaces, which is in no status. Nothing is indexed before the first such series comes.
 */
export class ContainerNames implements SeriesCompleter {
  readonly #inventory: Pick<Inventory, 'each' | 'subscribe'>;
  #containers: Map<string, Names> | undefined;
  readonly #pods = new Map<string, PodNames>();
  /** What each pod, by its key, has in the two maps. */
  readonly #heldBy = new Map<string, { readonly uid: string; readonly ids: readonly string[] }>();

  constructor(inventory: Pick<Inventory, 'each' | 'subscribe'>) {
    this.#inventory = inventory;
  }

  complete(given: Labels): Completed {
    const { id = '' } = given;
    if (!given[metricName]?.startsWith('container_') || isWhole(given)) return { labels: given };
    const { kind, containerId, podUid } = ownerOf(id);
    if (kind !== 'container' && kind !== 'pod') return { labels: given };
    const names = this.#namesOf(kind === 'container' ? containerId : undefined, podUid);
    const labels = names === undefined ? given : filled(given, names);
    const isKnown = kind === 'pod' ? (labels['pod'] ?? '') !== '' : isWhole(labels);
    return { labels, ...(isKnown ? {} : { waitsFor: containerId ?? podUid ?? '' }) };
  }

  knows(id: string): boolean {
    return this.#containers?.has(id) === true || this.#pods.has(id);
  }

  #namesOf(containerId: string | undefined, podUid: string | undefined): Partial<Names> | undefined {
    const containers = this.#index();
    const ofContainer = containerId === undefined ? undefined : containers.get(containerId);
    return ofContainer ?? (podUid === undefined ? undefined : this.#pods.get(podUid));
  }

  #index(): ReadonlyMap<string, Names> {
    if (this.#containers === undefined) {
      this.#containers = new Map();
      for (const pod of this.#inventory.each('Pod')) this.#put(keyOfPod(pod), pod);
      this.#inventory.subscribe((changes) => this.#see(changes));
    }
    return this.#containers;
  }

  #see(changes: readonly ObjectChange[]): void {
    for (const { ref, object } of changes) {
      if (ref.kind !== 'Pod' || ref.group !== '') continue;
      const key = `${ref.namespace}/${ref.name}`;
      if (object === undefined) this.#drop(key);
      else this.#put(key, object);
    }
  }

  #put(key: string, pod: KubeObject): void {
    this.#drop(key);
    const { uid = '', namespace = '', name } = pod.metadata;
    const owner: PodNames = { namespace, pod: name };
    const containers = containersOf(pod);
    if (uid !== '') this.#pods.set(uid, owner);
    for (const { id, ...names } of containers) this.#containers?.set(id, { ...owner, ...names });
    this.#heldBy.set(key, { uid, ids: containers.map(({ id }) => id) });
  }

  #drop(key: string): void {
    const held = this.#heldBy.get(key);
    if (held === undefined) return;
    this.#heldBy.delete(key);
    this.#pods.delete(held.uid);
    for (const id of held.ids) this.#containers?.delete(id);
  }
}

function isWhole({ image, container, pod, namespace }: Labels): boolean {
  return [image, container, pod, namespace].every((label) => label !== undefined && label !== '');
}

/** What is there stays: who told it was nearer. */
function filled(given: Labels, names: Partial<Names>): Labels {
  const labels: Record<string, string> = { ...given };
  for (const [label, value] of Object.entries(names)) if ((labels[label] ?? '') === '') labels[label] = value;
  return labels;
}

function keyOfPod({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Ids are told with their runtime: `containerd://…`. */
function containersOf({ status }: KubeObject): { id: string; container: string; image: string }[] {
  const fields = (status ?? {}) as Readonly<Record<string, unknown>>;
  return statusFields.flatMap((field) => {
    const list = fields[field];
    return (Array.isArray(list) ? list : []).flatMap(
      ({ name, image, containerID }: Record<string, unknown>) => {
        const id = typeof containerID === 'string' ? containerID.replace(/^.*:\/\//, '') : '';
        return id === '' ? [] : [{ id, container: textOf(name), image: textOf(image) }];
      },
    );
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
