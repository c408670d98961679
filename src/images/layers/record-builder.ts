import { AppError, messageOf } from '../../kit/app-error.ts';
import type { PartialReason } from '../../model/image-sbom.ts';
import type { LayerFile } from '../catalogers/cataloger.ts';
import { UnreadablePackagesError } from '../catalogers/unreadable-error.ts';
import type { AnalysisLimits } from '../limits.ts';
import type { LayerRecord, Pair } from './layer-record.ts';
import { depthOf, nameOf, normalPath, parentOf } from './paths.ts';

/** The part of a cataloger that sees files. */
export interface FileReader {
  readonly name: string;
  readonly revision: number;
  wants(file: LayerFile, head: Uint8Array): boolean;
  read(file: LayerFile, content: Uint8Array): unknown;
}

/** A limit was reached; what was read until then stands. */
export class LimitReached extends AppError {
  readonly code = 'IMAGE_LIMIT';
}

/** More reasons than this are counted, not told. */
const maxReasons = 100;

/** Longer paths do not exist on Linux. */
const maxPathLength = 4096;

const nothing = new Uint8Array(0);

/** Gathers what is to be known of a layer, entry by entry. */
export class RecordBuilder {
  readonly #readers: readonly FileReader[];
  readonly #limits: AnalysisLimits;
  readonly #folders = new Map<string, { names: string[]; isOwn: boolean }>();
  readonly #links = new Map<string, string>();
  readonly #hardLinks = new Map<string, string>();
  readonly #removed = new Set<string>();
  readonly #opaque = new Set<string>();
  /** By path, then by cataloger: a later entry of the same path replaces it. */
  readonly #evidence = new Map<string, Map<string, unknown>>();
  /** How programs start, which those ask for that know them by more than their name: for hard links to them. */
  readonly #programs = new Map<string, { readonly sizeBytes: number; readonly head: Uint8Array }>();
  readonly #partial: PartialReason[] = [];
  #reasonsLeftOut = 0;
  #entries = 0;

  constructor(readers: readonly FileReader[], limits: AnalysisLimits) {
    this.#readers = readers;
    this.#limits = limits;
  }

  /**
   * Counts an entry, and makes its path absolute.
   *
   * @returns undefined for a path that is not to be followed; the result is partial then.
   * @throws {LimitReached} for one too many.
   */
  place(name: string): string | undefined {
    if (++this.#entries > this.#limits.entries)
      throw new LimitReached(`it has more than ${this.#limits.entries} entries (images.limits.entries)`);
    const path = name.length > maxPathLength ? undefined : normalPath(name);
    if (path === undefined) {
      this.partly(
        shown(name),
        name.length > maxPathLength ? 'its path is too long' : 'it leads out of the image',
      );
      return undefined;
    }
    if (depthOf(path) > this.#limits.pathDepth) {
      this.partly(
        shown(path),
        `it is more than ${this.#limits.pathDepth} folders deep (images.limits.path_depth)`,
      );
      return undefined;
    }
    return path;
  }

  folder(path: string): void {
    if (path !== '/') this.#forget(path);
    this.#folderAt(path).isOwn = true;
  }

  link(path: string, target: string): void {
    this.#add(path);
    this.#links.set(path, target);
  }

  /**
   * @param wasShown whether its contents were shown under this name before.
   * @returns whether a reader wants it by this name that has not seen it by the other.
   */
  hardLink(path: string, target: string, mode: number, wasShown: boolean): boolean {
    const shownBefore = wasShown ? this.#evidence.get(path) : undefined;
    this.#add(path);
    if (shownBefore !== undefined) this.#evidence.set(path, shownBefore);
    this.#hardLinks.set(path, target);
    if (wasShown) return false;
    const known = this.#evidence.get(target);
    const { sizeBytes, head } = this.#programs.get(target) ?? { sizeBytes: 0, head: nothing };
    return this.#readers.some(
      (reader) => known?.has(reader.name) !== true && wantsSafely(reader, { path, sizeBytes, mode }, head),
    );
  }

  /** A device, a pipe: there, and nothing to read. */
  other(path: string): void {
    this.#add(path);
  }

  /** `.wh.` names: what they say of the layers below. @returns false for other names. */
  whiteout(path: string): boolean {
    const name = nameOf(path);
    if (!name.startsWith('.wh.')) return false;
    const folder = parentOf(path);
    if (name === '.wh..wh..opq') this.#opaque.add(folder);
    // Others that start so are what aufs kept for itself.
    else if (!name.startsWith('.wh..wh.')) {
      const removed = name.slice(4);
      if (removed !== '' && removed !== '.' && removed !== '..')
        this.#removed.add(folder === '/' ? `/${removed}` : `${folder}/${removed}`);
    }
    return true;
  }

  /** @returns the readers that want its contents; none when it is too large, and the result is partial then. */
  file(file: LayerFile, head: Uint8Array): readonly FileReader[] {
    this.#add(file.path);
    if (isElf(head)) this.#programs.set(file.path, { sizeBytes: file.sizeBytes, head: head.slice() });
    const wanting = this.readersOf(file, head);
    if (wanting.length === 0 || file.sizeBytes <= this.#limits.fileBytes) return wanting;
    this.partly(
      file.path,
      `it has ${file.sizeBytes} bytes, more than ${this.#limits.fileBytes} (images.limits.file_size)`,
    );
    return [];
  }

  readersOf(file: LayerFile, head: Uint8Array): readonly FileReader[] {
    return this.#readers.filter((reader) => wantsSafely(reader, file, head));
  }

  /** Shows a file to the readers that wanted it. */
  read(file: LayerFile, content: Uint8Array, readers: readonly FileReader[]): void {
    for (const reader of readers) {
      try {
        this.#keep(file, reader, reader.read(file, content));
      } catch (error) {
        if (error instanceof UnreadablePackagesError) this.#keep(file, reader, error.found);
        const why = messageOf(error);
        this.partly(
          file.path,
          error instanceof AppError ? why : `the ${reader.name} cataloger failed: ${why}`,
        );
      }
    }
  }

  #keep({ path }: LayerFile, { name }: FileReader, found: unknown): void {
    if (found === undefined) return;
    const kept = this.#evidence.get(path) ?? new Map<string, unknown>();
    this.#evidence.set(path, kept.set(name, found));
  }

  partly(where: string, reason: string): void {
    if (this.#partial.length < maxReasons) this.#partial.push({ where, reason });
    else this.#reasonsLeftOut++;
  }

  record(diffId: string, bytes: number): LayerRecord {
    const evidence = new Map<string, (readonly [string, unknown])[]>();
    for (const [path, found] of this.#evidence)
      for (const [reader, one] of found) {
        const list = evidence.get(reader);
        if (list === undefined) evidence.set(reader, [[path, one]]);
        else list.push([path, one]);
      }
    const more = this.#reasonsLeftOut;
    return {
      diffId,
      entries: this.#entries,
      bytes,
      folders: [...this.#folders].map(([path, { names, isOwn }]) => [path, names.join('/'), isOwn] as const),
      links: [...this.#links] satisfies Pair[],
      hardLinks: [...this.#hardLinks] satisfies Pair[],
      removed: [...this.#removed],
      opaque: [...this.#opaque],
      evidence,
      partial:
        more === 0 ? this.#partial : [...this.#partial, { where: diffId, reason: `${more} more like these` }],
    };
  }

  #add(path: string): void {
    this.#forget(path);
    this.#folderAt(parentOf(path)).names.push(nameOf(path));
  }

  #forget(path: string): void {
    this.#evidence.delete(path);
    this.#links.delete(path);
    this.#hardLinks.delete(path);
  }

  #folderAt(path: string): { names: string[]; isOwn: boolean } {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const made = { names: [], isOwn: false };
    this.#folders.set(path, made);
    // Those above are there, too, whether the archive says so or not.
    if (path !== '/') this.#folderAt(parentOf(path));
    return made;
  }
}

function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

function wantsSafely(reader: FileReader, file: LayerFile, head: Uint8Array): boolean {
  try {
    return reader.wants(file, head);
  } catch {
    // Then it is read, which says what is wrong.
    return true;
  }
}

function shown(name: string): string {
  return name.length > 200 ? `${name.slice(0, 200)}…` : name;
}
