import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import { ImageError } from '../image-error.ts';
import type { LayerCache } from '../layers/layer-cache.ts';
import { encodeRecord, unreadLayer } from '../layers/layer-record.ts';
import type { AnalysisLimits } from '../limits.ts';
import { isDigest } from '../reference.ts';
import type { LayerDescriptor, OpenedImage } from '../sources/image-source.ts';
import { kindOfLayer } from '../sources/media-types.ts';
import { ThreadEndedError } from './analysis-thread.ts';
import type { LayerResult, LayerWork } from './layer-work.ts';
import { SharedWork } from './shared-work.ts';
import type { RunOptions } from './thread-pool.ts';

/** Runs one job when there is room for it, and ends it when `signal` aborts. */
export type RunJob = <Result>(
  signal: AbortSignal,
  job: (work: LayerWork) => Promise<Result>,
  options?: RunOptions,
) => Promise<Result>;

/** Layers up to this, compressed, are fetched before they have a thread: none is started, or kept waiting, for them alone. */
const smallBytes = 64 * 1024;

export interface LayerReadingOptions {
  readonly run: RunJob;
  readonly cache: LayerCache | undefined;
  readonly limits: AnalysisLimits;
  readonly clock: Clock;
}

export interface LayerListener {
  /** Compressed bytes that came. */
  onBytes(bytes: number): void;
  onDone(wasKnown: boolean): void;
}

/** Records of layers: those that are known from the cache, the others read once, however many images want them at that moment. */
export class LayerReading {
  readonly #options: LayerReadingOptions;
  readonly #shared = new SharedWork<Uint8Array>();

  constructor(options: LayerReadingOptions) {
    this.#options = options;
  }

  /**
   * @returns an encoded record. Layers that are not distributed, are of an unknown type, or go beyond the limits give one that says so.
   * @throws {AppError} when it cannot be fetched, or is not what its digest says.
   */
  async record(
    image: OpenedImage,
    layer: LayerDescriptor,
    signal: AbortSignal,
    listener: LayerListener,
  ): Promise<Uint8Array> {
    const { diffId } = layer;
    if (!isDigest(diffId))
      throw new ImageError(
        `${image.reference}: its configuration has "${diffId.slice(0, 100)}" for a layer's digest`,
      );
    const kind = kindOfLayer(layer.mediaType);
    if (kind === 'foreign') return unread(diffId, 'the layer is not distributed with the image');
    if (kind === 'unknown')
      return unread(
        diffId,
        `the layer is of the type "${layer.mediaType.slice(0, 100)}", which is not known`,
      );
    const known = await this.#options.cache?.get(diffId);
    if (known !== undefined) {
      listener.onBytes(layer.sizeBytes);
      listener.onDone(true);
      return known;
    }
    const record = await this.#shared.run(diffId, signal, (inner) =>
      this.#read(image, layer, inner, listener),
    );
    listener.onDone(false);
    return record;
  }

  async #read(
    image: OpenedImage,
    layer: LayerDescriptor,
    signal: AbortSignal,
    listener: LayerListener,
  ): Promise<Uint8Array> {
    try {
      let result = await this.#readOnce(image, layer, signal, new Map(), listener);
      // Names that hard links gave to files which nobody wanted by their first name: seen in a second reading.
      if (result.open.size > 0) result = await this.#readOnce(image, layer, signal, result.open, undefined);
      if (result.isWhole) await this.#options.cache?.put(layer.diffId, result.record);
      return result.record;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ThreadEndedError)
        return unread(layer.diffId, `the layer was not read: ${error.message}`);
      throw error;
    }
  }

  async #readOnce(
    image: OpenedImage,
    layer: LayerDescriptor,
    signal: AbortSignal,
    aliases: LayerResult['open'],
    listener: LayerListener | undefined,
  ): Promise<LayerResult> {
    const { run, limits, clock } = this.#options;
    const stop = new AbortController();
    const all = AbortSignal.any([signal, stop.signal]);
    let cancel: () => void = () => {};
    const startTime = (): void => {
      cancel();
      cancel = clock.timer(limits.layerMs, () => {
        stop.abort(
          new ThreadEndedError(
            `it takes longer than ${formatDuration(limits.layerMs)} (images.limits.layer_time)`,
          ),
        );
      });
    };
    const open = () => counted(image.openLayer(layer, all), listener);
    try {
      const isSmall = layer.sizeBytes <= smallBytes;
      if (isSmall) startTime();
      const fetched = isSmall ? await orAborted(gathered(open()), all) : undefined;
      return await run(
        all,
        (work) => {
          startTime();
          return orAborted(work.readLayer(fetched ?? open(), { diffId: layer.diffId, limits, aliases }), all);
        },
        { isSmall },
      );
    } finally {
      cancel();
      // When the thread needed only a part of the blob, the rest is not fetched.
      stop.abort();
    }
  }
}

async function* counted(
  blob: AsyncIterable<Uint8Array>,
  listener: LayerListener | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of blob) {
    listener?.onBytes(piece.length);
    yield piece;
  }
}

/** All of it, once it has come and was checked. */
async function gathered(blob: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of blob) pieces.push(Uint8Array.from(piece));
  return (async function* () {
    yield* pieces;
  })();
}

function orAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function unread(where: string, reason: string): Uint8Array {
  return encodeRecord(unreadLayer(where, [{ where, reason }]));
}
