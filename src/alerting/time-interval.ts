/** An inclusive range. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/**
 * A set of moments: every field that is given must hold, and of each list one element. Without fields it holds always.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval
 */
export interface TimeInterval {
  /** Minutes of the day, the end exclusive. */
  readonly times: readonly Range[];
  /** 0 is Sunday. */
  readonly weekdays: readonly Range[];
  /** 1 to 31, or -31 to -1 counted from the month's end. */
  readonly daysOfMonth: readonly Range[];
  /** 1 is January. */
  readonly months: readonly Range[];
  readonly years: readonly Range[];
  /** IANA name. */
  readonly location: string;
}

export function isWithin(interval: TimeInterval, atMs: number): boolean {
  const at = fieldsAt(atMs, interval.location);
  const minute = at.hour * 60 + at.minute;
  return (
    holds(interval.times, ({ begin, end }) => minute >= begin && minute < end) &&
    holds(interval.weekdays, ({ begin, end }) => at.weekday >= begin && at.weekday <= end) &&
    holds(interval.daysOfMonth, (range) => isDay(range, at)) &&
    holds(interval.months, ({ begin, end }) => at.month >= begin && at.month <= end) &&
    holds(interval.years, ({ begin, end }) => at.year >= begin && at.year <= end)
  );
}

function holds(ranges: readonly Range[], test: (range: Range) => boolean): boolean {
  return ranges.length === 0 || ranges.some(test);
}

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

function isDay({ begin, end }: Range, { year, month, day }: Fields): boolean {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const from = begin < 0 ? days + begin + 1 : begin;
  const to = end < 0 ? days + end + 1 : end;
  return day >= Math.max(from, 1) && day <= Math.min(to, days);
}

function fieldsAt(atMs: number, location: string): Fields {
  if (location === 'UTC') {
    const date = new Date(atMs);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
    };
  }
  const parts: Record<string, string> = {};
  for (const { type, value } of formatFor(location).formatToParts(atMs)) parts[type] = value;
  return {
    year: Number(parts['year']),
    month: Number(parts['month']),
    day: Number(parts['day']),
    weekday: shortWeekdays.indexOf(parts['weekday'] ?? ''),
    hour: Number(parts['hour']),
    minute: Number(parts['minute']),
  };
}

const shortWeekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws {RangeError} when there is no such location. */
function formatFor(location: string): Intl.DateTimeFormat {
  const known = formats.get(location);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    ...(location === 'Local' ? {} : { timeZone: location }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(location, format);
  return format;
}

export function isLocation(location: string): boolean {
  try {
    formatFor(location);
    return true;
  } catch {
    return false;
  }
}
