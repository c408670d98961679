/** Ways of writing the values of a variable, by the names that `${name:format}` has for them. */
const formats: Readonly<Record<string, (values: readonly string[], name: string) => string>> = {
  csv: (values) => values.join(','),
  distributed: (values, name) => values.map((value, i) => (i === 0 ? value : `${name}=${value}`)).join(','),
  doublequote: (values) => values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(','),
  glob: (values) => (values.length > 1 ? `{${values.join(',')}}` : values.join('')),
  json: (values) => JSON.stringify(values.length === 1 ? values[0] : values),
  lucene: (values) => {
    const quoted = values.map((value) => value.replace(/([!*+\-=<>\s&|()[\]{}^~?:\\/"])/g, '\\$1'));
    return quoted.length > 1 ? `(${quoted.map((value) => `"${value}"`).join(' OR ')})` : quoted.join('');
  },
  percentencode: (values) =>
    values.length > 1 ? encodeURIComponent(`{${values.join(',')}}`) : encodeURIComponent(values.join('')),
  pipe: (values) => values.join('|'),
  queryparam: (values, name) =>
    values.map((value) => `var-${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&'),
  raw: (values) => values.join(','),
  regex: (values) => {
    const escaped = values.map(escapeRegex);
    return escaped.length > 1 ? `(${escaped.join('|')})` : escaped.join('');
  },
  singlequote: (values) => values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(','),
  sqlstring: (values) => values.map((value) => `'${value.replaceAll("'", "''")}'`).join(','),
  text: (values) => values.join(' + '),
};

/**
 * Values in a named format; undefined when there is none of that name.
 *
 * Source: https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/#advanced-variable-format-options
 */
export function formatVariable(values: readonly string[], name: string, format: string): string | undefined {
  return formats[format]?.(values, name);
}

/** Text in which nothing is special to a regular expression. */
export function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/**
 * How a variable stands in PromQL when no format is named: what may be several values is a pattern (inside a string of `=~`,
 * hence the double backslashes), what is one value is text inside of a string.
 */
export function promValue(values: readonly string[], isPattern: boolean): string {
  if (!isPattern) return (values[0] ?? '').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const escaped = values.map((value) =>
    value
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"'),
  );
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}
