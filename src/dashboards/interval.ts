import { parseSpan, type TimeRange } from './time-range.ts';

/** Spans that are easy on the eye: an interval is rounded to the nearest of them. */
const niceMs: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000],
  ...[60_000, 120_000, 300_000, 600_000, 900_000, 1_200_000, 1_800_000],
  ...[3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000],
  ...[86_400_000, 604_800_000, 2_592_000_000, 31_536_000_000],
];

/** How often targets are scraped where nothing else is known; Grafana's "scrape interval" of a data source. */
export const usualScrapeMs = 15_000;

/** More points of a series than these Prometheus refuses. */
export const mostPoints = 11_000;

/** How finely a panel asks, as Grafana computes it. */
export interface Steps {
  /** `$__interval`, and the step of the query. */
  readonly intervalMs: number;
  /** `$__rate_interval`: never so short that a rate would have fewer than two samples. */
  readonly rateIntervalMs: number;
}

/**
 * The time between two points for a range and a width.
 *
 * @param least the least one that is wanted, such as `30s` or `>30s`; '' for none
 * @see https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
 */
export function stepsOf(
  { fromMs, toMs }: TimeRange,
  maxDataPoints: number,
  least: string,
  scrapeMs: number = usualScrapeMs,
): Steps {
  const spanMs = toMs - fromMs;
  const leastMs = parseSpan(least.replace(/^>/, '')) ?? scrapeMs;
  const fit = niceInterval(spanMs / Math.max(1, maxDataPoints));
  const bound = Math.ceil(spanMs / mostPoints);
  const intervalMs = Math.max(1, fit, leastMs, bound);
  return { intervalMs, rateIntervalMs: Math.max(4 * leastMs, intervalMs + leastMs) };
}

/** The nice span that is nearest. */
export function niceInterval(ms: number): number {
  for (let i = 0; i < niceMs.length - 1; i++) {
    const here = niceMs[i] ?? 1;
    const next = niceMs[i + 1] ?? here;
    if (ms < (here + next) / 2) return here;
  }
  return niceMs.at(-1) ?? ms;
}

/** Milliseconds as PromQL has them, in the largest unit that fits exactly: `30s`, `5m`, `1500ms`. */
export function promSpan(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const)
    if (whole % size === 0) return `${whole / size}${unit}`;
  return `${whole}ms`;
}
