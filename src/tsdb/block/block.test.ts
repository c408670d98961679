import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import { silentLogger } from '../../log/logger.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { CorruptionError } from '../damage.ts';
import { importSamples } from '../import/import-samples.ts';
import { labelsOf } from '../merge-select.ts';
import { PageCache } from '../page-cache.ts';
import { SampleSink } from '../sample-sink.ts';
import { Block } from './block.ts';
import { BlockSet } from './block-set.ts';

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tsdb-block-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

interface Sample {
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number;
}

async function write(dir: string, samples: readonly Sample[]): Promise<string[]> {
  const metas = await importSamples({
    dir,
    log: silentLogger,
    samples: () => samples,
    nowMs: 1_700_000_000_000,
  });
  return metas.map(({ ulid }) => ulid);
}

function readAll(block: Block, refs: Iterable<number>): string[] {
  const sink = new SampleSink();
  const lines: string[] = [];
  for (const ref of refs) {
    const { pairs, chunks } = block.series(ref);
    sink.clear();
    for (const { ref: chunkRef } of chunks) {
      const { encoding, bytes, from, to } = block.chunk(chunkRef);
      sink.addChunk(encoding, bytes, from, to);
    }
    const samples = sink.finish({}, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, []);
    lines.push(
      `${labelsKey(labelsOf(pairs))} ${[...(samples?.timesMs ?? [])]} ${[...(samples?.values ?? [])]}`,
    );
  }
  return lines;
}

const labels = fc.dictionary(
  fc.constantFrom('__name__', 'a', 'b', 'ü'),
  fc.constantFrom('x', 'y', 'zz', '\u{1f600}', '\uffee', 'long'.repeat(100)),
  { minKeys: 1 },
);

const samples = fc.array(
  fc.record({ labels, atMs: fc.integer({ min: 0, max: 7_199_999 }), value: fc.double({ noNaN: true }) }),
  { minLength: 1, maxLength: 60 },
);

const matcher = fc.record({
  name: fc.constantFrom('__name__', 'a', 'b', 'ü', 'nowhere'),
  op: fc.constantFrom('=', '!=', '=~', '!~'),
  value: fc.constantFrom('', 'x', 'y', 'x|y', '.+', '.*', '[xy]', '\u{1f600}'),
}) as fc.Arbitrary<Matcher>;

it('finds and gives back what was written, for any matchers', async () => {
  await fc.assert(
    fc.asyncProperty(samples, fc.array(matcher, { maxLength: 3 }), async (all, matchers) => {
      const dir = tempDir();
      const [ulid = ''] = await write(dir, all);
      const naive = new Map<string, { labels: Labels; values: Map<number, number> }>();
      for (const { labels: of, atMs, value } of all) {
        const series = naive.get(labelsKey(of)) ?? { labels: of, values: new Map() };
        naive.set(labelsKey(of), series);
        if (!series.values.has(atMs)) series.values.set(atMs, value);
      }
      const wanted = [...naive.values()]
        .filter(({ labels: of }) => matchers.every((test) => compileMatcher(test)(of[test.name] ?? '')))
        .map(({ labels: of, values }) => {
          const sorted = [...values].sort(([a], [b]) => a - b);
          return `${labelsKey(of)} ${sorted.map(([ms]) => ms)} ${sorted.map(([, value]) => value)}`;
        });
      const block = Block.open(join(dir, ulid), new PageCache(1 << 20));
      expect(readAll(block, block.select(matchers)).sort()).toEqual(wanted.sort());
      for (const name of block.index.names()) {
        const values = new Set(
          [...naive.values()].map(({ labels: of }) => of[name]).filter((one) => one !== undefined),
        );
        expect(new Set(block.index.values(name))).toEqual(values);
      }
      block.retire();
    }),
    { numRuns: 40 },
  );
});

const many = Array.from({ length: 600 }, (_, i) => ({
  labels: { __name__: `m${i % 7}`, instance: `host-${i % 60}` },
  atMs: i * 1000,
  value: Math.sin(i),
}));

it.each(['index', 'chunks/000001', 'tombstones', 'meta.json'])(
  'says which file is damaged and where, and crashes for no byte of %s',
  async (file) => {
    const dir = tempDir();
    const [ulid = ''] = await write(dir, many);
    const path = join(dir, ulid, file);
    const whole = readFileSync(path);
    const { size } = statSync(path);
    let told = 0;
    fc.assert(
      fc.property(
        fc.nat({ max: size - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, flip, cuts) => {
          const bytes = Buffer.from(whole);
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          writeFileSync(path, cuts ? bytes.subarray(0, at) : bytes);
          try {
            const block = Block.open(join(dir, ulid), new PageCache(1 << 20));
            try {
              readAll(block, block.index.all());
              for (const name of block.index.names()) block.index.values(name);
            } finally {
              block.retire();
            }
          } catch (error) {
            expect(error).toBeInstanceOf(CorruptionError);
            expect((error as Error).message).toMatch(/is damaged at byte \d+: /);
            told++;
          }
        },
      ),
      { numRuns: 200 },
    );
    expect(told).toBeGreaterThan(40);
  },
);

it('puts a damaged block aside, says so, and opens the others', async () => {
  const dir = tempDir();
  const [first = ''] = await write(dir, many);
  const [second = ''] = await write(
    dir,
    many.map((one) => ({ ...one, atMs: one.atMs + 7_200_000 })),
  );
  const path = join(dir, first, 'index');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const options = { cache: new PageCache(1 << 20), log: silentLogger };
  // Who only looks changes nothing.
  const looking = new BlockSet(dir, { ...options, readOnly: true });
  expect(looking.all.map(({ ulid }) => ulid)).toEqual([second]);
  looking.close();
  expect(existsSync(join(dir, first))).toBe(true);
  const blocks = new BlockSet(dir, options);
  expect(blocks.all.map(({ ulid }) => ulid)).toEqual([second]);
  expect(blocks.corrupt).toBe(1);
  expect(readdirSync(dir).sort()).toEqual([`${first}.corrupt`, second].sort());
  blocks.close();
});

it('removes what an interrupted run left behind: drafts, half removed blocks, and blocks that were replaced', async () => {
  const dir = tempDir();
  const [ulid = ''] = await write(dir, many);
  cpSync(join(dir, ulid), join(dir, `${ulid}.tmp-for-creation`), { recursive: true });
  cpSync(join(dir, ulid), join(dir, `${ulid}.tmp-for-deletion`), { recursive: true });
  const child = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
  cpSync(join(dir, ulid), join(dir, child), { recursive: true });
  const meta = JSON.parse(readFileSync(join(dir, child, 'meta.json'), 'utf8'));
  meta.ulid = child;
  meta.compaction.parents = [{ ulid, minTime: meta.minTime, maxTime: meta.maxTime }];
  writeFileSync(join(dir, child, 'meta.json'), JSON.stringify(meta));
  const blocks = new BlockSet(dir, { cache: new PageCache(1 << 20), log: silentLogger });
  expect(blocks.all.map((one) => one.ulid)).toEqual([child]);
  expect(readdirSync(dir)).toEqual([child]);
  blocks.close();
});
