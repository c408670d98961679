import type { MixedSamples } from '../model/float-histogram.ts';
import { isStaleAt } from '../model/sample.ts';
import type { RawChunk } from './block/block-writer.ts';
import { encodings } from './block/format.ts';
import { HistogramAppender, type SealedHistograms } from './histogram/histogram-series.ts';
import { appendXor, maxSampleBytes, newCursor, openChunk } from './xor-chunk.ts';

const samplesPerChunk = 120;

/** Encodes a run of samples, sorted by time, as chunks; a new one begins where floats and histograms take turns. */
export function encodeSamples({ timesMs, values, histograms }: MixedSamples): RawChunk[] {
  const chunks: RawChunk[] = [];
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let at = 0;
  while (at < timesMs.length) {
    let end = at + 1;
    if (histograms?.[at] === undefined) {
      while (end < timesMs.length && end - at < samplesPerChunk && histograms?.[end] === undefined) end++;
      chunks.push(encodeFloats(timesMs, words, at, end));
    } else {
      // A staleness marker after a histogram belongs to the histograms.
      while (end < timesMs.length && (histograms[end] !== undefined || isStaleAt(values, end))) end++;
      const appender = new HistogramAppender();
      for (let i = at; i < end; i++) {
        const done = appender.append(timesMs[i] as number, histograms[i] ?? 'stale');
        if (done !== undefined) chunks.push(rawHistograms(done));
      }
      const last = appender.cut();
      if (last !== undefined) chunks.push(rawHistograms(last));
    }
    at = end;
  }
  return chunks;
}

export function rawHistograms({ bytes, isFloat, minMs, maxMs, samples }: SealedHistograms): RawChunk {
  const encoding = isFloat ? encodings.floatHistogram : encodings.histogram;
  return { encoding, bytes, from: 0, to: bytes.length, minMs, maxMs, samples };
}

function encodeFloats(timesMs: Float64Array, words: Uint32Array, from: number, to: number): RawChunk {
  const cursor = newCursor();
  openChunk(cursor, new Uint8Array(2 + (to - from + 1) * maxSampleBytes), 0);
  for (let i = from; i < to; i++)
    appendXor(cursor, timesMs[i] as number, words[i * 2 + 1] as number, words[i * 2] as number);
  return {
    encoding: encodings.xor,
    bytes: cursor.bytes,
    from: 0,
    to: (cursor.bit + 7) >>> 3,
    minMs: timesMs[from] as number,
    maxMs: timesMs[to - 1] as number,
    samples: to - from,
  };
}
