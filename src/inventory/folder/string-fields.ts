import { isFields } from '../index/fields.ts';

/** Mappings of text to text, wherever they stand in an object. */
const textMaps = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector']);

/** Lists of text. */
const textLists = new Set(['command', 'args', 'verbs', 'resources', 'apiGroups']);

interface Mended {
  readonly value: unknown;
  /** Paths of what was not text, e.g. `metadata.labels.version`. */
  readonly paths: readonly string[];
}

/**
 * Turns numbers and booleans into text where Kubernetes wants text and a manifest has forgotten the quotes. The API
 * server refuses such a manifest; judging it all the same is of more use than not to.
 */
export function mendText(object: Readonly<Record<string, unknown>>): Mended {
  const paths: string[] = [];
  const isText = (value: unknown): boolean => typeof value !== 'number' && typeof value !== 'boolean';
  const text = (value: unknown, path: string): unknown => {
    if (isText(value)) return value;
    paths.push(path);
    return String(value);
  };
  const mapOf = (fields: Readonly<Record<string, unknown>>, path: string): unknown =>
    Object.values(fields).every(isText)
      ? fields
      : Object.fromEntries(
          Object.entries(fields).map(([name, value]) => [name, text(value, `${path}.${name}`)]),
        );

  const mend = (value: unknown, path: string, field: string): unknown => {
    if (Array.isArray(value)) {
      if (textLists.has(field) && !value.every(isText))
        return value.map((item, i) => text(item, `${path}[${i}]`));
      return replaceChanged(value, (item, i) => mend(item, `${path}[${i}]`, field));
    }
    if (!isFields(value))
      return field === 'value' && /\benv\[\d+\]\.value$/.test(path) ? text(value, path) : value;
    if (textMaps.has(field)) return mapOf(value, path);
    return mendFields(value, path);
  };
  const mendFields = (
    fields: Readonly<Record<string, unknown>>,
    path: string,
  ): Readonly<Record<string, unknown>> => {
    let copy: Record<string, unknown> | undefined;
    for (const [name, value] of Object.entries(fields)) {
      const mended = mend(value, path === '' ? name : `${path}.${name}`, name);
      if (mended === value) continue;
      copy ??= { ...fields };
      copy[name] = mended;
    }
    return copy ?? fields;
  };

  if (!mayNeedMending(object, '')) return { value: object, paths };
  const isConfig = object['kind'] === 'ConfigMap' || object['kind'] === 'Secret';
  const mended = mendFields(object, '');
  if (!isConfig) return { value: mended, paths };
  const withData = { ...mended };
  for (const field of ['data', 'stringData']) {
    const values = withData[field];
    if (isFields(values)) withData[field] = mapOf(values, field);
  }
  return { value: withData, paths };
}

/** Whether there is a number or boolean where text may be wanted; without the paths, which are most of the work. */
function mayNeedMending(value: unknown, field: string): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return field === 'value' || field === 'text';
  if (Array.isArray(value)) {
    const of = textLists.has(field) ? 'text' : field;
    return value.some((item) => mayNeedMending(item, of));
  }
  if (!isFields(value)) return false;
  const isTexts = textMaps.has(field) || field === 'data' || field === 'stringData';
  for (const name in value) if (mayNeedMending(value[name], isTexts ? 'text' : name)) return true;
  return false;
}

function replaceChanged(
  list: readonly unknown[],
  change: (item: unknown, index: number) => unknown,
): unknown {
  let copy: unknown[] | undefined;
  list.forEach((item, i) => {
    const changed = change(item, i);
    if (changed === item) return;
    copy ??= [...list];
    copy[i] = changed;
  });
  return copy ?? list;
}
