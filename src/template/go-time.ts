import { typed } from './function.ts';
import { goDuration, nanosecondsOf } from './go-duration.ts';
import { type Civil, formatTime, months, parseTime, utcMs, weekdays } from './time-layout.ts';
import { GoNamed, GoStruct, typeName } from './value.ts';

/** Go's zero time, 1 January of the year 1: what stands for "no time". */
export const zeroTimeMs = -62_135_596_800_000;

const noFields = Object.freeze({});

/** A zone by its IANA name, or an offset that a text gave. */
type Zone = string | number;

/** A `time.Time`, to the millisecond, with its methods. Source: https://pkg.go.dev/time#Time */
export class GoTime extends GoStruct {
  readonly unixMs: number;
  readonly zone: Zone;

  constructor(unixMs: number, zone: Zone = 'UTC') {
    super('time.Time', noFields, () => methodsOf(unixMs, zone));
    this.unixMs = unixMs;
    this.zone = zone;
  }

  /** The same moment in another zone. @throws when there is none of that name. */
  in(zone: string): GoTime {
    const name = zone === '' || zone === 'Local' ? 'UTC' : zone;
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: name });
    } catch {
      throw new Error(`unknown time zone ${zone}`);
    }
    return new GoTime(this.unixMs, name);
  }

  format(layout: string): string {
    return formatTime(layout, civilOf(this.unixMs, this.zone));
  }

  /** Reads a time written in a layout, as UTC where it names no offset. @throws when it is not in that layout. */
  static parse(layout: string, text: string): GoTime {
    const { unixMs, offsetSeconds } = parseTime(layout, text);
    return new GoTime(unixMs, offsetSeconds === 0 ? 'UTC' : offsetSeconds);
  }
}

/** @throws when the value is no time. */
export function timeOf(value: unknown): GoTime {
  if (value instanceof GoTime) return value;
  throw new Error(`wrong type for value; expected time.Time; got ${typeName(value)}`);
}

function methodsOf(unixMs: number, zone: Zone): GoStruct['methods'] {
  const civil = (): Civil => civilOf(unixMs, zone);
  const int = (read: (civil: Civil) => number) => typed([], () => read(civil()));
  const int64 = (value: number) => typed([], () => new GoNamed('int64', value));
  const compare = (test: (other: number) => boolean) =>
    typed(['any'], (other: unknown) => test(timeOf(other).unixMs));
  const named = (type: string, names: readonly string[], value: number, first: number) =>
    new GoNamed(type, value, { String: typed([], () => names[value - first] ?? '') });
  return {
    String: typed([], () => formatTime('2006-01-02 15:04:05.999999999 -0700 MST', civil())),
    Format: typed(['string'], (layout: string) => formatTime(layout, civil())),
    Unix: int64(Math.floor(unixMs / 1000)),
    UnixMilli: int64(unixMs),
    UnixNano: typed([], () => new GoNamed('int64', BigInt(unixMs) * 1_000_000n)),
    Year: int(({ year }) => year),
    Month: typed([], () => named('time.Month', months, civil().month, 1)),
    Day: int(({ day }) => day),
    Hour: int(({ hour }) => hour),
    Minute: int(({ minute }) => minute),
    Second: int(({ second }) => second),
    Nanosecond: int(({ nanosecond }) => nanosecond),
    Weekday: typed([], () => named('time.Weekday', weekdays, civil().weekday, 0)),
    YearDay: int(({ yearDay }) => yearDay),
    IsZero: typed([], () => unixMs === zeroTimeMs),
    After: compare((other) => unixMs > other),
    Before: compare((other) => unixMs < other),
    Equal: compare((other) => unixMs === other),
    Compare: typed(['any'], (other: unknown) => Math.sign(unixMs - timeOf(other).unixMs)),
    Sub: typed(['any'], (other: unknown) => goDuration(BigInt(unixMs - timeOf(other).unixMs) * 1_000_000n)),
    Add: typed(
      ['any'],
      (duration: unknown) => new GoTime(unixMs + Number(nanosecondsOf(duration) / 1_000_000n), zone),
    ),
    AddDate: typed(['int', 'int', 'int'], (years: number, more: number, days: number) => {
      const { year, month, day, offsetSeconds } = civil();
      const timeOfDayMs = unixMs + offsetSeconds * 1000 - utcMs(year, month, day);
      return new GoTime(
        utcMs(year + years, month + more, day + days) + timeOfDayMs - offsetSeconds * 1000,
        zone,
      );
    }),
    UTC: typed([], () => new GoTime(unixMs)),
    Local: typed([], () => new GoTime(unixMs)),
  };
}

function civilOf(unixMs: number, zone: Zone): Civil {
  const offsetSeconds = offsetOf(unixMs, zone);
  const date = new Date(unixMs + offsetSeconds * 1000);
  const year = date.getUTCFullYear();
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: date.getUTCMilliseconds() * 1_000_000,
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - utcMs(year, 1, 1)) / 86_400_000) + 1,
    zone: zoneName(unixMs, zone, offsetSeconds),
    offsetSeconds,
  };
}

function offsetOf(unixMs: number, zone: Zone): number {
  if (typeof zone === 'number') return zone;
  if (zone === 'UTC') return 0;
  const shown = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(unixMs)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(shown ?? '');
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -seconds : seconds;
}

/** Each of these speaks of its own zones by the letters that are used there (CET, AEST, IST …). */
const locales = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA', 'en-NZ', 'en-CA'];

function zoneName(unixMs: number, zone: Zone, offsetSeconds: number): string {
  if (zone === 'UTC') return 'UTC';
  if (typeof zone === 'string') {
    for (const locale of locales) {
      const name = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })
        .formatToParts(unixMs)
        .find(({ type }) => type === 'timeZoneName')?.value;
      if (name !== undefined && (!/^(?:GMT|UTC)/.test(name) || name === 'GMT')) return name;
    }
  }
  // Zones without letters go by their offset; Go prints one that a text gave in full.
  const size = Math.abs(offsetSeconds);
  const minutes = Math.floor(size / 60) % 60;
  const hours = String(Math.floor(size / 3600)).padStart(2, '0');
  const isFull = typeof zone === 'number' || minutes > 0;
  return `${offsetSeconds < 0 ? '-' : '+'}${hours}${isFull ? String(minutes).padStart(2, '0') : ''}`;
}
