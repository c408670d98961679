/** Lists of numbers, each rising and without doubles. */

export function intersect(a: Uint32Array, b: Uint32Array): Uint32Array {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const out = new Uint32Array(few.length);
  let count = 0;
  if (few.length * 16 < many.length) {
    let from = 0;
    for (const number of few) {
      from = lowerBound(many, number, from);
      if (many[from] === number) out[count++] = number;
    }
    return out.subarray(0, count);
  }
  let j = 0;
  for (const number of few) {
    while (j < many.length && (many[j] as number) < number) j++;
    if (many[j] === number) out[count++] = number;
  }
  return out.subarray(0, count);
}

/** Those of `a` that are not in `b`. */
export function subtract(a: Uint32Array, b: Uint32Array): Uint32Array {
  const out = new Uint32Array(a.length);
  let count = 0;
  let j = 0;
  for (const number of a) {
    while (j < b.length && (b[j] as number) < number) j++;
    if (b[j] !== number) out[count++] = number;
  }
  return out.subarray(0, count);
}

export function union(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 0) return new Uint32Array(0);
  if (lists.length === 1) return lists[0] as Uint32Array;
  let total = 0;
  for (const list of lists) total += list.length;
  const all = new Uint32Array(total);
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  let count = 0;
  for (let i = 0; i < total; i++) if (i === 0 || all[i] !== all[i - 1]) all[count++] = all[i] as number;
  return all.subarray(0, count);
}

/** First index from `from` whose number is not less. */
function lowerBound(list: Uint32Array, number: number, from: number): number {
  let low = from;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
