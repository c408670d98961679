import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { CompressedRecordError, readSegment } from './wal-reader.ts';
import { WalWriter } from './wal-writer.ts';

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'wal-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Some fill whole pages and more, some leave less than a header's room at the end of a page. */
const lengths = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 32_740, max: 32_780 }),
    fc.integer({ min: 1, max: 90_000 }),
  ),
  { minLength: 1, maxLength: 12 },
);

const recordOf = (length: number) => Buffer.alloc(length, length % 251);

function write(dir: string, all: readonly Buffer[]): string {
  const writer = new WalWriter(dir, 0);
  for (const record of all) {
    writer.add(record);
    writer.commit();
  }
  writer.close();
  return join(dir, '00000000');
}

function read(path: string): { found: Buffer[]; goodBytes: number; problem: string | undefined } {
  const found: Buffer[] = [];
  const end = readSegment(path, (record) => found.push(Buffer.from(record)));
  return { found, ...end };
}

it('reads the records that were written, whatever their length', () => {
  fc.assert(
    fc.property(lengths, (all) => {
      const { found, problem } = read(write(tempDir(), all.map(recordOf)));
      expect(problem).toBeUndefined();
      expect(found.map((record) => record.length)).toEqual(all);
      expect(found.every((record) => record.equals(recordOf(record.length)))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

const damage = fc.record({
  where: fc.double({ min: 0, max: 0.999, noNaN: true }),
  byte: fc.integer({ min: 0, max: 255 }),
  cuts: fc.boolean(),
});

it('gives what stands before a damage, and nothing that was not written', () => {
  fc.assert(
    fc.property(lengths, damage, (all, { where, byte, cuts }) => {
      const path = write(tempDir(), all.map(recordOf));
      const bytes = readFileSync(path);
      const at = Math.floor(where * bytes.length);
      bytes[at] = byte;
      writeFileSync(path, cuts ? bytes.subarray(0, at) : bytes);
      // The kind of a fragment has no checksum: damage there can end a record early, or look like compression.
      const isWritten = (record: Buffer) =>
        all.some((length) => recordOf(length).subarray(0, record.length).equals(record));
      try {
        const { found, goodBytes } = read(path);
        expect(found.filter((record) => !isWritten(record)).length).toBe(0);
        expect(goodBytes).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        if (!(error instanceof CompressedRecordError)) throw error;
      }
    }),
    { numRuns: 100 },
  );
});
