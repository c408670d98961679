import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { unifiedDiff } from '../kit/unified-diff.ts';
import type { Evidence } from '../model/verdict.ts';
import { type PathStep, parsePath } from './paths.ts';

/** An object's YAML, where it stands, and what its evidence says of it. */
export interface PatchInput {
  readonly yaml: string;
  /** The name for the patch's header. */
  readonly file: string;
  /** The line of the file at which `yaml` starts, from 1. */
  readonly firstLine: number;
  readonly evidence: Evidence;
}

export interface MarkedYaml {
  /** Lines of `yaml` that the evidence points at, from 1: the field, or where it is missing, its nearest parent. */
  readonly lines: readonly number[];
  /** A unified diff that mends it; absent when it must be mended by hand or the edit would disturb other lines. */
  readonly patch?: string;
}

/** Marks the evidence in an object's YAML and makes the patch that mends it. */
export function markEvidence({ yaml, file, firstLine, evidence }: PatchInput): MarkedYaml {
  const doc = parseDocument(yaml, { logLevel: 'silent' });
  if (doc.errors.length > 0) return { lines: [] };
  const lines = [lineAt(doc, yaml, parsePath(evidence.path))];
  const fixed = mended(yaml, evidence);
  if (fixed === undefined || fixed === yaml) return { lines };
  // A part of a file ends with a line, whether or not its text says so.
  const [before, after] = [yaml, fixed].map((text) => (text.endsWith('\n') ? text : `${text}\n`)) as [
    string,
    string,
  ];
  return { lines, patch: unifiedDiff(before, after, file, firstLine) };
}

/**
 * The text with the fix in it and every other line as it was. The fix is made in the parsed document and printed; of that print only
 * the lines that the fix changed are taken over. The result is read again, so what comes out is what was meant, or nothing does.
 */
export function mended(yaml: string, { fix }: Pick<Evidence, 'fix'>): string | undefined {
  if (fix === undefined) return undefined;
  const doc = parseDocument(yaml);
  if ('deletePath' in fix) {
    if (!doc.deleteIn(parsePath(fix.deletePath))) return undefined;
  } else if (!setIn(doc, parsePath(fix.path), readValue(fix.value))) return undefined;
  const wanted = JSON.stringify(doc.toJS());
  for (const layout of layouts) {
    const text = graft(yaml, parseDocument(yaml).toString(layout), doc.toString(layout));
    if (text === undefined) continue;
    const result = parseDocument(text, { logLevel: 'silent' });
    if (result.errors.length === 0 && JSON.stringify(result.toJS()) === wanted) return text;
  }
  return undefined;
}

/** How people lay out manifests; the first that fits is taken. */
const layouts = [true, false].flatMap((indentSeq) =>
  [true, false].map((flowCollectionPadding) => ({ lineWidth: 0, indentSeq, flowCollectionPadding })),
);

/** `yaml` with the lines that differ from `before` to `after`, both printed alike; undefined when its lines are not those of `before`. */
function graft(yaml: string, before: string, after: string): string | undefined {
  const [own, old, now] = [yaml, before, after].map((text) => text.split('\n')) as [
    string[],
    string[],
    string[],
  ];
  if (own.length !== old.length) return undefined;
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  return [...own.slice(0, start), ...now.slice(start, now.length - end), ...own.slice(own.length - end)].join(
    '\n',
  );
}

/** Sets a value, making maps and lists on the way as the path asks for them. */
function setIn(doc: Document, path: readonly PathStep[], value: unknown): boolean {
  for (let depth = 1; depth < path.length; depth++) {
    const at = path.slice(0, depth);
    const node = doc.getIn(at, true);
    const wantsList = typeof path[depth] === 'number';
    if (node === undefined || (isScalar(node) && node.value === null))
      doc.setIn(at, doc.createNode(wantsList ? [] : {}));
    else if (wantsList ? !isSeq(node) : !isMap(node)) return false;
  }
  doc.setIn(path, value);
  return true;
}

/** Fix values are texts: `true`, `NET_RAW`, `["ALL"]`. Placeholders such as YOUR_VALUE stay texts for the reader to replace. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function lineAt(doc: Document, yaml: string, path: readonly PathStep[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? doc.contents : doc.getIn(path.slice(0, depth - 1), true);
    const step = path[depth - 1];
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === step)
      : undefined;
    const node = pair?.key ?? (isSeq(parent) && typeof step === 'number' ? parent.items[step] : undefined);
    const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
    if (start !== undefined) return yaml.slice(0, start).split('\n').length;
  }
  return 1;
}
