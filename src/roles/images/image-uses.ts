import type { ImageUse } from '../../images/live/live-image.ts';
import { isDigest, parseReference } from '../../images/reference.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { BadInputError } from '../../kit/app-error.ts';
import type { ObjectChange } from '../../model/change.ts';
import { type KubeObject, refOf } from '../../model/object.ts';
import { usualPlatform } from '../../model/platform.ts';
import { containersOf, everyContainer, workloadKinds } from '../../posture/pod-spec.ts';

/** A use without its workload, which may become known later than the pod. */
type OwnUse = Omit<ImageUse, 'workload'>;

export interface ImageUsesOptions {
  readonly inventory: Inventory;
  /**
   * `pods`: what runs, by the digests that nodes tell. `manifests`: what is written, where there is nothing that runs; those
   * that others made are told of through them.
   */
  readonly from: 'pods' | 'manifests';
}

const kinds: ReadonlySet<string> = new Set(workloadKinds);

/** Who runs which image, kept up to date change by change. */
export class ImageUses {
  readonly #options: ImageUsesOptions;
  readonly #byObject = new Map<string, readonly OwnUse[]>();

  constructor(options: ImageUsesOptions) {
    this.#options = options;
  }

  /** @returns whether anything may be other than before. */
  see(changes: readonly ObjectChange[]): boolean {
    let isOther = false;
    for (const { key, ref, object, origin, cause } of changes) {
      if (!kinds.has(ref.kind) || origin.source === 'drill') continue;
      const uses = object === undefined ? [] : this.#usesOf(object);
      if (uses.length === 0) isOther = this.#byObject.delete(key) || isOther;
      else {
        this.#byObject.set(
          key,
          uses.map((use) => ({ ...use, cause })),
        );
        isOther = true;
      }
      // Those that a pod belongs to may be read after it.
      isOther ||= this.#options.from === 'pods' && ref.kind !== 'Pod';
    }
    return isOther;
  }

  *all(): Iterable<ImageUse> {
    const { owners } = this.#options.inventory.index;
    for (const [key, uses] of this.#byObject) {
      const workload = owners.top(key);
      if (workload !== undefined) for (const use of uses) yield { ...use, workload };
    }
  }

  #usesOf(object: KubeObject): readonly OwnUse[] {
    const { from, inventory } = this.#options;
    if (from === 'pods') return object.kind === 'Pod' ? podUses(object, platformOf(object, inventory)) : [];
    const { ownerReferences = [] } = object.metadata;
    return ownerReferences.some(({ controller }) => controller === true) ? [] : writtenUses(object);
  }
}

/** What a name in a manifest means. Undefined for what is none: it can run nowhere. */
export function namedImage(image: string): Pick<ImageUse, 'reference' | 'repository'> | undefined {
  try {
    const { registry, repository, tag, digest } = parseReference(image);
    const name = `${registry}/${repository}`;
    return { repository: name, reference: digest === undefined ? `${name}:${tag}` : `${name}@${digest}` };
  } catch (error) {
    if (error instanceof BadInputError) return undefined;
    throw error;
  }
}

function writtenUses(object: KubeObject): readonly OwnUse[] {
  return containersOf(object, everyContainer).flatMap(({ container: { name = '', image } }) => {
    const named = typeof image === 'string' ? namedImage(image) : undefined;
    return named === undefined
      ? []
      : [{ ...named, image: String(image), platform: usualPlatform, container: String(name) }];
  });
}

/** Only containers that have been started once: of others nobody knows yet what they will run. */
function podUses(pod: KubeObject, platform: string): readonly OwnUse[] {
  const ids = imageIdsOf(pod);
  const { namespace = '' } = refOf(pod);
  const secrets = pullSecretsOf(pod).map((name) => ({ namespace, name }));
  return writtenUses(pod).flatMap((use) => {
    const id = ids.get(use.container);
    if (id === undefined) return [];
    const digest = id.slice(id.lastIndexOf('@') + 1);
    // An image that was put on the node by hand has the digest of its configuration, which no registry knows.
    const isOfRegistry = id.includes('@') && isDigest(digest);
    const reference = isOfRegistry ? `${use.repository}@${digest}` : use.reference;
    return [{ ...use, reference, platform, ...(secrets.length === 0 ? {} : { pullSecrets: secrets }) }];
  });
}

const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];

function imageIdsOf(pod: KubeObject): ReadonlyMap<string, string> {
  const status = (pod['status'] ?? {}) as Readonly<Record<string, unknown>>;
  const ids = new Map<string, string>();
  for (const list of statusLists) {
    const all = status[list];
    if (!Array.isArray(all)) continue;
    for (const one of all as readonly { readonly name?: unknown; readonly imageID?: unknown }[])
      if (typeof one.imageID === 'string' && one.imageID !== '') ids.set(String(one.name), one.imageID);
  }
  return ids;
}

function pullSecretsOf(pod: KubeObject): readonly string[] {
  const spec = pod['spec'] as { readonly imagePullSecrets?: unknown } | undefined;
  if (!Array.isArray(spec?.imagePullSecrets)) return [];
  return (spec.imagePullSecrets as readonly { readonly name?: unknown }[]).flatMap(({ name }) =>
    typeof name === 'string' ? name : [],
  );
}

function platformOf(pod: KubeObject, inventory: Inventory): string {
  const { nodeName } = (pod['spec'] ?? {}) as { readonly nodeName?: unknown };
  const node = typeof nodeName === 'string' ? inventory.get('Node', '', nodeName) : undefined;
  const status = node?.['status'] as
    | { readonly nodeInfo?: { readonly operatingSystem?: string; readonly architecture?: string } }
    | undefined;
  const { operatingSystem = 'linux', architecture } = status?.nodeInfo ?? {};
  return architecture === undefined ? usualPlatform : `${operatingSystem}/${architecture}`;
}
