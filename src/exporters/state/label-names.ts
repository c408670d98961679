/** Names and values, one after the other. */
export type LabelPairs = readonly string[];

/** Which keys of labels or annotations become labels; undefined when none do. */
export type KeyFilter = ((key: string) => boolean) | undefined;

/**
 * The name of the label that a key of Kubernetes becomes: what Prometheus does not take becomes `_`, and `camelCase` becomes
 * `camel_case`.
 */
export function labelName(prefix: string, key: string): string {
  const safe = key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return `${prefix}_${safe.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()}`;
}

/**
 * Labels of the keys that pass, in order of key. Keys that come to the same name are told apart as `…_conflict1`, `…_conflict2` and so
 * on, so that no name is there twice.
 *
 * Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/README.md#conflict-resolution-in-label-names
 */
export function labelsOfKeys(
  prefix: string,
  values: Readonly<Record<string, unknown>>,
  passes: KeyFilter,
): LabelPairs {
  if (passes === undefined) return [];
  const named = Object.keys(values)
    .filter((key) => passes(key))
    .sort()
    .map((key) => ({ name: labelName(prefix, key), value: String(values[key] ?? '') }));
  const counts = new Map<string, number>();
  for (const { name } of named) counts.set(name, (counts.get(name) ?? 0) + 1);
  const taken = new Set([...counts].filter(([, count]) => count === 1).map(([name]) => name));
  const last = new Map<string, number>();
  return named.flatMap(({ name, value }) => {
    if (counts.get(name) === 1) return [name, value];
    let number = last.get(name) ?? 0;
    let unique: string;
    do unique = `${name}_conflict${++number}`;
    while (taken.has(unique));
    last.set(name, number);
    taken.add(unique);
    return [unique, value];
  });
}

/** Label pairs as the text formats write them between the braces. */
export function labelText(pairs: LabelPairs): string {
  let text = '';
  for (let i = 0; i + 1 < pairs.length; i += 2)
    text += `${i === 0 ? '' : ','}${pairs[i]}="${escapeValue(pairs[i + 1] ?? '')}"`;
  return text;
}

/** The reverse of {@link labelText}, added to `into`. A label without a value is a label that is not there. */
export function readLabelText(text: string, into: Record<string, string>): void {
  let from = 0;
  while (from < text.length) {
    const equals = text.indexOf('="', from);
    let end = equals + 2;
    while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    const value = text.slice(equals + 2, end);
    if (value !== '') into[text.slice(from, equals)] = unescapeValue(value);
    from = end + 2;
  }
}

function escapeValue(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function unescapeValue(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
