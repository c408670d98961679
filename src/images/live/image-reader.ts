import type { Clock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import { ImageError } from '../image-error.ts';
import type { Analyser, AnalysisProgress } from '../pipeline/analyser.ts';
import { SharedWork } from '../pipeline/shared-work.ts';
import type { CredentialSource } from '../registry/credentials.ts';
import type { OpenedImage } from '../sources/image-source.ts';
import type { ImageStore } from './image-store.ts';
import type { ImageSummary, NamedImage } from './live-image.ts';
import type { ImageMatcher } from './matcher.ts';
import { resultRowOf } from './result-row.ts';

/** Bounds of the cluster's own settings, as they are at the time. */
export interface ScanBounds {
  /** Larger images are not read; compressed. */
  readonly maxImageBytes?: number;
  readonly timeoutMs?: number;
  /** False: images that nobody has looked at wait until somebody asks for them. */
  readonly scansNew?: boolean;
}

export interface ImageReaderOptions {
  readonly analyser: Pick<Analyser, 'version' | 'open' | 'analyse'>;
  readonly matcher: ImageMatcher;
  readonly images: ImageStore;
  readonly clock: Clock;
  readonly bounds: () => ScanBounds;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly credentials?: CredentialSource | undefined;
  readonly onProgress?: (progress: AnalysisProgress) => void;
}

/** Has images read once, keeps what they are made of under their digest, and matches that. */
export class ImageReader {
  readonly #options: ImageReaderOptions;
  readonly #byDigest = new SharedWork<string>();

  constructor(options: ImageReaderOptions) {
    this.#options = options;
  }

  /**
   * Has what the image is made of kept under its digest.
   *
   * @throws {AppError} when it cannot be had or read, is too large, or takes too long.
   */
  async read(named: NamedImage, options: ReadOptions): Promise<{ digest: string; wasRead: boolean }> {
    const { analyser, images } = this.#options;
    const known = isPinned(named) ? images.digestOf(named) : undefined;
    if (known !== undefined && images.has(known, analyser.version)) return { digest: known, wasRead: false };
    return await this.#inTime(named, options.signal, async (signal) => {
      const { reference, platform } = named;
      const { credentials } = options;
      const given = { platform, ...(credentials === undefined ? {} : { credentials }) };
      const opened = await analyser.open(reference, { ...given, signal });
      const isKept = opened.digest !== '' && images.has(opened.digest, analyser.version);
      if (!isKept) this.#checkSize(opened);
      const read = async (shared: AbortSignal): Promise<string> => {
        const { onProgress } = options;
        const told = onProgress === undefined ? {} : { onProgress };
        const sbom = await analyser.analyse(opened, { ...given, ...told, signal: shared });
        images.keepSbom(sbom);
        return sbom.digest;
      };
      const digest = isKept
        ? opened.digest
        : await this.#byDigest.run(opened.digest || reference, signal, read);
      images.name(named, digest);
      return { digest, wasRead: !isKept };
    });
  }

  /** The result of an image that was read; made anew when it is of other data, unless there is no data now. */
  match(digest: string): ImageSummary {
    const { images, matcher } = this.#options;
    const known = images.summary(digest);
    return known !== undefined && known.database === matcher.version() ? known : this.rematch(digest).summary;
  }

  /**
   * The result of an image that was read, made anew; while there is no data, what was found with the last stands.
   *
   * @returns with whether its findings are other than before
   */
  rematch(digest: string): { readonly summary: ImageSummary; readonly isOther: boolean } {
    const { images, matcher, clock } = this.#options;
    const known = matcher.version() === '' ? images.summary(digest) : undefined;
    if (known !== undefined) return { summary: known, isOther: false };
    const sbom = images.sbom(digest);
    if (sbom === undefined) throw new Error(`what ${digest} is made of has been dropped: too many images`);
    const row = resultRowOf(matcher.match(sbom, clock.now(), images.nameOf(digest) ?? ''));
    return { summary: row.summary, isOther: images.keepRow(row) };
  }

  #checkSize({ reference, layers }: OpenedImage): void {
    const { maxImageBytes } = this.#options.bounds();
    const bytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (maxImageBytes !== undefined && bytes > maxImageBytes)
      throw new ImageError(
        `${reference} has ${bytes} bytes, more than the cluster's setting maxImageSize allows (${maxImageBytes})`,
      );
  }

  async #inTime<Result>(
    { reference }: NamedImage,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { timeoutMs } = this.#options.bounds();
    if (timeoutMs === undefined) return await work(signal);
    const late = new AbortController();
    const cancel = this.#options.clock.timer(timeoutMs, () =>
      late.abort(
        new ImageError(
          `${reference} was not read within ${formatDuration(timeoutMs)} (the cluster's setting scanTimeout)`,
        ),
      ),
    );
    try {
      return await work(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (late.signal.aborted && !signal.aborted) throw late.signal.reason;
      throw error;
    } finally {
      cancel();
    }
  }
}

/** Whether the name always means the same image. */
export function isPinned({ reference }: Pick<NamedImage, 'reference'>): boolean {
  return /@sha\d+:[0-9a-f]+$/.test(reference);
}
