/** Objects that are taken in at once. */
const sliceSize = 50;

/** After this long others get their turn. */
const sliceMs = 15;

/** Works through a list a few at a time, so that requests and other watches are served in between. */
export async function inSlices<T>(all: readonly T[], work: (some: readonly T[]) => void): Promise<void> {
  let sinceMs = performance.now();
  for (let from = 0; from < all.length; from += sliceSize) {
    if (performance.now() - sinceMs > sliceMs) {
      await new Promise((resolve) => setImmediate(resolve));
      sinceMs = performance.now();
    }
    work(all.slice(from, from + sliceSize));
  }
}
