import type { FirstRound } from '../../images/live/first-round.ts';
import { entryKey, type ImageEntry } from '../../images/live/image-entries.ts';
import type { LiveImages } from '../../images/live/image-scans.ts';
import type { NamedImage } from '../../images/live/live-image.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { newCause } from '../../kit/cause.ts';
import type { Clock } from '../../kit/clock.ts';
import type { ImageBook } from './image-book.ts';

/** Judges again by what is known of images now. */
export type JudgeImages = (
  /** Keys of objects of whose images something is other than before, and because of what. */
  causes: ReadonlyMap<string, string>,
  look: {
    /** When that was noticed, Unix ms. */
    readonly noticedAtMs: number;
    /** Whether what opens was there before us, so that it is not new. */
    readonly baseline: boolean;
  },
) => void;

export interface ImageJudgingOptions {
  readonly book: ImageBook;
  readonly inventory: Pick<Inventory, 'index' | 'keys'>;
  readonly live: Pick<LiveImages, 'entries' | 'leftOut'>;
  readonly firstRound: FirstRound;
  readonly clock: Clock;
  readonly heldBecause: () => string;
  readonly judge: JudgeImages;
}

/**
 * Has workloads judged again when something else is known of their images: after a scan, after all was matched again, and when
 * something else runs. No others are.
 */
export class ImageJudging {
  readonly #options: ImageJudgingOptions;
  /** Causes by image of what ended since it was last looked. */
  readonly #ended = new Map<string, string>();
  /** Images of the first round that have brought nothing yet. */
  #first: Set<string> | undefined;
  #cancel: (() => void) | undefined;
  #wasFull = false;

  constructor(options: ImageJudgingOptions) {
    this.#options = options;
  }

  /** The first time: what runs is known from now on. */
  used(cause?: string): void {
    const { firstRound, live } = this.#options;
    this.#first ??= new Set(firstRound.isOver ? [] : [...live.entries()].map(({ named }) => entryKey(named)));
    this.look(cause);
  }

  /** A scan has ended, or failed; what came of it is looked at as soon as it is noted down. */
  scanned(named: NamedImage, cause: string): void {
    this.#ended.set(entryKey(named), cause);
    const noticedAtMs = this.#options.clock.now();
    this.#cancel ??= this.#options.clock.timer(0, () => this.look(undefined, noticedAtMs));
  }

  /** Compares what is known now with what was judged by. Nothing before it is known what runs. */
  look(cause?: string, noticedAtMs = this.#options.clock.now()): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#first === undefined) return;
    const { book, live, heldBecause } = this.#options;
    const entries = [...live.entries()];
    const isFull = live.leftOut > 0;
    const changed = book.take(entries, { isFull, heldBecause: heldBecause() });
    if (changed.size > 0) this.#judge(changed, noticedAtMs, cause);
    if (isFull !== this.#wasFull) this.#judgeAll(noticedAtMs);
    this.#wasFull = isFull;
    this.#ended.clear();
    this.#endRound(entries);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #judge(
    changed: ReadonlyMap<string, ReadonlySet<string>>,
    noticedAtMs: number,
    given: string | undefined,
  ): void {
    const { inventory, judge, clock } = this.#options;
    const first = new Map<string, string>();
    const later = new Map<string, string>();
    let made: string | undefined;
    for (const [workload, images] of changed) {
      const keys = [...images];
      const scanned = keys.flatMap((key) => this.#ended.get(key) ?? []);
      made ??= newCause(clock.now());
      const cause = scanned[0] ?? given ?? made;
      const causes = keys.every((key) => this.#first?.has(key)) ? first : later;
      for (const key of [workload, ...inventory.index.owners.descendants(workload)]) causes.set(key, cause);
    }
    if (first.size > 0) judge(first, { noticedAtMs, baseline: true });
    if (later.size > 0) judge(later, { noticedAtMs, baseline: false });
  }

  /** Why nothing is known of some is another. */
  #judgeAll(noticedAtMs: number): void {
    const { inventory, judge, clock } = this.#options;
    const cause = newCause(clock.now());
    judge(new Map([...inventory.keys()].map((key) => [key, cause])), { noticedAtMs, baseline: false });
  }

  /** What has brought something has had its first look; the round is over when all has that can be had. */
  #endRound(entries: readonly Readonly<ImageEntry>[]): void {
    const { firstRound, clock, heldBecause } = this.#options;
    if (firstRound.isOver && this.#first?.size === 0) return;
    const isHeld = heldBecause() !== '';
    let isOver = true;
    for (const { named, summary, phase } of entries) {
      const key = entryKey(named);
      if (summary !== undefined && summary.database !== '') this.#first?.delete(key);
      else if (phase !== 'failed' && !isHeld && this.#first?.has(key)) isOver = false;
    }
    if (isOver) firstRound.end(clock.now());
  }
}
