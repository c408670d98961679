/** What a histogram counted up to each bound, by its text of `/metrics`. */
export type Buckets = ReadonlyMap<number, number>;

export async function readHistogram(url: string, name: string): Promise<Buckets> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\d+)`, 'gm');
  return new Map(
    [...text.matchAll(line)].map(([, le, value]) => [
      le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
      Number(value),
    ]),
  );
}

/** Of what was counted between two readings: how many, the quantiles in ms (within a bucket as if evenly spread), and the part within 50 ms. */
export function between(before: Buckets, after: Buckets) {
  const counts = [...after].map(([le, value]) => [le, value - (before.get(le) ?? 0)] as const);
  const total = counts.at(-1)?.[1] ?? 0;
  const at = (q: number): number => {
    let [lower, below] = [0, 0];
    for (const [le, count] of counts) {
      if (count >= q * total) {
        if (!Number.isFinite(le)) return lower * 1000;
        return (lower + (le - lower) * ((q * total - below) / Math.max(1, count - below))) * 1000;
      }
      [lower, below] = [le, count];
    }
    return Number.NaN;
  };
  const within50 = counts.find(([le]) => le === 0.05)?.[1] ?? 0;
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    count: total,
    p50_ms: round(at(0.5)),
    p99_ms: round(at(0.99)),
    within_50_ms: total === 0 ? 0 : Math.round((within50 / total) * 10_000) / 10_000,
  };
}
