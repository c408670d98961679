import { messageOf } from '../../kit/app-error.ts';
import { backoffMs } from '../../kit/backoff.ts';
import { newCause } from '../../kit/cause.ts';
import type { Component } from '../../kit/component.ts';
import { SharedWork } from '../pipeline/shared-work.ts';
import type { CredentialSource } from '../registry/credentials.ts';
import { areSettled, entryKey, type ImageEntry, isKnown, newEntry } from './image-entries.ts';
import { ImageReader, isPinned, type ScanBounds } from './image-reader.ts';
import type { IgnoredMatch, ImageSummary, ImageUse, KeptMatch, NamedImage } from './live-image.ts';
import type { LiveImagesOptions, ScanReport } from './live-options.ts';

export type { LiveImagesOptions, ScanReport } from './live-options.ts';

/** How a scan on request is told from others, and how it logs in. */
export interface ScanOptions {
  readonly credentials?: CredentialSource | undefined;
  /** What is found is because of it; the change that brought the image when left out. */
  readonly cause?: string | undefined;
}

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
  readonly #reader: ImageReader;
  readonly #bounds: () => ScanBounds;
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;
  #cancelRetry: () => void = () => {};
  #rematch: Promise<number> | undefined;
  #isUsedOnce = false;
  #leftOut = 0;

  constructor(options: LiveImagesOptions) {
    this.#options = options;
    const { analyser, matcher, images, clock, bounds = () => ({}) } = options;
    this.#bounds = bounds;
    this.#reader = new ImageReader({ analyser, matcher, images, clock, bounds });
    images.spare(() => [...this.#entries.values()].flatMap(({ digest }) => digest ?? []));
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

  /** Looks again what may be scanned now: bounds may be other than before. */
  wake(): void {
    this.#pump();
  }

  /** All that is in use now, in place of what was before, because of `cause`. */
  use(uses: Iterable<ImageUse>, cause = newCause(this.#options.clock.now())): void {
    const { images, findings } = this.#options;
    const byKey = new Map<string, ImageUse[]>();
    for (const use of uses) {
      const key = entryKey(use);
      const others = byKey.get(key);
      if (others === undefined) byKey.set(key, [use]);
      else others.push(use);
    }
    const changed = new Set([...this.#leave(byKey), ...this.#enterAll(byKey, cause)]);
    if (!this.#isUsedOnce) for (const repository of findings.openRepositories()) changed.add(repository);
    this.#isUsedOnce = true;
    images.touch([...this.#entries.values()].flatMap(({ digest }) => digest ?? []));
    for (const repository of changed) this.#reconcile(repository, cause);
    this.#pump();
  }

  /**
   * What is known of an image now: by name it is asked for again, but read only if it is another than before.
   *
   * @throws {AppError} when it cannot be had or read.
   */
  async scan(named: NamedImage, signal: AbortSignal, options: ScanOptions = {}): Promise<ImageSummary> {
    const { clock } = this.#options;
    const startedAtMs = clock.now();
    return await this.#byName.run(entryKey(named), signal, async (shared) => {
      const cause = options.cause ?? this.#entries.get(entryKey(named))?.cause ?? newCause(startedAtMs);
      const report = (facts: Pick<ScanReport, 'outcome' | 'problem' | 'summary'>): void =>
        this.#options.onScanned?.({ ...facts, durationMs: clock.now() - startedAtMs, named, cause });
      try {
        const { digest, wasRead } = await this.#reader.read(named, {
          signal: shared,
          credentials: options.credentials,
          onProgress: (progress) => this.#progress(named, progress),
        });
        const summary = this.#reader.match(digest);
        report({ outcome: wasRead ? 'read' : 'known', problem: '', summary });
        this.#settle(named, { digest, summary, phase: 'done', problem: '', failures: 0 }, cause);
        return summary;
      } catch (error) {
        if (!shared.aborted) report({ outcome: 'failed', problem: messageOf(error) });
        throw error;
      } finally {
        this.#progress(named, undefined);
      }
    });
  }

  /** As {@link scan} of one in use, with the logins of those who run it. @throws as {@link scan} */
  async scanEntry(entry: Readonly<ImageEntry>, signal: AbortSignal, cause?: string): Promise<ImageSummary> {
    const credentials = await this.#options.credentialsOf?.(entry.uses, signal);
    return await this.scan(entry.named, signal, { credentials, cause });
  }

  /**
   * Matches everything that was ever read with the data and rules that there are now, without asking any registry.
   *
   * @returns how many
   */
  rematchAll(cause = newCause(this.#options.clock.now())): Promise<number> {
    const again = (): Promise<number> => this.#rematchAll(cause);
    const next = (this.#rematch ?? Promise.resolve(0)).then(again, again).finally(() => {
      if (this.#rematch === next) this.#rematch = undefined;
    });
    this.#rematch = next;
    return next;
  }

  async #rematchAll(cause: string): Promise<number> {
    const { images, log } = this.#options;
    const summaries = new Map<string, ImageSummary>();
    const others = new Set<string>();
    for (const digest of images.digests()) {
      if (this.#signal?.aborted) break;
      try {
        const { summary, isOther } = this.#reader.rematch(digest);
        summaries.set(digest, summary);
        if (isOther) others.add(digest);
      } catch (error) {
        log.error({ image: digest, err: messageOf(error) }, 'an image could not be matched again');
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const repositories = new Set<string>();
    for (const entry of this.#entries.values()) {
      const summary = entry.digest === undefined ? undefined : summaries.get(entry.digest);
      if (summary === undefined) continue;
      entry.summary = summary;
      if (others.has(summary.digest)) repositories.add(entry.named.repository);
    }
    for (const repository of repositories) {
      if (this.#signal?.aborted) break;
      this.#reconcile(repository, cause);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return summaries.size;
  }

  /** Forgets images that are in use no more. @returns their repositories */
  #leave(now: ReadonlyMap<string, unknown>): readonly string[] {
    const gone = [...this.#entries].filter(([key]) => !now.has(key));
    for (const [key] of gone) this.#entries.delete(key);
    return gone.map(([, { named }]) => named.repository);
  }

  /** @returns the repositories of those that are new */
  #enterAll(now: ReadonlyMap<string, readonly ImageUse[]>, cause: string): readonly string[] {
    const { findings, maxImages = 5000 } = this.#options;
    // Of what nobody had looked at before, what is there at first is no news.
    const isBaseline = !this.#isUsedOnce && findings.isFresh;
    const changed: string[] = [];
    this.#leftOut = 0;
    for (const [key, uses] of now) {
      const known = this.#entries.get(key);
      if (known !== undefined) known.uses = uses;
      else if (this.#entries.size >= maxImages) this.#leftOut++;
      else changed.push(this.#enter(key, uses, { isBaseline, cause }));
    }
    return changed;
  }

  /** An image that was not in use before: what is known of it already is taken as it is. @returns its repository */
  #enter(
    key: string,
    uses: readonly ImageUse[],
    { isBaseline, cause }: { readonly isBaseline: boolean; readonly cause: string },
  ): string {
    const { images, findings, analyser } = this.#options;
    const [named] = uses;
    if (named === undefined) return '';
    const { reference, platform, repository } = named;
    const entry = newEntry({ reference, platform, repository }, named.cause ?? cause);
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

  #progress(named: NamedImage, progress: ImageEntry['progress']): void {
    const entry = this.#entries.get(entryKey(named));
    if (entry !== undefined) entry.progress = progress;
  }

  #settle(named: NamedImage, change: Partial<ImageEntry>, cause: string): void {
    const entry = this.#entries.get(entryKey(named));
    if (entry === undefined) return;
    Object.assign(entry, change);
    this.#reconcile(named.repository, cause);
  }

  #reconcile(repository: string, cause: string): void {
    const { images, findings, onFindings } = this.#options;
    const entries = [...this.#entries.values()].filter(({ named }) => named.repository === repository);
    const digests = new Set(entries.flatMap(({ digest }) => digest ?? []));
    const matches: KeptMatch[] = [];
    const ignored: IgnoredMatch[] = [];
    for (const digest of digests) {
      const result = images.result(digest);
      for (const match of result?.matches ?? []) matches.push(match);
      for (const match of result?.ignored ?? []) ignored.push(match);
    }
    const changes = findings.reconcile({
      ...{ repository, matches, ignored },
      isKnown: entries.every(isKnown),
      isSettled: areSettled(entries),
    });
    if (Object.values(changes).some((some) => some.length > 0)) onFindings?.(repository, changes, cause);
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
      if (this.#isHeld(entry)) continue;
      if (entry.notBeforeMs > nowMs) nextAtMs = Math.min(nextAtMs, entry.notBeforeMs);
      else if (this.#running.size < atOnce) this.#start(entry, signal);
      else break;
    }
    if (Number.isFinite(nextAtMs)) this.#cancelRetry = clock.timer(nextAtMs - nowMs, () => this.#pump());
  }

  /** Whether nobody is to look at it before somebody asks. */
  #isHeld(entry: ImageEntry): boolean {
    return this.#bounds().scansNew === false && entry.digest === undefined;
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
    const { clock, log } = this.#options;
    try {
      await this.scanEntry(entry, signal);
    } catch (error) {
      if (signal.aborted) return;
      const waitMs = backoffMs(entry.failures, retry);
      const problem = messageOf(error);
      const failures = entry.failures + 1;
      this.#settle(
        entry.named,
        { phase: 'failed', problem, failures, notBeforeMs: clock.now() + waitMs },
        entry.cause,
      );
      log.warn(
        { image: entry.named.reference, err: problem, retryInMs: Math.round(waitMs) },
        'an image could not be scanned; will try again',
      );
    }
  }
}
