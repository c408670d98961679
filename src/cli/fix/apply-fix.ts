import { type Document, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, stringify } from 'yaml';
import type { Evidence } from '../../model/verdict.ts';
import { mended } from '../../posture/fix-patch.ts';
import { type PathStep, parsePath } from '../../posture/paths.ts';

export type Fix = NonNullable<Evidence['fix']>;

/** A value that stands for one which a person must choose, in the value or in the path. */
export function isPlaceholder(fix: Fix): boolean {
  const path = 'path' in fix ? fix.path : fix.deletePath;
  const value = 'path' in fix ? fix.value : '';
  if (/YOUR_|REMOVE_|<[^<>]*>|…|\.\.\./.test(`${path} ${value}`)) return true;
  // Capabilities are written like this: NET_RAW.
  return /^[A-Z]+(_[A-Z]+)+$/.test(value) && !path.includes('capabilities');
}

/**
 * One document with one fix in it; every line that the fix does not touch stays as it is, comments included.
 *
 * @returns undefined when that cannot be done without disturbing anything else.
 */
export function applyFix(yaml: string, fix: Fix): string | undefined {
  const doc = parseDocument(yaml, { logLevel: 'silent' });
  if (doc.errors.length > 0) return undefined;
  const before: unknown = doc.toJS();
  const chosen = withoutOverwriting(before, fix);
  if (chosen === undefined) return yaml;
  const wanted = JSON.stringify(changed(before, chosen));
  const isRight = (text: string | undefined): text is string => {
    if (text === undefined) return false;
    const result = parseDocument(text, { logLevel: 'silent' });
    return result.errors.length === 0 && JSON.stringify(result.toJS()) === wanted;
  };
  for (const edit of [replaceScalar, insertField]) {
    const text = 'path' in chosen ? edit(yaml, doc, parsePath(chosen.path), chosen.value) : undefined;
    if (isRight(text)) return text;
  }
  const text = mended(yaml, { fix: chosen });
  return isRight(text) ? text : undefined;
}

/** Dropped capabilities are a set: one more is added, none is replaced. Undefined when it is there already. */
function withoutOverwriting(object: unknown, fix: Fix): Fix | undefined {
  if (!('path' in fix)) return fix;
  const path = parsePath(fix.path);
  const list = at(object, path.slice(0, -1));
  if (path.at(-2) !== 'drop' || typeof path.at(-1) !== 'number' || !Array.isArray(list)) return fix;
  if (list.includes(fix.value) || list.includes('ALL')) return undefined;
  return { path: fix.path.replace(/\[\d+\]$/, `[${list.length}]`), value: fix.value };
}

function at(object: unknown, path: readonly PathStep[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<PathStep, unknown> | undefined)?.[step],
    object,
  );
}

/** What the document should say afterwards; anchors and merge keys must not carry the change elsewhere. */
function changed(before: unknown, fix: Fix): unknown {
  const root = JSON.parse(JSON.stringify(before)) as unknown;
  const path = parsePath('path' in fix ? fix.path : fix.deletePath);
  let value = root as Record<PathStep, unknown>;
  for (const [i, step] of path.slice(0, -1).entries()) {
    value[step] ??= typeof path[i + 1] === 'number' ? [] : {};
    value = value[step] as Record<PathStep, unknown>;
  }
  const last = path.at(-1) ?? '';
  if ('path' in fix) value[last] = readValue(fix.value);
  else if (Array.isArray(value)) value.splice(Number(last), 1);
  else delete value[last];
  return root;
}

/** `true`, `["ALL"]`; anything else is text. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function replaceScalar(
  yaml: string,
  doc: Document,
  path: readonly PathStep[],
  value: string,
): string | undefined {
  const node: unknown = doc.getIn(path, true);
  const read = readValue(value);
  if (!isScalar(node) || !node.range || node.anchor || Object(read) === read) return undefined;
  const [start, end] = node.range;
  if (start === end || yaml.slice(start, end).includes('\n')) return undefined;
  return `${yaml.slice(0, start)}${stringify(read, { lineWidth: 0 }).trimEnd()}${yaml.slice(end)}`;
}

/** A new field of a map in block style, after the last that it has. */
function insertField(
  yaml: string,
  doc: Document,
  path: readonly PathStep[],
  value: string,
): string | undefined {
  const depth = path.findIndex((_step, i) => !doc.hasIn(path.slice(0, i + 1)));
  const parent: unknown = depth === 0 ? doc.contents : doc.getIn(path.slice(0, depth), true);
  if (depth < 0 || !isMap(parent) || parent.flow === true) return undefined;
  const [first] = parent.items;
  const last = parent.items.at(-1);
  const from = first !== undefined && isNode(first.key) ? first.key.range?.[0] : undefined;
  const end = last === undefined ? undefined : endOf(last.value ?? last.key);
  if (from === undefined || end === undefined) return undefined;
  const column = from - (yaml.lastIndexOf('\n', from - 1) + 1);
  const nested = path
    .slice(depth)
    .reduceRight<unknown>(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      readValue(value),
    );
  const lines = stringify(nested, { lineWidth: 0, indentSeq: indentsLists(yaml) })
    .trimEnd()
    .split('\n');
  const added = lines.map((line) => `${' '.repeat(column)}${line}\n`).join('');
  const next = yaml[end - 1] === '\n' ? end - 1 : yaml.indexOf('\n', end);
  if (next < 0) return `${yaml}\n${added}`.slice(0, -1);
  return `${yaml.slice(0, next + 1)}${added}${yaml.slice(next + 1)}`;
}

/** Where the text of a value ends; of a collection in block style, that of its last part. */
function endOf(node: unknown): number | undefined {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? undefined : endOf(last.value ?? last.key);
  }
  if (isSeq(node) && node.flow !== true) return endOf(node.items.at(-1));
  if (isAlias(node) || isNode(node)) return node.range?.[1];
  return undefined;
}

/** Whether lists stand further right than the field that holds them. */
function indentsLists(yaml: string): boolean {
  const match = /^( *)(?:- )?[\w.-]+:[^\S\n]*\n( *)- /m.exec(yaml);
  return match === null || (match[2]?.length ?? 0) > (match[1]?.length ?? 0);
}
