/** What of `otlp` says how names are made. */
export interface NameSettings {
  readonly translation_strategy:
    | 'UnderscoreEscapingWithSuffixes'
    | 'UnderscoreEscapingWithoutSuffixes'
    | 'NoUTF8EscapingWithSuffixes'
    | 'NoTranslation';
  readonly label_name_underscore_sanitization: boolean;
  readonly label_name_preserve_multiple_underscores: boolean;
}

/** Units of OpenTelemetry by what they are called in names. Source: https://ucum.org and https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ */
const units: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
};

const perUnits: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

export interface NamedMetric {
  readonly name: string;
  readonly unit: string;
  readonly isCounter: boolean;
  readonly isGauge: boolean;
}

/**
 * The name of a metric: with its unit and what its kind asks for, and without characters that names had not before UTF-8, as the
 * strategy says.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ (`otlp`) and
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1
 */
export function metricName(metric: NamedMetric, { translation_strategy: strategy }: NameSettings): string {
  switch (strategy) {
    case 'NoTranslation':
      return metric.name;
    case 'NoUTF8EscapingWithSuffixes':
      return [metric.name, ...endings(metric)].join('_');
    case 'UnderscoreEscapingWithoutSuffixes':
      return digitsApart(
        metric.name
          .split(/[^a-zA-Z0-9:_]+/)
          .filter((part) => part !== '')
          .join('_'),
      );
    case 'UnderscoreEscapingWithSuffixes':
      return digitsApart(escapedWithEndings(metric).join('_'));
  }
}

function endings({ unit, isCounter, isGauge }: NamedMetric): string[] {
  const [main, per] = unitWords(unit);
  return [
    ...[main, per].filter((word) => word !== ''),
    ...(isCounter ? ['total'] : []),
    ...(unit === '1' && isGauge ? ['ratio'] : []),
  ];
}

function escapedWithEndings({ name, unit, isCounter, isGauge }: NamedMetric): string[] {
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((part) => part !== '');
  for (const word of unitWords(unit).map(cleanWord))
    if (word !== '' && !words.includes(word)) words.push(word);
  if (isCounter) words = [...words.filter((word) => word !== 'total'), 'total'];
  if (unit === '1' && isGauge) words = [...words.filter((word) => word !== 'ratio'), 'ratio'];
  return words;
}

/** What is measured, and what it is by: `By/s` is `bytes` and `per_second`. Those in braces are remarks. */
function unitWords(unit: string): [main: string, per: string] {
  const slash = unit.indexOf('/');
  const main = (slash < 0 ? unit : unit.slice(0, slash)).trim();
  const per = slash < 0 ? '' : unit.slice(slash + 1).trim();
  const word = (text: string, known: Readonly<Record<string, string>>): string =>
    text === '' || /[{}]/.test(text) ? '' : Object.hasOwn(known, text) ? (known[text] ?? '') : text;
  const perWord = word(per, perUnits);
  return [word(main, units), perWord === '' ? '' : `per_${perWord}`];
}

function cleanWord(word: string): string {
  const clean = word
    .replace(/[^a-zA-Z0-9:]/gu, '_')
    .replace(/_{2,}/g, '_')
    .replace(/^_/, '')
    .replace(/_$/, '');
  return clean === 'per' ? '' : clean;
}

function digitsApart(name: string): string {
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** The name of a label. */
export function labelName(name: string, settings: NameSettings): string {
  const { translation_strategy: strategy } = settings;
  if (name === '' || strategy === 'NoTranslation' || strategy === 'NoUTF8EscapingWithSuffixes') return name;
  let escaped = name.replace(/[^a-zA-Z0-9_]/gu, '_');
  if (!settings.label_name_preserve_multiple_underscores) escaped = escaped.replace(/_{2,}/g, '_');
  if (/^[0-9]/.test(escaped)) return `key_${escaped}`;
  const hasOne = escaped.startsWith('_') && !escaped.startsWith('__');
  return hasOne && settings.label_name_underscore_sanitization ? `key${escaped}` : escaped;
}
