import type { Pace } from './pace.ts';

/** Runs this long are sorted at one go: a millisecond or so. */
const runLength = 512;

/** Sorts without keeping the event loop from other work for long; stable. Returns a new array. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
  pace: Pace,
): Promise<Item[]> {
  let from: Item[] = [];
  for (let start = 0; start < items.length; start += runLength) {
    const run = items.slice(start, start + runLength).sort(compare);
    for (const item of run) from.push(item);
    if (pace.isOver) await pace.rest();
  }
  let to: Item[] = new Array<Item>(from.length);
  for (let width = runLength; width < from.length; width *= 2) {
    for (let low = 0; low < from.length; low += 2 * width) {
      const middle = Math.min(low + width, from.length);
      const high = Math.min(low + 2 * width, from.length);
      let left = low;
      let right = middle;
      for (let at = low; at < high; at++) {
        const takesLeft =
          left < middle && (right >= high || compare(from[left] as Item, from[right] as Item) <= 0);
        to[at] = (takesLeft ? from[left++] : from[right++]) as Item;
        if (pace.isDue) await pace.rest();
      }
    }
    [from, to] = [to, from];
  }
  return from;
}
