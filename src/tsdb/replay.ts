import type { Logger } from '../log/logger.ts';
import { encodings } from './block/format.ts';
import type { CorruptionError } from './damage.ts';
import type { Head } from './head.ts';
import type { HeadChunkFiles, MappedChunk } from './head-chunk-files.ts';
import type { RecordVisitor } from './wal-records.ts';
import type { WriteAheadLog } from './write-ahead-log.ts';

export interface ReplayOptions {
  readonly head: Head;
  readonly wal: WriteAheadLog;
  readonly lateLog: WriteAheadLog;
  readonly files: HeadChunkFiles | undefined;
  readonly log: Logger;
}

/** Chunks of `chunks_head` by the number of their series: a chain each, the newest first. */
class MappedChunks {
  readonly #newest = new Map<number, number>();
  #rows = new Float64Array(6 * 1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add({ ref, minMs, maxMs, encoding, file, offset }: MappedChunk): void {
    const at = this.#count * 6;
    if (at === this.#rows.length) {
      const wider = new Float64Array(this.#rows.length * 2);
      wider.set(this.#rows);
      this.#rows = wider;
    }
    const place = file * 2 ** 32 + offset;
    this.#rows.set([minMs, maxMs, encoding, place, this.#newest.get(ref) ?? -1, 0], at);
    this.#newest.set(ref, this.#count++);
  }

  /** Gives the chunks of a series, oldest first, once. */
  take(ref: number, visit: (chunk: Omit<MappedChunk, 'ref' | 'samples'>) => void): void {
    const order: number[] = [];
    for (let row = this.#newest.get(ref) ?? -1; row >= 0; row = this.#rows[row * 6 + 4] as number)
      order.push(row * 6);
    this.#newest.delete(ref);
    for (let at = order.pop(); at !== undefined; at = order.pop()) {
      const place = this.#rows[at + 3] as number;
      visit({
        minMs: this.#rows[at] as number,
        maxMs: this.#rows[at + 1] as number,
        encoding: this.#rows[at + 2] as number,
        file: Math.floor(place / 2 ** 32),
        offset: place % 2 ** 32,
      });
    }
  }
}

/** Fills the head from `chunks_head` and the logs. Late samples come last, from their own log. */
export function replay({ head, wal, lateLog, files, log }: ReplayOptions): void {
  const startMs = performance.now();
  const slots = new Map<number, number>();
  const mapped = new MappedChunks();
  files?.load(
    (chunk) => mapped.add(chunk),
    (problem: CorruptionError) =>
      log.warn({ err: problem }, 'a file of head chunks is damaged; its samples are read from the log'),
  );
  const counts = { samples: 0, unknown: 0, passedOver: 0, refused: 0 };
  const saw = (minMs: number, maxMs: number): void => {
    if (maxMs > head.maxMs) head.maxMs = maxMs;
    if (minMs < head.minMs) head.minMs = minMs;
  };
  const attach = (ref: number, slot: number): void => {
    mapped.take(ref, (chunk) => {
      const { minMs, maxMs, encoding, file, offset } = chunk;
      if (encoding === encodings.xor) {
        if (!head.chunks.isEmpty(slot) && head.chunks.lastMs(slot) >= minMs) return;
        head.chunks.attach(slot, minMs, maxMs, file, offset);
      } else {
        if (head.histograms.lastMs(slot) >= minMs) return;
        head.histograms.attach(slot, { ...chunk, samples: 0 });
      }
      saw(minMs, maxMs);
    });
  };
  const visitor: RecordVisitor = {
    series(ref, labels) {
      const known = slots.get(ref);
      head.sawRef(ref);
      if (known !== undefined) {
        head.setLogged(known, ref);
        return;
      }
      const slot = head.slotOf(labels);
      if (typeof slot !== 'number') {
        counts.refused++;
        return;
      }
      slots.set(ref, slot);
      head.setLogged(slot, ref);
      attach(ref, slot);
    },
    sample(ref, atMs, high, low) {
      const slot = slots.get(ref);
      if (slot === undefined) {
        counts.unknown++;
        return;
      }
      // Only chunks of its own kind can hold it already: of the other kind newer ones may have been read before.
      if (head.histograms.lastMs(slot) < atMs) head.histograms.cut(slot);
      if (head.chunks.append(slot, atMs, high, low) !== 'ok') return;
      counts.samples++;
      saw(atMs, atMs);
    },
    histogram(ref, atMs, value) {
      const slot = slots.get(ref);
      if (slot === undefined) {
        counts.unknown++;
        return;
      }
      head.replayHistogram(slot, atMs, value);
      counts.samples++;
    },
    tombstone(ref, minMs, maxMs) {
      const slot = slots.get(ref);
      if (slot !== undefined) head.addTombstone(slot, { minMs, maxMs });
    },
    exemplar(ref, exemplar) {
      const slot = slots.get(ref);
      if (slot !== undefined) head.exemplars.add(slot, exemplar);
    },
    metadata(ref, metadata) {
      const slot = slots.get(ref);
      if (slot !== undefined) head.metadata.set(slot, head.sharedMetadata(metadata));
    },
    other() {
      counts.passedOver++;
    },
  };
  wal.replay(visitor);
  lateLog.replay({
    series: () => undefined,
    other: () => undefined,
    sample(ref, atMs, high, low) {
      const slot = slots.get(ref);
      if (slot === undefined) counts.unknown++;
      else if (head.late.insert(slot, atMs, high, low)) counts.samples++;
    },
  });
  if (counts.unknown > 0)
    log.warn({ samples: counts.unknown }, 'samples in the log belong to series that it does not name');
  if (counts.refused > 0)
    log.warn({ series: counts.refused }, 'series in the log are left out: there are more than the limit');
  if (counts.passedOver > 0)
    log.warn({ records: counts.passedOver }, 'records of kinds that are not kept were passed over');
  const ms = Math.round(performance.now() - startMs);
  if (head.index.count > 0)
    log.info(
      { series: head.index.count, samples: counts.samples, mapped: mapped.count, ms },
      'write-ahead log read',
    );
}
