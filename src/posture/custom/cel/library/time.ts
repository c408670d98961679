import { CelError, type Fault } from '../fault.ts';
import { method, type Overload } from '../functions.ts';
import { CelDuration, CelTimestamp } from '../values.ts';

const second = 1_000_000_000n;
const firstNanos = -62_135_596_800n * second;
const lastNanos = 253_402_300_800n * second - 1n;

/** From the year 1 to the end of 9999. */
export function timestampOr(nanos: bigint): CelTimestamp | CelError {
  return nanos < firstNanos || nanos > lastNanos
    ? new CelError('timestamp overflow')
    : new CelTimestamp(nanos);
}

export function durationOr(nanos: bigint): CelDuration | CelError {
  return nanos >= 2n ** 63n || nanos < -(2n ** 63n)
    ? new CelError('duration overflow')
    : new CelDuration(nanos);
}

/** RFC 3339. */
export function parseTimestamp(text: string): CelTimestamp | CelError {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  const bad = new CelError(`invalid timestamp "${text}"`);
  if (match === null) return bad;
  const [, , month = '', day = '', hour = '', minute = '', sec = '', fraction = '', zone = ''] = match;
  const atMs = Date.parse(`${text.slice(0, 10)}T${hour}:${minute}:${sec}${zone.toUpperCase()}`);
  const isDay = Number(day) <= new Date(Date.UTC(Number(text.slice(0, 4)), Number(month), 0)).getUTCDate();
  if (Number.isNaN(atMs) || !isDay || Number(hour) > 23) return bad;
  return timestampOr(BigInt(atMs) * 1_000_000n + BigInt(`${fraction.slice(1, 10)}`.padEnd(9, '0')));
}

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: second,
  m: 60n * second,
  h: 3600n * second,
};

/** As Go reads it: `1h30m`, `-1.5s`, `0`. */
export function parseDuration(text: string): CelDuration | CelError {
  const bad = new CelError(`invalid duration "${text}"`);
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/.exec(text) ?? [];
  if (rest === '0') return new CelDuration(0n);
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return bad;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of rest.matchAll(
    /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const scale = units[unit] ?? 0n;
    nanos += BigInt(whole === '' ? '0' : whole) * scale;
    if (fraction !== '') nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return durationOr(sign === '-' ? -nanos : nanos);
}

/** As `string(duration)` gives it: seconds, with a fraction where there is one. */
export function formatDuration({ nanos }: CelDuration): string {
  const [sign, size] = nanos < 0n ? ['-', -nanos] : ['', nanos];
  return `${sign}${size / second}${fractionOf(size % second)}s`;
}

export function formatTimestamp({ nanos }: CelTimestamp): string {
  const seconds = floorDivide(nanos, second);
  const text = new Date(Number(seconds) * 1000).toISOString().replace(/\.000Z$/, '');
  return `${text}${fractionOf(nanos - seconds * second)}Z`;
}

function fractionOf(nanos: bigint): string {
  return nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** Parts of a moment as a zone's clocks show them. */
function wallClock({ nanos }: CelTimestamp, zone: string): Date | CelError {
  const atMs = Number(floorDivide(nanos, 1_000_000n));
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(atMs + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  if (zone === 'UTC' || zone === '') return new Date(atMs);
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return new Date(
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) +
        (((atMs % 1000) + 1000) % 1000),
    );
  } catch {
    return new CelError(`unknown time zone ${zone}`);
  }
}

const dayMs = 86_400_000;

const timestampParts: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayMs),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const durationParts: Readonly<Record<string, (nanos: bigint) => bigint>> = {
  getHours: (nanos) => nanos / (3600n * second),
  getMinutes: (nanos) => nanos / (60n * second),
  getSeconds: (nanos) => nanos / second,
  getMilliseconds: (nanos) => (nanos % second) / 1_000_000n,
};

export const time: readonly Overload[] = [
  ...Object.entries(timestampParts).flatMap(([name, part]) => {
    const call = (at: CelTimestamp, zone = 'UTC'): bigint | Fault => {
      const date = wallClock(at, zone);
      return date instanceof Date ? BigInt(part(date)) : date;
    };
    return [method(name, 'timestamp -> int', call), method(name, 'timestamp, string -> int', call)];
  }),
  ...Object.entries(durationParts).map(([name, part]) =>
    method(name, 'duration -> int', ({ nanos }: CelDuration) => part(nanos)),
  ),
];
