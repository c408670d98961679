import { type FloatHistogram, hasWholeCounts } from '../../model/float-histogram.ts';
import { HistogramChunkWriter, type HistogramValue, readHistogramChunk } from './histogram-chunk.ts';
import {
  countBuckets,
  emptyLayout,
  type HistogramLayout,
  layoutOf,
  sameBounds,
  spread,
  unionSpans,
} from './layout.ts';

const samplesPerChunk = 120;

/** A chunk with at least ten samples ends when it is this large. */
const fullBytes = 2048;
const leastSamples = 10;

/** A chunk that is done. */
export interface SealedHistograms {
  readonly bytes: Uint8Array;
  readonly isFloat: boolean;
  readonly minMs: number;
  readonly maxMs: number;
  readonly samples: number;
}

/**
 * Cuts a run of histograms into chunks: a new one for another resolution, after a counter reset, and when one is full. New
 * buckets do not end a chunk: what it holds is written again with them.
 */
export class HistogramAppender {
  #open: HistogramChunkWriter | undefined;
  #last: HistogramValue = 'stale';
  #lastMs = Number.NEGATIVE_INFINITY;

  get lastMs(): number {
    return this.#lastMs;
  }

  /** The newest value that was appended. */
  get last(): HistogramValue {
    return this.#last;
  }

  get openMinMs(): number | undefined {
    return this.#open?.minMs;
  }

  /** The chunk being written, as far as it is. */
  peek(): SealedHistograms | undefined {
    return this.#open === undefined || this.#open.samples === 0
      ? undefined
      : sealed(this.#open, this.#lastMs);
  }

  /** Ends the chunk being written. */
  cut(): SealedHistograms | undefined {
    const done = this.peek();
    this.#open = undefined;
    return done === undefined ? undefined : { ...done, bytes: new Uint8Array(done.bytes) };
  }

  /** Appends a value newer than the last; gives the chunk that it ended, if it did. */
  append(atMs: number, value: HistogramValue): SealedHistograms | undefined {
    let done: SealedHistograms | undefined;
    const open = this.#open;
    if (open !== undefined && (open.samples >= samplesPerChunk || isLarge(open))) {
      const reset = value === 'stale' ? 'not-reset' : (this.#whyNot(open, value) ?? 'not-reset');
      done = this.cut();
      this.#begin(value, reset);
    } else if (open === undefined) this.#begin(value, 'unknown');
    else if (value !== 'stale') {
      const reset = this.#whyNot(open, value);
      if (reset !== undefined) {
        done = this.cut();
        this.#begin(value, reset);
      } else this.#widen(open, value);
    }
    const writer = this.#open as HistogramChunkWriter;
    writer.append(atMs, value === 'stale' ? value : fitted(value, writer.layout));
    this.#last = value;
    this.#lastMs = atMs;
    return done;
  }

  #begin(value: HistogramValue, reset: 'unknown' | 'reset' | 'not-reset'): void {
    if (value === 'stale') {
      this.#open = new HistogramChunkWriter(emptyLayout, false, 'unknown');
      return;
    }
    const isGauge = value.counterReset === 'gauge';
    const why = isGauge ? 'gauge' : value.counterReset === 'reset' ? 'reset' : reset;
    this.#open = new HistogramChunkWriter(layoutOf(value), !hasWholeCounts(value), why);
  }

  /** Why a histogram cannot go on the open chunk, as what the next one says of a reset; undefined when it can. */
  #whyNot(open: HistogramChunkWriter, value: FloatHistogram): 'unknown' | 'reset' | 'not-reset' | undefined {
    const { layout } = open;
    if ((open.reset === 'gauge') !== (value.counterReset === 'gauge')) return 'unknown';
    if (value.counterReset === 'reset') return 'reset';
    if (this.#last === 'stale') return 'unknown';
    if (layout.schema !== value.schema || layout.zeroThreshold !== value.zeroThreshold) return 'unknown';
    if (!sameBounds(layout.customValues, value.customValues)) return 'unknown';
    if (this.#isReset(value)) return 'reset';
    if (!open.isFloat && !hasWholeCounts(value)) return 'not-reset';
    return undefined;
  }

  /** Whether a count is less than before, so that the counter must have started anew. */
  #isReset(value: HistogramValue): boolean {
    const last = this.#last;
    if (value === 'stale' || last === 'stale' || value.counterReset === 'gauge') return false;
    if (value.schema !== last.schema || value.zeroThreshold !== last.zeroThreshold) return false;
    if (value.count < last.count || value.zeroCount < last.zeroCount) return true;
    for (const side of ['positive', 'negative'] as const) {
      const spans = unionSpans(last[`${side}Spans`], value[`${side}Spans`]);
      const before = spread(last[`${side}Buckets`], last[`${side}Spans`], spans);
      const after = spread(value[`${side}Buckets`], value[`${side}Spans`], spans);
      for (let i = 0; i < after.length; i++) if ((after[i] as number) < (before[i] as number)) return true;
    }
    return false;
  }

  /** Writes the open chunk again when the next histogram has buckets that it has not. */
  #widen(open: HistogramChunkWriter, value: FloatHistogram): void {
    const { layout } = open;
    const positiveSpans = unionSpans(layout.positiveSpans, value.positiveSpans);
    const negativeSpans = unionSpans(layout.negativeSpans, value.negativeSpans);
    if (
      countBuckets(positiveSpans) === countBuckets(layout.positiveSpans) &&
      countBuckets(negativeSpans) === countBuckets(layout.negativeSpans)
    )
      return;
    const bytes = open.bytes();
    const { timesMs, values } = readHistogramChunk(bytes, 0, bytes.length, open.isFloat);
    const wider = new HistogramChunkWriter(
      { ...layout, positiveSpans, negativeSpans },
      open.isFloat,
      open.reset,
    );
    for (let i = 0; i < timesMs.length; i++) {
      const one = values[i] as HistogramValue;
      wider.append(timesMs[i] as number, one === 'stale' ? one : fitted(one, wider.layout));
    }
    this.#open = wider;
  }
}

function isLarge(open: HistogramChunkWriter): boolean {
  return open.samples >= leastSamples && open.byteLength >= fullBytes;
}

function sealed(writer: HistogramChunkWriter, maxMs: number): SealedHistograms {
  return {
    bytes: writer.bytes(),
    isFloat: writer.isFloat,
    minMs: writer.minMs,
    maxMs,
    samples: writer.samples,
  };
}

/** A histogram with the buckets of a layout that has all of its buckets. */
function fitted(value: FloatHistogram, layout: HistogramLayout): FloatHistogram {
  return {
    ...value,
    positiveBuckets: spread(value.positiveBuckets, value.positiveSpans, layout.positiveSpans),
    negativeBuckets: spread(value.negativeBuckets, value.negativeSpans, layout.negativeSpans),
  };
}
