import { expect, it } from 'vitest';
import { allInTurns, textStream } from './text-stream.ts';

it('gives all pieces in order, those without text left out', async () => {
  const chunks: string[] = [];
  for await (const chunk of textStream(['a', '', 'ö', 'c'])) chunks.push(String(chunk));
  expect(chunks).toEqual(['a', 'ö', 'c']);
});

it('makes no more than is taken, and ends what makes the pieces when the reader goes away', async () => {
  let made = 0;
  let isEnded = false;
  function* endless(): Generator<string> {
    try {
      for (;;) yield `piece ${made++}\n`;
    } finally {
      isEnded = true;
    }
  }
  const stream = textStream(endless());
  for await (const _ of stream) if (made > 10) break;
  expect(made).toBeLessThan(20);
  await expect.poll(() => isEnded).toBe(true);
});

it('lets others have their turn while pieces are made slowly', async () => {
  let turns = 0;
  const beat = setInterval(() => turns++, 0);
  function* slow(): Generator<string> {
    for (let i = 0; i < 5; i++) {
      const untilMs = performance.now() + 8;
      while (performance.now() < untilMs);
      yield 'x';
    }
  }
  for await (const _ of textStream(slow()));
  clearInterval(beat);
  expect(turns).toBeGreaterThanOrEqual(3);
});

it('collects what is made one by one, in turns with others', async () => {
  let turns = 0;
  const beat = setInterval(() => turns++, 0);
  function* slow(): Generator<number> {
    for (let i = 0; i < 5; i++) {
      const untilMs = performance.now() + 8;
      while (performance.now() < untilMs);
      yield i;
    }
  }
  expect(await allInTurns(slow())).toEqual([0, 1, 2, 3, 4]);
  clearInterval(beat);
  expect(turns).toBeGreaterThanOrEqual(3);
});
