/** A number as Prometheus prints sample values: `+Inf`, `-Inf`, `NaN`, the shortest decimal digits, never an exponent. */
export function formatSampleValue(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('e') ? expandExponent(text) : text;
}

/** A number as Go's `%g` prints it: the shortest digits, with an exponent of at least two digits from 1e6 on and below 1e-4. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? twoDigits(value.toExponential()) : String(value);
}

function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function expandExponent(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return (
    sign +
    digits.padEnd(point, '0').slice(0, point) +
    (digits.length > point ? `.${digits.slice(point)}` : '')
  );
}
