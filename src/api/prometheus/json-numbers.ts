/** A value as the API sends it: shortest digits, an exponent of two digits below 1e-6 and from 1e21 on, as in Go's JSON. */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const text = String(value);
  // The exponent is the rare case; looking at the size is faster than searching the text.
  const size = Math.abs(value);
  return size < 1e-6 || size >= 1e21 ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text;
}

/** Unix milliseconds as seconds: `1.500`, `1`. */
export function timestampText(atMs: number): string {
  const size = Math.abs(atMs);
  const ms = size % 1000;
  const text = String((size - ms) / 1000);
  const sign = atMs < 0 ? '-' : '';
  return ms === 0 ? sign + text : `${sign}${text}.${String(ms).padStart(3, '0')}`;
}
