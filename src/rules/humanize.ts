/** `12345` as `12.35k`: four significant digits and an SI prefix. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return significant(value);
  if (Math.abs(value) >= 1) return scaled(value, 1000, ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']);
  let left = value;
  let prefix = '';
  for (const smaller of ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']) {
    if (Math.abs(left) >= 1) break;
    prefix = smaller;
    left *= 1000;
  }
  return significant(left) + prefix;
}

/** `2048` as `2ki`. */
export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return significant(value);
  return scaled(value, 1024, ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']);
}

function scaled(value: number, base: number, prefixes: readonly string[]): string {
  let left = value;
  let i = 0;
  while (Math.abs(left) >= base && i < prefixes.length - 1) {
    left /= base;
    i++;
  }
  return significant(left) + prefixes[i];
}

/** `3725` as `1h 2m 5s`, `0.005` as `5ms`. `seconds` in seconds. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return significant(seconds);
  if (seconds === 0) return '0s';
  if (Math.abs(seconds) >= 1) {
    const sign = seconds < 0 ? '-' : '';
    const whole = Math.trunc(Math.abs(seconds));
    const second = whole % 60;
    const minute = Math.floor(whole / 60) % 60;
    const hour = Math.floor(whole / 3600) % 24;
    const day = Math.floor(whole / 86_400);
    if (day > 0) return `${sign}${day}d ${hour}h ${minute}m ${second}s`;
    if (hour > 0) return `${sign}${hour}h ${minute}m ${second}s`;
    if (minute > 0) return `${sign}${minute}m ${second}s`;
    return `${significant(seconds)}s`;
  }
  let left = seconds;
  let prefix = '';
  for (const smaller of ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']) {
    if (Math.abs(left) >= 1) break;
    prefix = smaller;
    left *= 1000;
  }
  return `${significant(left)}${prefix}s`;
}

/** `0.1234` as `12.34%`. */
export function humanizePercentage(ratio: number): string {
  return `${significant(ratio * 100)}%`;
}

/** Four significant digits without zeros at the end, as Go's `%.4g` writes them. */
export function significant(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits = '', exponentText = '0'] = value.toExponential(3).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 4) return withoutZeros(value.toPrecision(4));
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${withoutZeros(digits)}e${exponent < 0 ? '-' : '+'}${size}`;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
