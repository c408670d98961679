import { isMap, parseDocument } from 'yaml';
import { formatRef, type ObjectRef } from '../../model/object.ts';
import { parsePath } from '../../posture/paths.ts';
import type { ScanFinding } from '../scan/scan-result.ts';
import { applyFix, type Fix, isPlaceholder } from './apply-fix.ts';

/** A finding that is left for a person, and why. */
export interface Left {
  readonly finding: ScanFinding;
  readonly reason: string;
}

export interface FixedFile {
  readonly text: string;
  readonly applied: readonly ScanFinding[];
  readonly left: readonly Left[];
}

/** Mends what can be mended in the text of one file, all of whose findings are given. */
export function fixText(text: string, findings: readonly ScanFinding[]): FixedFile {
  const hasCrLf = text.includes('\r\n');
  // What stands before each document: its `---` line, kept as it is.
  const parts = (hasCrLf ? text.replaceAll('\r\n', '\n') : text).split(/^(---[^\S\n]*(?:#.*)?\n)/m);
  const settled = new Map<string, Fix>();
  const applied: ScanFinding[] = [];
  const left: Left[] = [];
  for (const finding of inOrder(findings)) {
    const reason = edit(parts, settled, finding);
    if (reason === undefined) applied.push(finding);
    else left.push({ finding, reason });
  }
  const joined = parts.join('');
  return { text: hasCrLf ? joined.replaceAll('\n', '\r\n') : joined, applied, left };
}

/**
 * Mends one finding in the document that it is about.
 *
 * @param parts the documents and what stands between them; changed.
 * @param settled what was done at each place so far; changed.
 * @returns why it is left for a person, or undefined when it is mended.
 */
function edit(parts: string[], settled: Map<string, Fix>, finding: ScanFinding): string | undefined {
  const { evidence, object } = finding;
  const { fix } = evidence;
  if (fix === undefined) return 'no edit of the file mends it';
  const path = 'path' in fix ? fix.path : fix.deletePath;
  if (isPlaceholder(fix)) return 'path' in fix ? `${path}: choose a value (${fix.value})` : `${path}: choose`;
  const index = parts.findIndex((part) => isDocumentOf(part, object));
  if (index < 0) return `${formatRef(object)} is not a document of its own in the file`;
  const place = `${index} ${path}`;
  const earlier = settled.get(place);
  if (earlier !== undefined) {
    const isSame = JSON.stringify(earlier) === JSON.stringify(fix);
    return isSame ? undefined : `another control wants something else of ${path}`;
  }
  const fixed = applyFix(parts[index] ?? '', fix);
  if (fixed === undefined) return `the edit of ${path} would disturb other lines`;
  parts[index] = fixed;
  settled.set(place, fix);
  return undefined;
}

/** Fields are set first, then deleted from the end of lists on, so that indexes keep their meaning. */
function inOrder(findings: readonly ScanFinding[]): readonly ScanFinding[] {
  const isDelete = ({ evidence: { fix } }: ScanFinding) => fix !== undefined && 'deletePath' in fix;
  const deletes = findings.filter(isDelete).toSorted((left, right) => -comparePaths(left, right));
  return [...findings.filter((finding) => !isDelete(finding)), ...deletes];
}

function comparePaths(left: ScanFinding, right: ScanFinding): number {
  const [a, b] = [left, right].map(({ evidence: { fix } }) =>
    parsePath(fix !== undefined && 'deletePath' in fix ? fix.deletePath : ''),
  );
  for (const [i, step] of (a ?? []).entries()) {
    const other = b?.[i];
    if (other === undefined) return 1;
    if (step === other) continue;
    if (typeof step === 'number' && typeof other === 'number') return step - other;
    return String(step) < String(other) ? -1 : 1;
  }
  return (a?.length ?? 0) - (b?.length ?? 0);
}

function isDocumentOf(text: string, { kind, name, namespace }: ObjectRef): boolean {
  if (!text.includes(kind)) return false;
  const doc = parseDocument(text, { logLevel: 'silent' });
  if (doc.errors.length > 0 || !isMap(doc.contents)) return false;
  const own = doc.getIn(['metadata', 'namespace']);
  return (
    doc.get('kind') === kind &&
    doc.getIn(['metadata', 'name']) === name &&
    (own === undefined || own === null || own === namespace)
  );
}
