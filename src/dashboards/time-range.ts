/** From when to when, in Unix ms. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Times of day and calendars: those of the reader, or Greenwich's. */
export type Zone = 'browser' | 'utc';

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type Unit = keyof typeof unitsMs | 'M' | 'y';

/** Anything before would be no time of ours, and anything later cannot be asked for. */
const earliestMs = 0;
const latestMs = 253_402_300_799_000;

/**
 * Reads a time as Grafana's addresses have it: `now`, `now-6h`, `now-1d/d`, Unix milliseconds, or an ISO date. `/d` goes to the
 * beginning of the day, or to its end where the time is the end of a range.
 *
 * Source: https://grafana.com/docs/grafana/latest/dashboards/use-dashboards/#time-units-and-relative-ranges
 *
 * @returns Unix ms; undefined when it is not a time.
 */
export function parseTime(text: string, nowMs: number, end: 'from' | 'to', zone: Zone): number | undefined {
  const trimmed = text.trim();
  if (/^now(?![a-z])/i.test(trimmed)) return inBounds(relativeTime(trimmed.slice(3), nowMs, end, zone));
  if (/^\d{5,}$/.test(trimmed)) return inBounds(Number(trimmed));
  return inBounds(absoluteTime(trimmed, zone));
}

/** Both ends. Undefined when one is no time, or the first is not before the second. */
export function parseRange(from: string, to: string, nowMs: number, zone: Zone): TimeRange | undefined {
  const fromMs = parseTime(from, nowMs, 'from', zone);
  const toMs = parseTime(to, nowMs, 'to', zone);
  return fromMs === undefined || toMs === undefined || fromMs >= toMs ? undefined : { fromMs, toMs };
}

/** Whether the range moves with the clock. */
export function isRelative({ from, to }: { readonly from: string; readonly to: string }): boolean {
  return /^now/.test(from) || /^now/.test(to);
}

/** `1h`, `90s`, `2d` in ms; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|[smhdwMy])$/.exec(text.trim());
  if (match === null) return undefined;
  const [, count = '', unit = ''] = match;
  const ms = Number(count) * (spanUnits[unit] ?? Number.NaN);
  return ms > 0 && Number.isFinite(ms) ? ms : undefined;
}

const spanUnits: Readonly<Record<string, number>> = {
  ms: 1,
  ...unitsMs,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

function inBounds(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms) || ms < earliestMs || ms > latestMs ? undefined : ms;
}

/** What follows `now`: spans that are added and taken away, and roundings, from left to right. */
function relativeTime(text: string, nowMs: number, end: 'from' | 'to', zone: Zone): number | undefined {
  let ms = nowMs;
  let rest = text;
  while (rest !== '') {
    const match = /^(?:([+-])(\d{1,9})([smhdwMy])|\/([smhdwMy]))/.exec(rest);
    if (match === null) return undefined;
    const [all, sign, count, unit, rounded] = match;
    ms =
      rounded === undefined
        ? shift(ms, Number(`${sign}${count}`), unit as Unit, zone)
        : round(ms, rounded as Unit, end, zone);
    rest = rest.slice(all.length);
  }
  return ms;
}

/** Months and years are those of the calendar, days those of the zone: a day may have 23 hours. */
function shift(ms: number, count: number, unit: Unit, zone: Zone): number {
  if (unit === 's' || unit === 'm' || unit === 'h') return ms + count * unitsMs[unit];
  const parts = partsOf(ms, zone);
  if (unit === 'd') parts.day += count;
  else if (unit === 'w') parts.day += 7 * count;
  else {
    parts.month += unit === 'M' ? count : 12 * count;
    // The 31st of a month that has fewer days is its last one.
    parts.day = Math.min(parts.day, lastDayOf(parts));
  }
  return msOf(parts, zone);
}

function round(ms: number, unit: Unit, end: 'from' | 'to', zone: Zone): number {
  const parts = partsOf(ms, zone);
  const order = ['y', 'M', 'd', 'h', 'm', 's'];
  const at = order.indexOf(unit === 'w' ? 'd' : unit);
  if (unit === 'w') parts.day -= (weekdayOf(parts) + 6) % 7;
  parts.ms = 0;
  if (at < 5) parts.second = 0;
  if (at < 4) parts.minute = 0;
  if (at < 3) parts.hour = 0;
  if (at < 2) parts.day = 1;
  if (at < 1) parts.month = 0;
  const startMs = msOf(parts, zone);
  return end === 'from' ? startMs : shift(startMs, 1, unit, zone) - 1;
}

interface Parts {
  readonly year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
}

function partsOf(atMs: number, zone: Zone): Parts {
  const at = new Date(atMs);
  const local = zone === 'utc' ? at : new Date(atMs - at.getTimezoneOffset() * 60_000);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    ms: local.getUTCMilliseconds(),
  };
}

function msOf({ year, month, day, hour, minute, second, ms }: Parts, zone: Zone): number {
  return zone === 'utc'
    ? Date.UTC(year, month, day, hour, minute, second, ms)
    : new Date(year, month, day, hour, minute, second, ms).getTime();
}

function weekdayOf({ year, month, day }: Parts): number {
  return new Date(Date.UTC(year, month, day)).getUTCDay();
}

function lastDayOf({ year, month }: Parts): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

/** `2026-11-21`, `2026-11-21 16:00[:05]`, `2026-11-21T16:00:05[.123][Z]`; without a zone, in that of the dashboard. */
function absoluteTime(text: string, zone: Zone): number | undefined {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      text,
    );
  if (match === null) return undefined;
  if (match[8] !== undefined) return Date.parse(text.replace(' ', 'T'));
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? 0 : Number(part)));
  const parts = {
    year,
    month: month - 1,
    day,
    hour,
    minute,
    second,
    ms: Number((match[7] ?? '').padEnd(3, '0')),
  };
  const isThere = month >= 1 && month <= 12 && day >= 1 && day <= lastDayOf(parts);
  return isThere && hour < 24 && minute < 60 && second < 60 ? msOf(parts, zone) : undefined;
}

/** The same span around the middle, twice as long; or moved by half of itself. */
export function movedRange({ fromMs, toMs }: TimeRange, how: 'out' | 'earlier' | 'later'): TimeRange {
  const half = Math.round((toMs - fromMs) / 2);
  if (how === 'out')
    return { fromMs: Math.max(earliestMs, fromMs - half), toMs: Math.min(latestMs, toMs + half) };
  const by = how === 'earlier' ? -Math.min(half, fromMs) : Math.min(half, latestMs - toMs);
  return { fromMs: fromMs + by, toMs: toMs + by };
}
