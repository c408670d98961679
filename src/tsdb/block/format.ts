/**
 * Numbers of the block format.
 *
 * Source: https://github.com/prometheus/prometheus/tree/main/tsdb/docs/format
 */
export const indexMagic = 0xbaaad700;
export const indexVersion = 2;
/** Six offsets of 64 bits and a checksum. */
export const tocBytes = 6 * 8 + 4;

export const chunksMagic = 0x85bd40dd;
export const chunksVersion = 1;
export const chunksHeaderBytes = 8;
export const chunkSegmentBytes = 512 * 1024 * 1024;

export const tombstonesMagic = 0x0130ba30;
export const tombstonesVersion = 1;

/** How the samples of a chunk are encoded. */
export const encodings = { xor: 1, histogram: 2, floatHistogram: 3 } as const;

/**
 * A chunk ends at so many samples, an hour of them at 15 s, or when it is longer than {@link maxChunkBytes}. Prometheus ends most at
 * 120; what begins and finds a chunk takes some 30 bytes, which is a quarter of a byte a sample then.
 */
export const samplesPerChunk = 240;
export const maxChunkBytes = 1024;

/** Chunks are named by the number of their segment (from 0) and their place in it. */
export const segmentFactor = 2 ** 32;

export const suffixes = { creation: '.tmp-for-creation', deletion: '.tmp-for-deletion' } as const;

export function segmentFileName(index: number): string {
  return String(index + 1).padStart(6, '0');
}

/** Blocks of the head cover this much, beginning at multiples of it. */
export const blockRangeMs = 7_200_000;
