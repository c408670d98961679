import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { NotFoundError } from '../../kit/app-error.ts';
import { type Clock, systemClock } from '../../kit/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { ImageSbom } from '../../model/image-sbom.ts';
import { usualPlatform } from '../../model/platform.ts';
import type { Cataloger } from '../catalogers/cataloger.ts';
import { catalogers as allCatalogers } from '../catalogers/catalogers.ts';
import type { AnalysisSettings } from '../config.ts';
import { sha256Of } from '../digest.ts';
import { ImageError } from '../image-error.ts';
import { LayerCache } from '../layers/layer-cache.ts';
import type { AnalysisLimits } from '../limits.ts';
import { parseReference } from '../reference.ts';
import type { CredentialSource } from '../registry/credentials.ts';
import { RegistryAccess } from '../registry/registry-access.ts';
import type { SigningKey } from '../registry/signing-key.ts';
import { readSbom } from '../sbom/read-sbom.ts';
import type { OpenedImage } from '../sources/image-source.ts';
import { openLocal } from '../sources/open-local.ts';
import { parsePlace } from '../sources/place.ts';
import { analyserVersion } from './analyser-version.ts';
import { AnalysisThread, ThreadEndedError, threadUrl } from './analysis-thread.ts';
import { LayerReading } from './layer-reading.ts';
import type { AssembledImage, LayerWork } from './layer-work.ts';
import { localWork } from './local-work.ts';
import { type AnalysisProgress, ProgressCount } from './progress.ts';
import { SharedWork } from './shared-work.ts';
import { type RunOptions, ThreadPool } from './thread-pool.ts';

export type { AnalysisProgress } from './progress.ts';

export interface AnalyseOptions {
  readonly signal: AbortSignal;
  /** `linux/arm64`: of an image for several; `linux/amd64` when left out. */
  readonly platform?: string;
  /** Asked before what is configured: the pull secrets of a workload, for one. */
  readonly credentials?: CredentialSource;
  readonly onProgress?: (progress: AnalysisProgress) => void;
}

/** What an image is made of as somebody has attached it to it. */
export interface AttachedImageSbom {
  readonly sbom: ImageSbom;
  /** Whether it came within a statement that names the image's digest. */
  readonly isAttestation: boolean;
  /** The key that has signed it; '' where none was asked for: nobody knows then who attached it. */
  readonly signedBy: string;
}

export interface AnalyserOptions {
  readonly settings: AnalysisSettings;
  /** Where layers are kept between images and runs, in a folder `layers`; nothing is kept when left out. */
  readonly dataDir?: string;
  readonly clock?: Clock;
  readonly log: Logger;
  /** For tests: other catalogers; images are then read in this thread. */
  readonly catalogers?: readonly Cataloger[];
  /** For tests: the script of the built program. */
  readonly threadScript?: URL;
}

/**
 * Images to packages, wherever they lie: fetched, checked, unpacked in memory and cataloged in threads of their own. What
 * two callers want at once is done once; layers that were seen before are not fetched.
 */
export class Analyser {
  /** What results are made by; a stored SBOM of another is to be made anew. */
  readonly version: string;
  readonly #limits: AnalysisLimits;
  readonly #clock: Clock;
  readonly #registries: RegistryAccess;
  readonly #layers: LayerReading;
  readonly #pool: ThreadPool<AnalysisThread> | undefined;
  readonly #local: LayerWork;
  readonly #shared = new SharedWork<ImageSbom>();
  readonly #listeners = new Map<string, Set<(progress: AnalysisProgress) => void>>();

  constructor(options: AnalyserOptions) {
    const { settings, dataDir, clock = systemClock, log, catalogers } = options;
    this.version = analyserVersion(catalogers ?? allCatalogers);
    this.#clock = clock;
    this.#limits = limitsOf(settings);
    this.#registries = new RegistryAccess({ settings, clock });
    this.#local = localWork(catalogers ?? allCatalogers);
    const url = catalogers === undefined ? (options.threadScript ?? threadUrl()) : undefined;
    this.#pool =
      url &&
      new ThreadPool(
        settings.threads ?? availableParallelism(),
        () => new AnalysisThread(url, settings.limits.heap_mib),
        clock,
      );
    const cache =
      dataDir === undefined
        ? undefined
        : new LayerCache({
            dir: join(dataDir, 'layers'),
            version: this.version,
            maxBytes: settings.cache_size,
            clock,
            log,
          });
    this.#layers = new LayerReading({
      run: (signal, job, runOptions) => this.#run(signal, job, runOptions),
      cache,
      limits: this.#limits,
      clock,
    });
  }

  /**
   * Finds an image, without its layers: its digest tells whether its SBOM is known.
   *
   * @param reference an image's name (`nginx:1.27`), or a place: `oci:<folder>[:name]`, `oci-archive:<file>[:name]`,
   * `docker-archive:<file>[:name]`, `dir:<folder>`; see {@link parsePlace}.
   * @throws {AppError} when it is not there, may not be read, or is no image.
   */
  async open(reference: string, options: AnalyseOptions): Promise<OpenedImage> {
    const { signal, platform = usualPlatform, credentials } = options;
    const place = parsePlace(reference);
    if (place.kind !== 'registry') return openLocal(place, { reference, platform, signal });
    return this.#registries.open(place.reference, { signal, platform, credentials });
  }

  /**
   * The packages of an image. What could not be read of it is in `partial`.
   *
   * @throws {AppError} when nothing can be said of it: not there, refused, not an image, a part that is not what its digest says.
   */
  async analyse(image: string | OpenedImage, options: AnalyseOptions): Promise<ImageSbom> {
    options.onProgress?.(new ProgressCount([]).progress('open'));
    // A thread gets ready while the image is looked for: even one whose layers are all known is put together in it.
    this.#pool?.warm();
    const opened = typeof image === 'string' ? await this.open(image, options) : image;
    const key = opened.folder ?? `${opened.digest} ${opened.platform}`;
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners);
    if (options.onProgress !== undefined) listeners.add(options.onProgress);
    try {
      return await this.#shared.run(key, options.signal, (signal) =>
        this.#analyse(opened, signal, (progress) => {
          for (const listener of listeners) listener(progress);
        }),
      );
    } finally {
      if (options.onProgress !== undefined) listeners.delete(options.onProgress);
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key);
    }
  }

  /**
   * The packages of an image of a registry as the SBOM tells them that is attached to it there; none of its layers is fetched.
   * Whoever may write to the repository may have attached it, unless only what `key` has signed counts.
   *
   * @throws {AppError} when the image is not there, or what is attached is no SBOM that may be taken.
   * @throws {NotFoundError} when there is none.
   */
  async attachedSbom(
    reference: string,
    options: AnalyseOptions & { readonly key?: SigningKey | undefined },
  ): Promise<AttachedImageSbom> {
    const { signal, platform = usualPlatform, credentials, key } = options;
    const { image, sbom: attached } = await this.#registries.attachedSbom(parseReference(reference), {
      ...{ signal, platform, credentials, key },
    });
    if (attached === undefined) throw new NotFoundError(`no SBOM is attached to ${image.reference}`);
    const sbom = {
      ...readSbom(attached.text, `the SBOM attached to ${image.reference}`),
      digest: image.digest,
      imageId: image.imageId,
      platform: image.platform,
      layers: image.layers.map(({ diffId }) => diffId),
      builtAtMs: image.builtAtMs,
    };
    return { sbom, isAttestation: attached.isAttestation, signedBy: attached.signedBy };
  }

  /**
   * The digest that a tag has now, by one HEAD request, which registries do not count as a pull.
   *
   * @returns undefined where the registry does not tell it so.
   * @throws {AppError} when it is not there, or may not be read.
   */
  digestOf(reference: string, { signal, credentials }: AnalyseOptions): Promise<string | undefined> {
    return this.#registries.digestOf(parseReference(reference), { signal, credentials });
  }

  /** Repositories of a registry, in its order, page by page. */
  repositories(registry: string, { signal, credentials }: AnalyseOptions): AsyncIterable<string> {
    return this.#registries.repositories(registry, { signal, credentials });
  }

  /** Tags of a repository (`ghcr.io/team/shop`), in the registry's order, page by page. */
  tags(repository: string, { signal, credentials }: AnalyseOptions): AsyncIterable<string> {
    return this.#registries.tags(parseReference(repository), { signal, credentials });
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool?.close(), this.#registries.close()]);
  }

  async #analyse(
    image: OpenedImage,
    signal: AbortSignal,
    tell: (progress: AnalysisProgress) => void,
  ): Promise<ImageSbom> {
    if (image.layers.length > this.#limits.layers)
      throw new ImageError(
        `${image.reference} has ${image.layers.length} layers, more than ${this.#limits.layers} (images.limits.layers)`,
      );
    const count = new ProgressCount(image.layers);
    tell(count.progress('layers'));
    // The first layer that fails stops the others.
    const stop = new AbortController();
    const all = AbortSignal.any([signal, stop.signal]);
    const records =
      image.folder === undefined
        ? await allOrNone(
            image.layers.map((layer) =>
              this.#layers.record(image, layer, all, {
                onBytes: (bytes) => tell(count.received(bytes)),
                onDone: (wasKnown) => tell(count.done(wasKnown)),
              }),
            ),
            stop,
          )
        : [await this.#readFolder(image.folder, signal)];
    tell(count.progress('packages'));
    const { packages, distribution, partial } = await this.#assemble(image, records, signal);
    return {
      digest: image.digest === '' ? sha256Of(JSON.stringify([distribution ?? null, packages])) : image.digest,
      imageId: image.imageId,
      platform: image.platform,
      layers: image.layers.map(({ diffId }) => diffId),
      sizeBytes: image.layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      builtAtMs: image.builtAtMs,
      catalogedAtMs: this.#clock.now(),
      analyser: this.version,
      ...(distribution === undefined ? {} : { distribution }),
      packages,
      partial,
    };
  }

  async #readFolder(folder: string, signal: AbortSignal): Promise<Uint8Array> {
    const result = await this.#run(signal, (work) => work.readFolder({ folder, limits: this.#limits }));
    return result.record;
  }

  async #assemble(
    image: OpenedImage,
    records: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<AssembledImage> {
    const architecture = image.platform.split('/')[1] ?? '';
    try {
      return await this.#run(signal, (work) => work.assemble({ records, architecture }));
    } catch (error) {
      if (!(error instanceof ThreadEndedError)) throw error;
      const reason = `its packages were not put together: ${error.message}`;
      return { packages: [], distribution: undefined, partial: [{ where: image.reference, reason }] };
    }
  }

  #run<Result>(
    signal: AbortSignal,
    job: (work: LayerWork) => Promise<Result>,
    options?: RunOptions,
  ): Promise<Result> {
    return this.#pool === undefined ? job(this.#local) : this.#pool.run(signal, job, options);
  }
}

function limitsOf({ limits }: AnalysisSettings): AnalysisLimits {
  return {
    entries: limits.entries,
    pathDepth: limits.path_depth,
    layerBytes: limits.layer_size,
    fileBytes: limits.file_size,
    layerMs: limits.layer_time,
    layers: limits.layers,
    heapMiB: limits.heap_mib,
  };
}

async function allOrNone<Result>(
  works: readonly Promise<Result>[],
  stop: AbortController,
): Promise<Result[]> {
  try {
    return await Promise.all(works);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(works);
    throw error;
  }
}
