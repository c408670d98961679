import fc from 'fast-check';
import { expect, it } from 'vitest';
import { appendXor, bitAt, maxSampleBytes, openChunk, stateWords, XorStates } from './xor-appender.ts';
import { decodeXor } from './xor-chunk.ts';

const words = (value: number): readonly [number, number] => {
  const pair = new Uint32Array(new Float64Array([value]).buffer);
  return [pair[1] ?? 0, pair[0] ?? 0];
};

function encode(samples: readonly (readonly [number, number])[]): { bytes: Uint8Array; bits: number } {
  const states = new XorStates(2);
  openChunk(states, 1);
  const bytes = new Uint8Array(2 + (samples.length + 1) * maxSampleBytes);
  for (const [atMs, value] of samples) appendXor(states, 1, bytes, 0, atMs, ...words(value));
  return { bytes, bits: states.words[stateWords + bitAt] ?? 0 };
}

function decode(bytes: Uint8Array): [number, number][] {
  const timesMs = new Float64Array(200);
  const values = new Float64Array(200);
  const count = decodeXor(bytes, 0, bytes.length, { timesMs, words: new Uint32Array(values.buffer) }, 0);
  return Array.from({ length: count }, (_, i) => [timesMs[i] ?? 0, values[i] ?? 0]);
}

const steps = fc.array(
  fc.record({
    deltaMs: fc.oneof(
      fc.constant(15_000),
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 1e11 }),
    ),
    value: fc.oneof(fc.double(), fc.integer(), fc.constant(1), fc.constantFrom(0, -0, Infinity, NaN)),
  }),
  { minLength: 1, maxLength: 120 },
);

it('gives back what was put in, bit for bit', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 2e12 }), steps, (startMs, deltas) => {
      let atMs = startMs;
      const samples = deltas.map(({ deltaMs, value }): [number, number] => {
        atMs += deltaMs;
        return [atMs, value];
      });
      expect(decode(encode(samples).bytes)).toEqual(samples);
    }),
  );
});

it('keeps the bits of a staleness marker', () => {
  const states = new XorStates();
  const bytes = new Uint8Array(100);
  openChunk(states, 0);
  appendXor(states, 0, bytes, 0, 1000, ...words(3));
  appendXor(states, 0, bytes, 0, 2000, 0x7ff00000, 2);
  const out = { timesMs: new Float64Array(2), words: new Uint32Array(4) };
  decodeXor(bytes, 0, bytes.length, out, 0);
  expect([...out.words.slice(2)]).toEqual([2, 0x7ff00000]);
});

it('takes two bits for a sample that goes on as before', () => {
  const samples = Array.from({ length: 120 }, (_, i): [number, number] => [
    1_700_000_000_000 + i * 15_000,
    1,
  ]);
  expect(encode(samples).bits / 8).toBeLessThan(50);
});

it('makes a smaller window where that saves bits', () => {
  const many = 0.1 + 0.2;
  const after = Array.from({ length: 50 }, (_, i): [number, number] => [3000 + i * 1000, i % 2]);
  const { bytes, bits } = encode([[1000, 1], [2000, many], ...after]);
  // 52 bits for each of the fifty otherwise.
  expect(bits / 50).toBeLessThan(20);
  expect(decode(bytes)).toEqual([[1000, 1], [2000, many], ...after]);
});

it('lays bits out as Prometheus does', () => {
  const { bytes, bits } = encode([
    [1000, 1],
    [16_000, 1],
    [31_000, 2],
  ]);
  // Number of samples, 1000 as a signed varint, the double 1, 15000 as a varint; then the bits
  // 0 (same value) 0 (same delta) 11 00001 001011 11111111111 (window: 1 leading zero, 11 bits).
  expect(Buffer.from(bytes.subarray(0, Math.ceil(bits / 8))).toString('hex')).toBe(
    ['0003', 'd00f', '3ff0000000000000', '9875', '3097ffc0'].join(''),
  );
});
