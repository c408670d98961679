import type { FoundFile } from '../catalogers/cataloger.ts';
import type { LayerRecord } from './layer-record.ts';
import { below, nameOf, parentOf } from './paths.ts';
import { PlacedLayer } from './placed-layer.ts';

/** As Linux has it: a path with more links than this leads in circles. */
const maxLinks = 40;

/** Layers on top of each other, as a running container sees them. */
export class SquashedLayers {
  /** The lowest first. */
  readonly #layers: PlacedLayer[] = [];
  readonly #records: readonly LayerRecord[];
  /** Symbolic links that are to be seen. */
  readonly #links = new Map<string, string>();
  /** By layer: paths of files that are elsewhere than they are written. */
  readonly #moved: ReadonlyMap<string, string>[] = [];
  /** Where folders are when links are followed. */
  readonly #folders = new Map<string, string | undefined>();

  /** @param records the lowest first. */
  constructor(records: readonly LayerRecord[]) {
    this.#records = records;
    for (const record of records) this.#add(record);
  }

  /** Where a path leads when links are followed; undefined for what is not there, or leads in circles. */
  resolve(path: string): string | undefined {
    const place = this.#follow(path);
    return place !== undefined && this.#layerIndex(place) >= 0 ? place : undefined;
  }

  /** The layer that a (resolved) path came with. */
  layerOf(path: string): string | undefined {
    return this.#layers[this.#layerIndex(path)]?.diffId;
  }

  /** What a cataloger read of files that are to be seen, by path. */
  found(cataloger: string): FoundFile<unknown>[] {
    const files: FoundFile<unknown>[] = [];
    this.#records.forEach((record, index) => {
      for (const [written, evidence] of record.evidence.get(cataloger) ?? []) {
        const path = this.#visibleName(record, index, written);
        if (path !== undefined) files.push({ path, layer: record.diffId, evidence });
      }
    });
    return files;
  }

  #add(record: LayerRecord): void {
    // A folder of its own takes the place of a link of a layer below; other things are put where the link leads.
    const own = new Set(record.folders.flatMap(([path, , isOwn]) => (isOwn ? [path] : [])));
    const written = new Map(record.links);
    const isRedirected = (path: string): boolean =>
      written.has(path) || (this.#links.has(path) && !own.has(path));
    const mayRedirect = this.#links.size > 0 || written.size > 0;
    const place = (path: string): string => {
      if (!mayRedirect || !anyAbove(path, isRedirected)) return path;
      const folder = this.#walk(
        parentOf(path),
        (at) => written.get(at) ?? (own.has(at) ? undefined : this.#links.get(at)),
      );
      return folder === undefined ? path : below(folder, nameOf(path));
    };
    const layer = new PlacedLayer(record, place);
    this.#layers.push(layer);
    const moved = new Map<string, string>();
    const shown = [...[...record.evidence.values()].flat(), ...record.hardLinks];
    for (const [path] of shown) {
      const at = place(path);
      if (at !== path) moved.set(path, at);
    }
    this.#moved.push(moved);
    const links = record.links.map(([path, target]) => [place(path), target] as const);
    for (const path of this.#links.keys()) if (layer.hides(path)) this.#links.delete(path);
    for (const [path, target] of links) this.#links.set(path, target);
  }

  /** Where a file of a layer is to be seen: by its own name, or by a hard link that outlived it. */
  #visibleName(record: LayerRecord, index: number, written: string): string | undefined {
    const place = (one: string): string => this.#moved[index]?.get(one) ?? one;
    const path = place(written);
    if (!this.#isHidden(path, index)) return path;
    const other = hardLinksOf(record).get(written);
    return other?.map(place).find((name) => !this.#isHidden(name, index));
  }

  #isHidden(path: string, index: number): boolean {
    for (let above = index + 1; above < this.#layers.length; above++)
      if (this.#layers[above]?.hides(path) === true) return true;
    return false;
  }

  /** The highest layer that has it to be seen; -1 for none. */
  #layerIndex(path: string): number {
    if (path === '/') return this.#layers.length - 1;
    for (let index = this.#layers.length - 1; index >= 0; index--) {
      const layer = this.#layers[index];
      if (layer?.has(path) === true) return index;
      if (layer?.hides(path) === true) return -1;
    }
    return -1;
  }

  #follow(path: string): string | undefined {
    const folder = parentOf(path);
    let at = this.#folders.get(folder);
    if (at === undefined && !this.#folders.has(folder)) {
      at = this.#walk(folder, (link) => this.#links.get(link));
      this.#folders.set(folder, at);
    }
    if (at === undefined) return undefined;
    const name = nameOf(path);
    if (name === '') return at;
    // Nearly all files are no links themselves.
    const whole = below(at, name);
    if (name !== '.' && name !== '..' && !this.#links.has(whole)) return whole;
    return this.#walk(whole, (link) => this.#links.get(link));
  }

  /** Follows links from the root on; undefined for circles. What leads above the root stays there, as in a container. */
  #walk(path: string, linkAt: (path: string) => string | undefined): string | undefined {
    const parts = path.split('/').reverse();
    let at = '/';
    let links = 0;
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        at = parentOf(at);
        continue;
      }
      const next = below(at, part);
      const target = linkAt(next);
      if (target === undefined) {
        at = next;
        continue;
      }
      if (++links > maxLinks || parts.length > 4096) return undefined;
      if (target.startsWith('/')) at = '/';
      parts.push(...target.split('/').reverse());
    }
    return at;
  }
}

const reversed = new WeakMap<LayerRecord, ReadonlyMap<string, string[]>>();

/** By path, its hard links. */
function hardLinksOf(record: LayerRecord): ReadonlyMap<string, string[]> {
  const known = reversed.get(record);
  if (known !== undefined) return known;
  const names = new Map<string, string[]>();
  for (const [link, target] of record.hardLinks) {
    const list = names.get(target);
    if (list === undefined) names.set(target, [link]);
    else list.push(link);
  }
  reversed.set(record, names);
  return names;
}

function anyAbove(path: string, test: (folder: string) => boolean): boolean {
  for (let folder = parentOf(path); folder !== '/'; folder = parentOf(folder)) if (test(folder)) return true;
  return false;
}
