/** A duration as Go writes it: `2h0m0s`, `1m0.001s`, `15ms`. */
export function showGoDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const all = Math.abs(ms);
  if (all < 1000) return `${sign}${all}ms`;
  const hours = Math.floor(all / 3_600_000);
  const minutes = Math.floor(all / 60_000) % 60;
  const seconds = `${(all % 60_000) / 1000}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
};

/** A text in Go's quotes. */
export function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped.
  const inner = text.replace(/["\\\u0000-\u001f\u007f]/g, (found) => {
    const code = found.charCodeAt(0).toString(16).padStart(2, '0');
    return escapes[found] ?? `\\x${code}`;
  });
  return `"${inner}"`;
}
