import { byteLength, fitBytes } from './truncate.ts';

/**
 * A JSON body of at most `maxBytes`: where it would be longer, `text` is cut; `end` stays whole after it.
 *
 * @param make the body around the text that is shown
 */
export function fitJson(
  text: string,
  end: string,
  maxBytes: number,
  make: (text: string) => unknown,
): string {
  const whole = JSON.stringify(make(text + end));
  const excess = byteLength(whole) - maxBytes;
  if (excess <= 0) return whole;
  // Escapes make a text longer in JSON than it is, by up to six times; so the length is found by halving.
  let [low, high] = [0, byteLength(text)];
  let best = JSON.stringify(make(fitBytes('', end, byteLength(end))));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const tried = JSON.stringify(make(fitBytes(text, end, middle + byteLength(end))));
    if (byteLength(tried) <= maxBytes) {
      best = tried;
      low = middle;
    } else high = middle - 1;
  }
  return best;
}
