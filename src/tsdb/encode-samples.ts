import type { MixedSamples } from '../model/float-histogram.ts';
import { isStaleAt } from '../model/sample.ts';
import type { RawChunk } from './block/block-writer.ts';
import { encodings, maxChunkBytes, samplesPerChunk } from './block/format.ts';
import { HistogramAppender, type SealedHistograms } from './histogram/histogram-series.ts';
import { appendXor, bitAt, maxSampleBytes, openChunk, XorStates } from './xor-appender.ts';

/** Encodes a run of samples, sorted by time, as chunks; a new one begins where floats and histograms take turns. */
export function encodeSamples({ timesMs, values, histograms }: MixedSamples): RawChunk[] {
  const chunks: RawChunk[] = [];
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let at = 0;
  while (at < timesMs.length) {
    let end = at + 1;
    if (histograms?.[at] === undefined) {
      while (end < timesMs.length && histograms?.[end] === undefined) end++;
      for (let from = at; from < end; ) {
        const chunk = encodeFloats(timesMs, words, from, end);
        chunks.push(chunk);
        from += chunk.samples;
      }
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

/** One chunk of the samples from `from` on: all up to `to`, or as many as it may hold. */
function encodeFloats(timesMs: Float64Array, words: Int32Array, from: number, to: number): RawChunk {
  openChunk(state, 0);
  const last = Math.min(to, from + samplesPerChunk);
  const bytes = new Uint8Array(
    Math.min(2 + (last - from + 1) * maxSampleBytes, maxChunkBytes + maxSampleBytes),
  );
  let end = from;
  while (end < last && (state.words[bitAt] as number) <= maxChunkBytes * 8) {
    appendXor(
      state,
      0,
      bytes,
      0,
      timesMs[end] as number,
      words[end * 2 + 1] as number,
      words[end * 2] as number,
    );
    end++;
  }
  return {
    encoding: encodings.xor,
    bytes,
    from: 0,
    to: ((state.words[bitAt] as number) + 7) >>> 3,
    minMs: timesMs[from] as number,
    maxMs: timesMs[end - 1] as number,
    samples: end - from,
  };
}

const state = new XorStates();
