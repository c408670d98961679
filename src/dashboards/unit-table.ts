/**
 * Units by Grafana's ids.
 *
 * Source: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts
 */
export type Unit =
  /** Powers of 1000 with letters: `1.5 K`, `1.5 MB/s`. */
  | { readonly kind: 'si'; readonly suffix: string; readonly offset?: number }
  /** Powers of 1024: `1.5 KiB`. */
  | { readonly kind: 'binary'; readonly suffix: string; readonly offset?: number }
  /** `K`, `Mil`, `Bil`, `Tri`; what is behind is behind all of them. */
  | { readonly kind: 'short'; readonly suffix: string }
  /** The number as it is, times something, with words behind. */
  | { readonly kind: 'fixed'; readonly suffix: string; readonly factor?: number; readonly isBefore?: boolean }
  /** A duration in the unit that fits; how many seconds is 1. */
  | { readonly kind: 'duration'; readonly seconds: number }
  /** `1 h 12 min`, `01:12:03`. */
  | { readonly kind: 'clock'; readonly seconds: number; readonly isColons: boolean }
  | { readonly kind: 'date'; readonly parts: 'iso' | 'local' | 'local-no-date-if-today' | 'from-now' }
  | { readonly kind: 'text' | 'bool' | 'bool-yes' | 'bool-on' | 'hex' | 'scientific' | 'locale' };

const si = (suffix: string, offset = 0): Unit => ({ kind: 'si', suffix, offset });
const binary = (suffix: string, offset = 0): Unit => ({ kind: 'binary', suffix, offset });
const short = (suffix: string): Unit => ({ kind: 'short', suffix });
const fixed = (suffix: string, factor = 1): Unit => ({ kind: 'fixed', suffix, factor });
const before = (suffix: string): Unit => ({ kind: 'fixed', suffix, isBefore: true });
const duration = (seconds: number): Unit => ({ kind: 'duration', seconds });

export const units: Readonly<Record<string, Unit>> = {
  none: fixed(''),
  string: { kind: 'text' },
  short: short(''),
  sishort: si(''),
  percent: fixed('%'),
  percentunit: fixed('%', 100),
  humidity: fixed(' %H'),
  dB: fixed(' dB'),
  hex0x: { kind: 'hex' },
  hex: { kind: 'hex' },
  sci: { kind: 'scientific' },
  locale: { kind: 'locale' },
  // Data: `bytes` and `bits` are powers of 1024, `decbytes` of 1000.
  bits: binary('b'),
  bytes: binary('B'),
  kbytes: binary('B', 1),
  mbytes: binary('B', 2),
  gbytes: binary('B', 3),
  tbytes: binary('B', 4),
  decbits: si('b'),
  decbytes: si('B'),
  deckbytes: si('B', 1),
  decmbytes: si('B', 2),
  decgbytes: si('B', 3),
  dectbytes: si('B', 4),
  pps: si('p/s'),
  Bps: si('B/s'),
  binBps: binary('B/s'),
  KBs: si('B/s', 1),
  KiBs: binary('B/s', 1),
  MBs: si('B/s', 2),
  MiBs: binary('B/s', 2),
  GBs: si('B/s', 3),
  GiBs: binary('B/s', 3),
  bps: si('b/s'),
  binbps: binary('b/s'),
  Kbits: si('b/s', 1),
  Mbits: si('b/s', 2),
  Gbits: si('b/s', 3),
  // Throughput.
  cps: short(' c/s'),
  ops: short(' ops/s'),
  reqps: short(' req/s'),
  rps: short(' rd/s'),
  wps: short(' wr/s'),
  iops: short(' io/s'),
  eps: short(' evt/s'),
  mps: short(' msg/s'),
  recps: short(' rec/s'),
  rowsps: short(' rows/s'),
  cpm: short(' c/m'),
  opm: short(' ops/m'),
  reqpm: short(' req/m'),
  // Time.
  hertz: si('Hz'),
  ns: duration(1e-9),
  µs: duration(1e-6),
  ms: duration(1e-3),
  s: duration(1),
  m: duration(60),
  h: duration(3600),
  d: duration(86_400),
  dtdurationms: { kind: 'clock', seconds: 1e-3, isColons: false },
  dtdurations: { kind: 'clock', seconds: 1, isColons: false },
  dthms: { kind: 'clock', seconds: 1, isColons: true },
  clockms: { kind: 'clock', seconds: 1e-3, isColons: true },
  clocks: { kind: 'clock', seconds: 1, isColons: true },
  timeticks: duration(0.01),
  // Dates of Unix ms.
  dateTimeAsIso: { kind: 'date', parts: 'iso' },
  dateTimeAsIsoNoDateIfToday: { kind: 'date', parts: 'local-no-date-if-today' },
  dateTimeAsUS: { kind: 'date', parts: 'local' },
  dateTimeAsLocal: { kind: 'date', parts: 'local' },
  dateTimeAsLocalNoDateIfToday: { kind: 'date', parts: 'local-no-date-if-today' },
  dateTimeAsSystem: { kind: 'date', parts: 'local' },
  dateTimeFromNow: { kind: 'date', parts: 'from-now' },
  // Energy, temperature, and the rest of what nodes tell.
  watt: si('W'),
  kwatt: si('W', 1),
  watth: si('Wh'),
  joule: si('J'),
  amp: si('A'),
  volt: si('V'),
  celsius: fixed(' °C'),
  fahrenheit: fixed(' °F'),
  kelvin: fixed(' K'),
  degree: fixed('°'),
  rotrpm: fixed(' rpm'),
  rothz: si('Hz'),
  currencyUSD: before('$'),
  currencyEUR: before('€'),
  currencyGBP: before('£'),
  bool: { kind: 'bool' },
  bool_yes_no: { kind: 'bool-yes' },
  bool_on_off: { kind: 'bool-on' },
};
