/**
 * Work that may pause: it yields where other work may go on. Who drives it decides whether that happens: a synchronous driver goes on at
 * once, an asynchronous one gives way when its slice of time is used up.
 */
export type Work<T> = Generator<undefined, T, undefined>;

/** Says whether the slice of time is used up, so that work should yield at the next place where it can. */
export type IsSpent = () => boolean;

/** Runs work to its end at once. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Items that are dealt with between two looks at the time: well below a millisecond's work each time. */
const itemsBetweenLooks = 64;

/** `items.map(one)`, in slices of time. */
export function* mapInTurns<Item, Result>(
  items: readonly Item[],
  one: (item: Item, index: number) => Result,
  isSpent: IsSpent,
): Work<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(one(item, results.length));
    if (results.length % itemsBetweenLooks === 0 && isSpent()) yield;
  }
  return results;
}
