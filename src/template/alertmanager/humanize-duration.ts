import { formatPrintf } from '../format.ts';
import { quote } from '../quote.ts';
import { bare, GoFloat, GoNamed, typeName } from '../value.ts';

/**
 * Seconds, or a `time.Duration`, for people: `1d 2h 3m 4s`, `1.5s`, `20ms`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ (`humanizeDuration`)
 */
export function humanizeDuration(value: unknown): string {
  const seconds = secondsOf(value);
  const short = (amount: number): string => formatPrintf('%.4g', [new GoFloat(amount)], 1000);
  if (!Number.isFinite(seconds)) return short(seconds);
  if (seconds === 0) return `${short(seconds)}s`;
  if (Math.abs(seconds) < 1) return small(seconds, short);
  const sign = seconds < 0 ? '-' : '';
  const size = Math.abs(seconds);
  const whole = Math.floor(size);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  const rest = `${minutes}m ${whole % 60}s`;
  if (days > 0) return `${sign}${days}d ${hours}h ${rest}`;
  if (hours > 0) return `${sign}${hours}h ${rest}`;
  if (minutes > 0) return `${sign}${rest}`;
  return `${sign}${short(size)}s`;
}

function small(seconds: number, short: (amount: number) => string): string {
  let amount = seconds;
  let prefix = '';
  for (const next of ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']) {
    if (Math.abs(amount) >= 1) break;
    prefix = next;
    amount *= 1000;
  }
  return `${short(amount)}${prefix}s`;
}

function secondsOf(value: unknown): number {
  const plain = bare(value);
  if (value instanceof GoNamed && value.type === 'time.Duration') return Number(plain) / 1e9;
  if (typeof plain === 'number' || typeof plain === 'bigint') return Number(plain);
  if (typeof plain === 'string' && plain.trim() !== '' && !Number.isNaN(Number(plain))) return Number(plain);
  if (typeof plain === 'string')
    throw new Error(`strconv.ParseFloat: parsing ${quote(plain)}: invalid syntax`);
  throw new Error(`can't convert ${typeName(value)} to float`);
}
