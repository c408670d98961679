import { createHash } from 'node:crypto';
import { messageOf } from '../../kit/app-error.ts';
import type { LayerFile } from '../catalogers/cataloger.ts';
import { ImageError } from '../image-error.ts';
import type { AnalysisLimits } from '../limits.ts';
import { unpacked } from './decompress.ts';
import type { LayerRecord } from './layer-record.ts';
import { normalPath } from './paths.ts';
import { type FileReader, LimitReached, RecordBuilder } from './record-builder.ts';
import { type TarEntry, TarReader, type TarVisitor } from './tar-reader.ts';

export interface ReadLayerOptions {
  readonly readers: readonly FileReader[];
  readonly limits: AnalysisLimits;
  /** What the unpacked archive must be (`sha256:…`). */
  readonly diffId: string;
  /** Where a first reading left something open: other names that files are to be shown under, by their own. */
  readonly aliases?: ReadonlyMap<string, readonly string[]>;
}

export interface ReadLayer {
  readonly record: LayerRecord;
  /** Whether it was read to its end and is what its digest says, so that it may be kept. */
  readonly isWhole: boolean;
  /** Files whose hard links are wanted while they themselves were not: another reading with these as `aliases` shows them. */
  readonly open: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads a layer's blob: unpacks it, walks its archive, shows files to those that want them. Nothing is written anywhere. Damage and
 * limits end the reading; what was read until then is in the record, with the reason.
 *
 * @param blob as it travels. Its own errors are thrown.
 * @throws {ImageError} when it is another than its digest says.
 */
export async function readLayer(
  blob: AsyncIterable<Uint8Array>,
  { readers, limits, diffId, aliases = new Map() }: ReadLayerOptions,
): Promise<ReadLayer> {
  const builder = new RecordBuilder(readers, limits);
  const visitor = new LayerVisitor(builder, aliases);
  const tar = new TarReader(visitor);
  const [algorithm = ''] = diffId.split(':');
  const hash = createHash(algorithm);
  const source = new Source(blob);
  const stopped = (error: unknown): void => {
    if (source.failure !== undefined) throw source.failure.error;
    if (!(error instanceof ImageError) && !(error instanceof LimitReached)) throw error;
    builder.partly(diffId, `the layer was not read to its end: ${messageOf(error)}`);
  };
  let bytes = 0;
  let isWhole = false;
  let isDamaged = false;
  /** The digest tells whether an archive was damaged on its way, so the rest is still looked at. */
  const walk = (step: () => void): void => {
    if (isDamaged) return;
    try {
      step();
    } catch (error) {
      if (error instanceof LimitReached) throw error;
      stopped(error);
      isDamaged = true;
    }
  };
  try {
    for await (const piece of unpacked(source, { hasDigest: true })) {
      bytes += piece.length;
      if (bytes > limits.layerBytes)
        throw new LimitReached(
          `unpacked it has more than ${limits.layerBytes} bytes (images.limits.layer_size)`,
        );
      hash.update(piece);
      walk(() => tar.push(piece));
    }
    walk(() => tar.end());
    isWhole = true;
  } catch (error) {
    stopped(error);
    if (!(error instanceof LimitReached)) await source.readRest();
  } finally {
    await source.close();
  }
  const found = `${algorithm}:${hash.digest('hex')}`;
  if (isWhole && found !== diffId)
    throw new ImageError(`a layer unpacks to ${found}, and the image says that it is ${diffId}`);
  return { record: builder.record(diffId, bytes), isWhole, open: visitor.open };
}

/** A blob that is not closed by whoever stops reading it, so that its own check at its end can still be heard. */
class Source implements AsyncIterable<Uint8Array> {
  /** Its own error, which tells more than what follows from it. */
  failure: { readonly error: unknown } | undefined;
  readonly #pieces: AsyncIterator<Uint8Array>;

  constructor(blob: AsyncIterable<Uint8Array>) {
    this.#pieces = blob[Symbol.asyncIterator]();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  /** @throws what the blob throws, or threw while nobody waited for it. */
  async readRest(): Promise<void> {
    for (let next = await this.#next(); next.done !== true; next = await this.#next());
    if (this.failure !== undefined) throw this.failure.error;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    try {
      return await this.#pieces.next();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

class LayerVisitor implements TarVisitor {
  readonly open = new Map<string, string[]>();
  readonly #builder: RecordBuilder;
  readonly #aliases: ReadonlyMap<string, readonly string[]>;
  /** What is to be done with the contents that come next. */
  #pending: readonly (readonly [file: LayerFile, readers: readonly FileReader[]])[] = [];

  constructor(builder: RecordBuilder, aliases: ReadonlyMap<string, readonly string[]>) {
    this.#builder = builder;
    this.#aliases = aliases;
  }

  entry(entry: TarEntry, head: Uint8Array): boolean {
    const builder = this.#builder;
    const path = builder.place(entry.name);
    if (path === undefined || builder.whiteout(path)) return false;
    switch (entry.kind) {
      case 'folder':
        builder.folder(path);
        return false;
      case 'link':
        builder.link(path, entry.linkName);
        return false;
      case 'hard-link':
        this.#hardLink(path, entry);
        return false;
      case 'other':
        builder.other(path);
        return false;
      case 'file':
        return this.#file(path, entry, head);
    }
  }

  content(_entry: TarEntry, content: Uint8Array): void {
    for (const [file, readers] of this.#pending) this.#builder.read(file, content, readers);
  }

  #file(path: string, entry: TarEntry, head: Uint8Array): boolean {
    const builder = this.#builder;
    const { sizeBytes, mode } = entry;
    const file = { path, sizeBytes, mode };
    const pending: (readonly [LayerFile, readonly FileReader[]])[] = [[file, builder.file(file, head)]];
    for (const alias of this.#aliases.get(path) ?? []) {
      const other = { path: alias, sizeBytes, mode };
      pending.push([other, builder.readersOf(other, head)]);
    }
    this.#pending = pending.filter(([, readers]) => readers.length > 0);
    if (this.#pending.length === 0) return false;
    if (!entry.isSparse) return true;
    builder.partly(path, 'it is stored with holes left out, which is not read');
    return false;
  }

  #hardLink(path: string, entry: TarEntry): void {
    const target = normalPath(entry.linkName);
    if (target === undefined || target === path) {
      this.#builder.partly(path, 'it is a hard link that leads out of the image, or to itself');
      return;
    }
    // In a second reading its contents were shown already, under the link's name.
    const wasShown = this.#aliases.get(target)?.includes(path) === true;
    if (!this.#builder.hardLink(path, target, entry.mode, wasShown)) return;
    const names = this.open.get(target);
    if (names === undefined) this.open.set(target, [path]);
    else names.push(path);
  }
}
