const units: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** `just now`, `12 s ago`, `4 min ago`, `in 3 h`: the largest unit that fits. */
export function relative(atMs: number, nowMs: number): string {
  const span = Math.abs(nowMs - atMs);
  if (span < 2000) return 'just now';
  return atMs > nowMs ? `in ${largestUnit(span)}` : `${largestUnit(span)} ago`;
}

/** A span without direction: `3 d`, `12 s`. */
export function largestUnit(spanMs: number): string {
  const [name, ms] = units.find(([, size]) => spanMs >= size) ?? ['s', 1000];
  return `${Math.floor(spanMs / ms)} ${name}`;
}

/** A measured duration: `0.4 ms`, `184 ms`, `2.35 s`, `4 min`. */
export function duration(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(2))} s`;
  return largestUnit(ms);
}

const absoluteFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});

/** Date and time in the reader's zone, for hovering. */
export function absolute(atMs: number): string {
  return absoluteFormat.format(atMs);
}

const zoneFormat = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' });

/** The reader's zone as it is at that time: `UTC`, `CEST`. */
export function zoneAt(atMs: number): string {
  return zoneFormat.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** Time of day with milliseconds: `14:03:22.184`. */
export function clockTime(atMs: number): string {
  const ms = Math.floor(((atMs % 1000) + 1000) % 1000);
  return `${clockFormat.format(atMs)}.${String(ms).padStart(3, '0')}`;
}
