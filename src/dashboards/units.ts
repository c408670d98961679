import { type Unit, units } from './unit-table.ts';

/** A value as people read it: the number, and what stands before and behind it in smaller letters. */
export interface Shown {
  readonly prefix: string;
  readonly text: string;
  readonly suffix: string;
}

/** In which zone dates are written, and what now is. */
export interface ShowContext {
  readonly nowMs: number;
  readonly zone: 'browser' | 'utc';
}

const siLetters = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;
const smallLetters = ['', 'm', 'µ', 'n', 'p', 'f'] as const;
const shortWords = ['', ' K', ' Mil', ' Bil', ' Tri', ' Quadr', ' Quint', ' Sext', ' Sept'] as const;

const durationUnits: readonly (readonly [seconds: number, name: string])[] = [
  [31_536_000, 'years'],
  [604_800, 'weeks'],
  [86_400, 'days'],
  [3600, 'hours'],
  [60, 'mins'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
];

/**
 * A number in a unit of Grafana's.
 *
 * @param decimals digits after the point; as many as are worth reading when left out
 */
export function showValue(
  value: number | null | undefined,
  unit: string,
  decimals: number | undefined,
  context: ShowContext,
): Shown {
  if (value === null || value === undefined || Number.isNaN(value)) return bare('–');
  if (!Number.isFinite(value)) return bare(value > 0 ? '∞' : '-∞');
  return shownAs(unitOf(unit), value, decimals, context);
}

/** The same as one text. */
export function showText(...parameters: Parameters<typeof showValue>): string {
  const { prefix, text, suffix } = showValue(...parameters);
  return `${prefix}${text}${suffix}`;
}

function unitOf(id: string): Unit {
  if (Object.hasOwn(units, id)) return units[id] ?? { kind: 'fixed', suffix: '' };
  const custom = /^(suffix|prefix|time|si|bin|count|short):\s*(.*)$/.exec(id);
  if (custom === null) return { kind: 'fixed', suffix: id === '' ? '' : ` ${id}` };
  const [, form, rest = ''] = custom;
  if (form === 'prefix') return { kind: 'fixed', suffix: rest, isBefore: true };
  if (form === 'si') return { kind: 'si', suffix: rest };
  if (form === 'bin') return { kind: 'binary', suffix: rest };
  if (form === 'time') return { kind: 'date', parts: 'local' };
  return form === 'count' || form === 'short'
    ? { kind: 'short', suffix: ` ${rest}` }
    : { kind: 'fixed', suffix: rest };
}

function shownAs(unit: Unit, value: number, decimals: number | undefined, context: ShowContext): Shown {
  switch (unit.kind) {
    case 'si':
      return scaled(value, 1000, siLetters, unit, decimals);
    case 'binary':
      return scaled(value, 1024, ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'], unit, decimals);
    case 'short':
      return shortened(value, unit.suffix, decimals);
    case 'fixed': {
      const number = digits(value * (unit.factor ?? 1), decimals);
      return unit.isBefore === true
        ? { prefix: unit.suffix, text: number, suffix: '' }
        : { prefix: '', text: number, suffix: unit.suffix };
    }
    case 'duration':
      return durationShown(value * unit.seconds, decimals);
    case 'clock':
      return bare(clockText(value * unit.seconds, unit.isColons));
    case 'date':
      return bare(dateShown(value, unit.parts, context));
    default:
      return bare(worded(unit.kind, value));
  }
}

function worded(
  kind: 'text' | 'bool' | 'bool-yes' | 'bool-on' | 'hex' | 'scientific' | 'locale',
  value: number,
): string {
  const words = { bool: ['False', 'True'], 'bool-yes': ['No', 'Yes'], 'bool-on': ['Off', 'On'] } as const;
  if (kind === 'bool' || kind === 'bool-yes' || kind === 'bool-on') return words[kind][value === 0 ? 0 : 1];
  if (kind === 'hex') return `0x${Math.round(value).toString(16).toUpperCase()}`;
  if (kind === 'scientific') return value.toExponential(2);
  return kind === 'locale' ? new Intl.NumberFormat('en').format(value) : String(value);
}

function scaled(
  value: number,
  base: number,
  letters: readonly string[],
  { suffix, offset = 0 }: { readonly suffix: string; readonly offset?: number },
  decimals: number | undefined,
): Shown {
  const size = Math.abs(value);
  if (size > 0 && size < 1 && offset === 0 && base === 1000 && suffix !== '' && suffix !== 'B')
    return small(value, suffix, decimals);
  const steps = size === 0 ? 0 : Math.max(0, Math.floor(Math.log(size) / Math.log(base) + 1e-9));
  const level = Math.min(steps, letters.length - 1 - offset);
  const letter = letters[level + offset] ?? '';
  const unit = `${letter}${suffix}`;
  return { prefix: '', text: digits(value / base ** level, decimals), suffix: unit === '' ? '' : ` ${unit}` };
}

function small(value: number, suffix: string, decimals: number | undefined): Shown {
  const level = Math.min(smallLetters.length - 1, Math.ceil(-Math.log10(Math.abs(value)) / 3 - 1e-9));
  return {
    prefix: '',
    text: digits(value * 1000 ** level, decimals),
    suffix: ` ${smallLetters[level] ?? ''}${suffix}`,
  };
}

function shortened(value: number, suffix: string, decimals: number | undefined): Shown {
  const size = Math.abs(value);
  const level = size < 1000 ? 0 : Math.min(shortWords.length - 1, Math.floor(Math.log10(size) / 3 + 1e-9));
  return {
    prefix: '',
    text: digits(value / 1000 ** level, decimals),
    suffix: `${shortWords[level] ?? ''}${suffix}`,
  };
}

function durationShown(seconds: number, decimals: number | undefined): Shown {
  const size = Math.abs(seconds);
  if (size === 0) return { prefix: '', text: digits(0, decimals), suffix: ' s' };
  const [unit, name] = durationUnits.find(([each]) => size >= each * (1 - 1e-9)) ?? [1e-9, 'ns'];
  const text = digits(seconds / unit, decimals);
  return { prefix: '', text, suffix: ` ${text === '1' && name.length > 2 ? name.slice(0, -1) : name}` };
}

function clockText(seconds: number, isColons: boolean): string {
  const whole = Math.floor(Math.abs(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ] as const;
  const sign = seconds < 0 ? '-' : '';
  if (isColons) {
    const [days, ...rest] = parts.map(([count]) => count);
    const clock = rest.map((count) => String(count).padStart(2, '0')).join(':');
    return `${sign}${days === 0 ? '' : `${days} d `}${clock}`;
  }
  const said = parts.filter(([count]) => count > 0).slice(0, 2);
  return `${sign}${said.length === 0 ? '0 s' : said.map(([count, name]) => `${count} ${name}`).join(' ')}`;
}

const dateForms = {
  browser: new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium' }),
  utc: new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'UTC' }),
} as const;

function dateShown(
  atMs: number,
  parts: 'iso' | 'local' | 'local-no-date-if-today' | 'from-now',
  { nowMs, zone }: ShowContext,
): string {
  if (Math.abs(atMs) > 8.64e15) return '–';
  if (parts === 'from-now') {
    const { text, suffix } = durationShown(Math.abs(nowMs - atMs) / 1000, 0);
    return atMs > nowMs ? `in ${text}${suffix}` : `${text}${suffix} ago`;
  }
  const full = dateForms[zone].format(atMs);
  const isToday = dateForms[zone].format(nowMs).slice(0, 10) === full.slice(0, 10);
  return parts === 'local-no-date-if-today' && isToday ? full.slice(11) : full;
}

function bare(text: string): Shown {
  return { prefix: '', text, suffix: '' };
}

/** Three digits or so that say something, without zeros that say nothing; or as many decimals as are asked for. */
function digits(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return value.toFixed(Math.max(0, Math.min(20, decimals)));
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-6) return value.toExponential(1);
  const after = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 2 - Math.floor(Math.log10(size));
  const text = value.toFixed(Math.max(0, Math.min(8, after)));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
