/** RFC 3339 or Unix seconds, as milliseconds. @throws {Error} in promtool's words. */
export function readTime(text: string | undefined, what: string): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^[+-]?\d+(?:\.\d*)?$/.test(text)
    ? Math.round(Number(text) * 1000)
    : /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isNaN(ms)) throw new Error(`error parsing ${what}: cannot parse "${text}" to a valid timestamp`);
  return ms;
}

const defaultRangeMs = 5 * 60_000;
/** promtool chooses the step so that there are so many points. */
const points = 250;

/** What promtool makes of `--start` and `--end`, and the step where none is given. @throws {Error} in its words. */
export function timeRange(
  flags: { readonly start?: string; readonly end?: string },
  nowMs: number,
): { readonly startMs: number; readonly endMs: number; readonly stepMs: number } {
  const endMs = readTime(flags.end, 'end time') ?? nowMs;
  const startMs = readTime(flags.start, 'start time') ?? endMs - defaultRangeMs;
  if (startMs >= endMs) throw new Error('start time is not before end time');
  const stepSeconds = Math.max(Math.floor((endMs - startMs) / 1000 / points), 1);
  return { startMs, endMs, stepMs: stepSeconds * 1000 };
}
