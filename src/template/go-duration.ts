import { typed } from './function.ts';
import { narrow } from './number.ts';
import { GoFloat, GoNamed, typeName } from './value.ts';

/** A `time.Duration`, with its methods. Source: https://pkg.go.dev/time#Duration */
export function goDuration(nanoseconds: bigint): GoNamed {
  const float = (unit: number) => typed([], () => new GoFloat(Number(nanoseconds) / unit));
  const whole = (unit: bigint) => typed([], () => new GoNamed('int64', narrow(nanoseconds / unit)));
  return new GoNamed('time.Duration', narrow(nanoseconds), {
    String: typed([], () => formatGoDuration(nanoseconds)),
    Hours: float(3.6e12),
    Minutes: float(6e10),
    Seconds: float(1e9),
    Milliseconds: whole(1_000_000n),
    Microseconds: whole(1000n),
    Nanoseconds: whole(1n),
    Abs: typed([], () => goDuration(nanoseconds < 0n ? -nanoseconds : nanoseconds)),
    Truncate: typed(['any'], (to: unknown) => goDuration(truncate(nanoseconds, nanosecondsOf(to)))),
    Round: typed(['any'], (to: unknown) => goDuration(round(nanoseconds, nanosecondsOf(to)))),
  });
}

/** @throws when the value is no duration; an int stands for nanoseconds, as it does in Go. */
export function nanosecondsOf(value: unknown): bigint {
  const bare = value instanceof GoNamed && value.type === 'time.Duration' ? value.value : value;
  if (typeof bare === 'bigint') return bare;
  if (typeof bare === 'number' && Number.isSafeInteger(bare)) return BigInt(bare);
  throw new Error(`wrong type for value; expected time.Duration; got ${typeName(value)}`);
}

function truncate(value: bigint, unit: bigint): bigint {
  return unit <= 0n ? value : value - (value % unit);
}

function round(value: bigint, unit: bigint): bigint {
  if (unit <= 0n) return value;
  const size = value < 0n ? -value : value;
  const left = size % unit;
  const rounded = left * 2n < unit ? size - left : size + unit - left;
  return value < 0n ? -rounded : rounded;
}

/** As Go prints it: `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatGoDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`;
  const minutes = size / 60_000_000_000n;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return `${sign}${hours > 0n ? `${hours}h` : ''}${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, digits: number): string {
  const text = value.toString().padStart(digits + 1, '0');
  const fraction = text.slice(-digits).replace(/0+$/, '');
  return text.slice(0, -digits) + (fraction === '' ? '' : `.${fraction}`);
}
