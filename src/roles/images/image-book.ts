import type { LoadedConfig } from '../../config/load-config.ts';
import { isScanOn } from '../../images/live/config.ts';
import { entryKey, type ImageEntry, stateOf } from '../../images/live/image-entries.ts';
import type { ImageSummary, ImageUse } from '../../images/live/live-image.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { GraveVulnerabilities } from '../../model/grave-vulnerabilities.ts';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import type { ClusterView } from '../../posture/control.ts';
import type { KnownImage } from '../../posture/image-facts.ts';
import type { SourceChoice } from '../object-source.ts';
import { whyNone } from './workload-images.ts';

export interface ImageBookOptions {
  readonly inventory: Pick<Inventory, 'get' | 'list' | 'index' | 'unreadable'>;
  /** `pods`: images are told by what runs; `manifests`: by what is written. */
  readonly from: 'pods' | 'manifests';
}

/** What is known of an image, without how it is called. */
interface Known {
  readonly digest: string;
  readonly gap: string;
  readonly grave?: GraveVulnerabilities;
}

interface Held {
  readonly uses: readonly ImageUse[];
  readonly summary: ImageSummary | undefined;
  readonly known: Known;
  /** Where it runs: each container of each workload once. */
  readonly places: Places;
}

interface Place {
  /** The key of the workload at the top. */
  readonly workload: string;
  readonly container: string;
  /** As it is written in the container. */
  readonly image: string;
  /** The image's key. */
  readonly key: string;
}

type Places = ReadonlyMap<string, Place>;

const noPlaces: Places = new Map();

/**
 * What is known of the images of each workload's containers, as controls ask for it: joined by container, kept by image, and no more
 * of an image than is asked. It changes only when it is told to, so that whoever judges by it can be told what to judge again.
 */
export class ImageBook {
  readonly #options: ImageBookOptions;
  readonly #images = new Map<string, Held>();
  readonly #byWorkload = new Map<string, Set<Place>>();
  #isFull = false;

  constructor(options: ImageBookOptions) {
    this.#options = options;
  }

  /** The cluster as controls see it, with images. */
  get view(): ClusterView {
    const { inventory } = this.#options;
    return {
      get: (kind, namespace, name) => inventory.get(kind, namespace, name),
      list: (kind, namespace) => inventory.list(kind, namespace),
      imagesOf: (workload, container, image) => this.imagesOf(workload, container, image),
    };
  }

  imagesOf(workload: KubeObject, container: string, image: string): readonly KnownImage[] {
    const found: KnownImage[] = [];
    for (const place of this.#byWorkload.get(this.#topOf(keyOf(refOf(workload)))) ?? []) {
      const known =
        place.container === container && place.image === image ? this.#images.get(place.key) : undefined;
      if (known === undefined) continue;
      const { digest, ...rest } = known.known;
      found.push({ name: nameOf(image, digest), ...rest });
    }
    return found.length > 0 ? found : [{ name: image, gap: this.#whyNone(image) }];
  }

  /**
   * Takes in what runs where and what is known of it.
   *
   * @param isFull whether there are images in use that nobody looks after
   * @param heldBecause why images that nobody has looked at are not scanned; '' while they are
   * @returns workloads of which something is other than before, with the keys of the images that it is about
   */
  take(
    entries: Iterable<Readonly<ImageEntry>>,
    { isFull = false, heldBecause = '' }: { readonly isFull?: boolean; readonly heldBecause?: string } = {},
  ): ReadonlyMap<string, ReadonlySet<string>> {
    const changed = new Map<string, Set<string>>();
    const gone = new Set(this.#images.keys());
    for (const entry of entries) {
      const key = entryKey(entry.named);
      gone.delete(key);
      this.#put(key, entry, heldBecause, changed);
    }
    for (const key of gone) this.#drop(key, changed);
    this.#isFull = isFull;
    return changed;
  }

  #put(
    key: string,
    entry: Readonly<ImageEntry>,
    heldBecause: string,
    changed: Map<string, Set<string>>,
  ): void {
    const held = this.#images.get(key);
    if (isAsBefore(held, entry)) return;
    const known = knownOf(entry, heldBecause, held);
    const isSame = held !== undefined && sameKnown(held.known, known);
    const before = held?.places ?? noPlaces;
    const places = held?.uses === entry.uses ? before : placesOf(key, entry.uses, before);
    const { uses, summary } = entry;
    this.#images.set(key, { uses, summary, known: isSame ? held.known : known, places });
    if (isSame && places === before) return;
    for (const [id, place] of new Map([...before, ...places])) {
      if (isSame && before.has(id) && places.has(id)) continue;
      note(changed, place);
      if (!places.has(id)) this.#leave(place);
      else if (!before.has(id)) this.#enter(place);
    }
  }

  #drop(key: string, changed: Map<string, Set<string>>): void {
    for (const place of this.#images.get(key)?.places.values() ?? []) {
      note(changed, place);
      this.#leave(place);
    }
    this.#images.delete(key);
  }

  #enter(place: Place): void {
    const others = this.#byWorkload.get(place.workload);
    if (others === undefined) this.#byWorkload.set(place.workload, new Set([place]));
    else others.add(place);
  }

  #leave(place: Place): void {
    const others = this.#byWorkload.get(place.workload);
    others?.delete(place);
    if (others?.size === 0) this.#byWorkload.delete(place.workload);
  }

  #topOf(key: string): string {
    const top = this.#options.inventory.index.owners.top(key);
    return top === undefined ? key : keyOf(top);
  }

  #whyNone(image: string): string {
    const { inventory, from } = this.#options;
    const pods = inventory.unreadable().find(({ kind }) => kind === 'Pod');
    if (pods !== undefined) return `pods cannot be read: ${pods.reason}`;
    if (this.#isFull)
      return 'it is not looked after, as more images are in use than images.max_images allows';
    return from === 'pods' ? whyNone(image, '') : notYet;
  }
}

/** The book where images are scanned. */
export function createImageBook(
  { images }: Pick<LoadedConfig, 'images'>,
  { kind }: Pick<SourceChoice, 'kind'>,
  inventory: Inventory,
): ImageBook | undefined {
  return isScanOn(images)
    ? new ImageBook({ inventory, from: kind === 'folder' ? 'manifests' : 'pods' })
    : undefined;
}

const notYet = 'it has not been scanned yet';

function note(changed: Map<string, Set<string>>, { workload, key }: Place): void {
  const others = changed.get(workload);
  if (others === undefined) changed.set(workload, new Set([key]));
  else others.add(key);
}

/** What there is no summary of is looked at each time: why it has none may be another reason. */
function isAsBefore(held: Held | undefined, { uses, summary }: Readonly<ImageEntry>): boolean {
  return summary !== undefined && held?.summary === summary && held.uses === uses;
}

/** Those that were there before are the same ones. */
function placesOf(key: string, uses: readonly ImageUse[], before: Places): Places {
  const places = new Map<string, Place>();
  for (const { workload: ref, container, image } of uses) {
    const workload = keyOf(ref);
    const id = `${workload}\n${container}\n${image}`;
    if (!places.has(id)) places.set(id, before.get(id) ?? { workload, container, image, key });
  }
  return places;
}

function knownOf(entry: Readonly<ImageEntry>, heldBecause: string, held: Held | undefined): Known {
  const { summary, digest = '' } = entry;
  if (summary !== undefined && summary === held?.summary) return held.known;
  const isMatched = summary !== undefined && summary.database !== '';
  return { digest, gap: gapOf(entry, heldBecause), ...(isMatched ? { grave: summary.grave } : {}) };
}

function gapOf(entry: Readonly<ImageEntry>, heldBecause: string): string {
  const { summary, problem } = entry;
  const [reason = 'nobody can say why'] = summary?.reasons ?? [problem];
  switch (stateOf(entry)) {
    case 'complete':
      return '';
    case 'partial':
      return `not all of it is known: ${reason}`;
    case 'unknown':
      return summary === undefined
        ? `it could not be scanned: ${reason}`
        : `its vulnerabilities are not known: ${reason}`;
    default:
      return heldBecause === '' ? notYet : `it is not scanned: ${heldBecause}`;
  }
}

function sameKnown(a: Known, b: Known): boolean {
  return (
    a === b ||
    (a.gap === b.gap && a.digest === b.digest && JSON.stringify(a.grave) === JSON.stringify(b.grave))
  );
}

/** A tag with the digest that it stands for, as much of that as tells it from others. */
function nameOf(image: string, digest: string): string {
  return digest === '' || image.includes('@')
    ? image
    : `${image} (${digest.slice(0, 'sha256:'.length + 12)})`;
}
