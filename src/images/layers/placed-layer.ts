import type { LayerRecord } from './layer-record.ts';
import { below, nameOf, parentOf } from './paths.ts';

/** A folder's names, told apart only when somebody asks. */
type Names = string | ReadonlySet<string>;

/** A layer whose paths are where a running container would find them: links that layers below put into the way are followed. */
export class PlacedLayer {
  readonly diffId: string;
  readonly #folders: ReadonlyMap<string, { names: Names }>;
  readonly #removed: ReadonlySet<string>;
  readonly #opaque: ReadonlySet<string>;
  /** Answers of {@link #hidesFolder}, as most questions are of few folders. */
  readonly #hidden = new Map<string, boolean>();

  /** @param place where a path of the layer is, links in it followed; its last part is not a link to be followed. */
  constructor(record: LayerRecord, place: (path: string) => string) {
    this.diffId = record.diffId;
    const folders = new Map<string, { names: Names }>();
    for (const [path, names, isOwn] of record.folders) {
      const at = isOwn ? path : placeFolder(path, place);
      const known = folders.get(at);
      if (known === undefined) folders.set(at, { names });
      else known.names = `${String(known.names)}/${names}`;
    }
    this.#folders = folders;
    this.#removed = new Set(record.removed.map(place));
    this.#opaque = new Set(record.opaque.map((path) => placeFolder(path, place)));
  }

  /** Whether it brings something at this path: a folder of its own, a file, a link. */
  has(path: string): boolean {
    return this.hasFolder(path) || this.#hasName(path);
  }

  hasFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** Whether a file or a link that a layer below has at this path is not to be seen because of it. */
  hides(path: string): boolean {
    return this.#removed.has(path) || this.has(path) || this.#hidesFolder(parentOf(path));
  }

  /** Whether nothing that layers below have within a folder is to be seen. */
  #hidesFolder(folder: string): boolean {
    if (this.#opaque.has(folder)) return true;
    if (folder === '/') return false;
    const known = this.#hidden.get(folder);
    if (known !== undefined) return known;
    const isHidden =
      this.#removed.has(folder) || this.#hasName(folder) || this.#hidesFolder(parentOf(folder));
    this.#hidden.set(folder, isHidden);
    return isHidden;
  }

  #hasName(path: string): boolean {
    const folder = this.#folders.get(parentOf(path));
    if (folder === undefined) return false;
    if (typeof folder.names === 'string') folder.names = new Set(folder.names.split('/'));
    return folder.names.has(nameOf(path));
  }
}

/** Where the things in a folder are that has no entry of its own: it may be a link of a layer below. */
function placeFolder(path: string, place: (path: string) => string): string {
  return path === '/' ? path : parentOf(place(below(path, 'x')));
}
