import { isAlias, isScalar, parseDocument, visit } from 'yaml';
import type { KubeObject, ObjectRef } from '../../model/object.ts';

/**
 * An object's YAML as it stands in its file, with what may be secret replaced in place: comments and layout stay. Undefined for
 * a text that is not (or no longer) that object's own document, and for one that cannot be edited so (aliases, faults).
 */
export function redactText(
  yaml: string,
  { kind, name }: Pick<ObjectRef, 'kind' | 'name'>,
  redact: (object: KubeObject) => KubeObject,
): string | undefined {
  const doc = parseDocument(yaml, { logLevel: 'silent' });
  if (doc.errors.length > 0) return undefined;
  const object = doc.toJS() as KubeObject | null;
  // A list, say, would be redacted as a list is: not at all.
  if (object?.kind !== kind || object.metadata?.name !== name) return undefined;
  const shown = redact(object);
  const changes = changesBetween(object, shown, []);
  if (changes.length === 0) return yaml;
  let hasAliases = false;
  visit(doc, (_key, node) => {
    if (isAlias(node)) hasAliases = true;
  });
  const edits = changes.map(({ path, value }) => {
    const node = doc.getIn(path, true);
    const range = isScalar(node) ? node.range : undefined;
    return range === undefined || range === null ? undefined : { start: range[0], end: range[1], value };
  });
  let text = yaml;
  for (const edit of edits.toSorted((a, b) => (b?.start ?? 0) - (a?.start ?? 0))) {
    if (hasAliases || edit === undefined) return undefined;
    const { start, end, value } = edit;
    // A block scalar takes its last line break with it.
    const tail = text.slice(start, end).endsWith('\n') ? '\n' : '';
    text = `${text.slice(0, start)}${scalarText(value)}${tail}${text.slice(end)}`;
  }
  return text;
}

interface Change {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/** The leaves of `before` that are other in `after`. */
function changesBetween(before: unknown, after: unknown, path: Change['path']): Change[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after))
    return before.flatMap((item, i) => changesBetween(item, after[i], [...path, i]));
  if (isRecord(before) && isRecord(after))
    return Object.entries(before).flatMap(([key, item]) => changesBetween(item, after[key], [...path, key]));
  return [{ path, value: after }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain where that reads back the same in every place. */
function scalarText(value: unknown): string {
  return typeof value === 'string' && /^[\w<>-]+$/.test(value) ? value : JSON.stringify(value ?? null);
}
