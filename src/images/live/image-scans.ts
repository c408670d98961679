import { messageOf } from '../../kit/app-error.ts';
import { backoffMs } from '../../kit/backoff.ts';
import type { Component } from '../../kit/component.ts';
import { SharedWork } from '../pipeline/shared-work.ts';
import type { CredentialSource } from '../registry/credentials.ts';
import { areSettled, entryKey, type ImageEntry, isKnown, newEntry } from './image-entries.ts';
import type { ImageSummary, ImageUse, KeptMatch, NamedImage } from './live-image.ts';
import type { LiveImagesOptions, ScanReport } from './live-options.ts';

export type { LiveImagesOptions, ScanReport } from './live-options.ts';

const retry = { initialMs: 30_000, maxMs: 6 * 3_600_000 };

/**
 * The images that are in use: each is read once, when it first appears, and matched again from what was read whenever the
 * vulnerability data changes. What could not be scanned is unknown, says why, and is tried again.
 */
export class LiveImages implements Component {
  readonly name = 'images';
  readonly #options: LiveImagesOptions;
  readonly #entries = new Map<string, ImageEntry>();
  readonly #byName = new SharedWork<ImageSummary>();
  readonly #byDigest = new SharedWork<string>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;
  #cancelRetry: () => void = () => {};
  #rematch: Promise<number> | undefined;
  #isUsedOnce = false;
  #leftOut = 0;

  constructor(options: LiveImagesOptions) {
    this.#options = options;
  }

  /** Images in use. */
  entries(): Iterable<Readonly<ImageEntry>> {
    return this.#entries.values();
  }

  /** How many images in use are not looked after, as there are too many. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Scans what is in use until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#pump();
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#cancelRetry();
    await Promise.all([...this.#running, this.#rematch?.catch(() => 0)]);
  }

  /** All that is in use now, in place of what was before. */
  use(uses: Iterable<ImageUse>): void {
    const { images, findings } = this.#options;
    const byKey = new Map<string, ImageUse[]>();
    for (const use of uses) {
      const key = entryKey(use);
      const others = byKey.get(key);
      if (others === undefined) byKey.set(key, [use]);
      else others.push(use);
    }
    const changed = new Set([...this.#leave(byKey), ...this.#enterAll(byKey)]);
    if (!this.#isUsedOnce) for (const repository of findings.openRepositories()) changed.add(repository);
    this.#isUsedOnce = true;
    images.touch([...this.#entries.values()].flatMap(({ digest }) => digest ?? []));
    for (const repository of changed) this.#reconcile(repository);
    this.#pump();
  }

  /**
   * What is known of an image now: by name it is asked for again, but read only if it is another than before.
   *
   * @throws {AppError} when it cannot be had or read.
   */
  async scan(named: NamedImage, signal: AbortSignal, credentials?: CredentialSource): Promise<ImageSummary> {
    const { clock, onScanned } = this.#options;
    const startedAtMs = clock.now();
    return await this.#byName.run(entryKey(named), signal, async (shared) => {
      const report = (outcome: ScanReport['outcome']): void =>
        onScanned?.({ outcome, durationMs: clock.now() - startedAtMs });
      try {
        const { digest, wasRead } = await this.#read(named, shared, credentials);
        const summary = this.#match(digest);
        report(wasRead ? 'read' : 'known');
        this.#settle(named, { digest, summary, phase: 'done', problem: '', failures: 0 });
        return summary;
      } catch (error) {
        if (!shared.aborted) report('failed');
        throw error;
      }
    });
  }

  /** Matches everything that was ever read with the data that there is now, without asking any registry. @returns how many */
  rematchAll(): Promise<number> {
    const before = this.#rematch;
    const next = (before === undefined ? this.#rematchAll() : before.then(() => this.#rematchAll())).finally(
      () => {
        if (this.#rematch === next) this.#rematch = undefined;
      },
    );
    this.#rematch = next;
    return next;
  }

  async #rematchAll(): Promise<number> {
    const { images, log } = this.#options;
    let count = 0;
    const summaries = new Map<string, ImageSummary>();
    for (const digest of images.digests()) {
      if (this.#signal?.aborted) break;
      try {
        summaries.set(digest, this.#match(digest, true));
        count++;
      } catch (error) {
        log.error({ image: digest, err: messageOf(error) }, 'an image could not be matched again');
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const entry of this.#entries.values()) {
      const summary = entry.digest === undefined ? undefined : summaries.get(entry.digest);
      if (summary !== undefined) entry.summary = summary;
    }
    for (const repository of this.#repositories()) this.#reconcile(repository);
    return count;
  }

  /** Forgets images that are in use no more. @returns their repositories */
  #leave(now: ReadonlyMap<string, unknown>): readonly string[] {
    const gone = [...this.#entries].filter(([key]) => !now.has(key));
    for (const [key] of gone) this.#entries.delete(key);
    return gone.map(([, { named }]) => named.repository);
  }

  /** @returns the repositories of those that are new */
  #enterAll(now: ReadonlyMap<string, readonly ImageUse[]>): readonly string[] {
    const { findings, maxImages = 5000 } = this.#options;
    // Of what nobody had looked at before, what is there at first is no news.
    const isBaseline = !this.#isUsedOnce && findings.isFresh;
    const changed: string[] = [];
    this.#leftOut = 0;
    for (const [key, uses] of now) {
      const known = this.#entries.get(key);
      if (known !== undefined) known.uses = uses;
      else if (this.#entries.size >= maxImages) this.#leftOut++;
      else changed.push(this.#enter(key, uses, isBaseline));
    }
    return changed;
  }

  /** An image that was not in use before: what is known of it already is taken as it is. @returns its repository */
  #enter(key: string, uses: readonly ImageUse[], isBaseline: boolean): string {
    const { images, findings, analyser } = this.#options;
    const [named] = uses;
    if (named === undefined) return '';
    const { reference, platform, repository } = named;
    const entry = newEntry({ reference, platform, repository });
    entry.uses = uses;
    const digest = images.digestOf(named);
    const summary = digest === undefined ? undefined : images.summary(digest);
    if (digest !== undefined) entry.digest = digest;
    if (digest !== undefined && summary !== undefined) {
      entry.summary = summary;
      if (isPinned(named) && images.has(digest, analyser.version) && this.#isCurrent(summary))
        entry.phase = 'done';
    }
    this.#entries.set(key, entry);
    findings.enlist(repository, isBaseline);
    return repository;
  }

  #isCurrent({ database }: ImageSummary): boolean {
    return database === this.#options.matcher.version();
  }

  /** Has what the image is made of kept under its digest. */
  async #read(
    named: NamedImage,
    signal: AbortSignal,
    credentials: CredentialSource | undefined,
  ): Promise<{ readonly digest: string; readonly wasRead: boolean }> {
    const { analyser, images } = this.#options;
    const known = isPinned(named) ? images.digestOf(named) : undefined;
    if (known !== undefined && images.has(known, analyser.version)) return { digest: known, wasRead: false };
    const { reference, platform } = named;
    const options = { signal, platform, ...(credentials === undefined ? {} : { credentials }) };
    const opened = await analyser.open(reference, options);
    const isKept = opened.digest !== '' && images.has(opened.digest, analyser.version);
    const read = async (shared: AbortSignal): Promise<string> => {
      const sbom = await analyser.analyse(opened, { ...options, signal: shared });
      images.keepSbom(sbom);
      return sbom.digest;
    };
    const digest = isKept
      ? opened.digest
      : await this.#byDigest.run(opened.digest || reference, signal, read);
    images.name(named, digest);
    return { digest, wasRead: !isKept };
  }

  /** The result of an image that was read; made anew when it is of other data, unless there is no data now. */
  #match(digest: string, isForced = false): ImageSummary {
    const { images, matcher, clock } = this.#options;
    const known = images.summary(digest);
    const version = matcher.version();
    if (known !== undefined && (version === '' || (!isForced && known.database === version))) return known;
    const sbom = images.sbom(digest);
    if (sbom === undefined) throw new Error(`what ${digest} is made of has been dropped: too many images`);
    return images.keepResult(matcher.match(sbom, clock.now()));
  }

  #settle(named: NamedImage, change: Partial<ImageEntry>): void {
    const entry = this.#entries.get(entryKey(named));
    if (entry === undefined) return;
    Object.assign(entry, change);
    this.#reconcile(named.repository);
  }

  #repositories(): ReadonlySet<string> {
    return new Set([...this.#entries.values()].map(({ named }) => named.repository));
  }

  #reconcile(repository: string): void {
    const { images, findings, onFindings } = this.#options;
    const entries = [...this.#entries.values()].filter(({ named }) => named.repository === repository);
    const digests = new Set(entries.flatMap(({ digest }) => digest ?? []));
    const matches = function* (): Iterable<KeptMatch> {
      for (const digest of digests) yield* images.result(digest)?.matches ?? [];
    };
    const changes = findings.reconcile({
      repository,
      matches: matches(),
      isKnown: entries.every(isKnown),
      isSettled: areSettled(entries),
    });
    if (changes.new.length + changes.fixed.length > 0) onFindings?.(repository, changes);
  }

  /** Starts what is due, as much as may run at once, and comes back when more is. */
  #pump(): void {
    const signal = this.#signal;
    if (signal === undefined || signal.aborted) return;
    const { clock, atOnce = 2 } = this.#options;
    this.#cancelRetry();
    const nowMs = clock.now();
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries.values()) {
      if (entry.phase !== 'waiting' && entry.phase !== 'failed') continue;
      if (entry.notBeforeMs > nowMs) nextAtMs = Math.min(nextAtMs, entry.notBeforeMs);
      else if (this.#running.size < atOnce) this.#start(entry, signal);
      else break;
    }
    if (Number.isFinite(nextAtMs)) this.#cancelRetry = clock.timer(nextAtMs - nowMs, () => this.#pump());
  }

  #start(entry: ImageEntry, signal: AbortSignal): void {
    entry.phase = 'scanning';
    const run: Promise<void> = this.#attempt(entry, signal).finally(() => {
      this.#running.delete(run);
      this.#pump();
    });
    this.#running.add(run);
  }

  async #attempt(entry: ImageEntry, signal: AbortSignal): Promise<void> {
    const { clock, log, credentialsOf } = this.#options;
    const { named } = entry;
    try {
      await this.scan(named, signal, await credentialsOf?.(entry.uses, signal));
    } catch (error) {
      if (signal.aborted) return;
      const waitMs = backoffMs(entry.failures, retry);
      const problem = messageOf(error);
      this.#settle(named, {
        phase: 'failed',
        problem,
        failures: entry.failures + 1,
        notBeforeMs: clock.now() + waitMs,
      });
      log.warn(
        { image: named.reference, err: problem, retryInMs: Math.round(waitMs) },
        'an image could not be scanned; will try again',
      );
    }
  }
}

/** Whether the name always means the same image. */
function isPinned({ reference }: NamedImage): boolean {
  return /@sha\d+:[0-9a-f]+$/.test(reference);
}
