import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { Origin } from '../../model/change.ts';
import type { ObjectRef } from '../../model/object.ts';
import type { Evidence } from '../../model/verdict.ts';
import { markEvidence } from '../../posture/fix-patch.ts';

/**
 * Finds the lines of evidence in files; each file is read once. What it cannot find (an item of a List, a file that is
 * gone) stands at the line where its object starts.
 */
export class EvidenceLines {
  readonly #texts: Map<string, readonly string[]>;
  /** The document at a file and line; undefined when it is not the object alone. */
  readonly #documents = new Map<string, string | undefined>();

  constructor(stdin: string | undefined) {
    this.#texts = new Map(stdin === undefined ? [] : [['-', linesOf(stdin)]]);
  }

  lineOf({ file, line }: Origin, object: ObjectRef, evidence: Evidence): number {
    const start = line ?? 1;
    if (file === undefined) return start;
    const yaml = this.#document(file, start, object);
    if (yaml === undefined) return start;
    const { path, stablePath, message } = evidence;
    // Without the fix, as no patch is wanted here and making one costs more than finding the line.
    const marked = markEvidence({ yaml, file, firstLine: start, evidence: { path, stablePath, message } });
    return start + (marked.lines[0] ?? 1) - 1;
  }

  #document(file: string, start: number, object: ObjectRef): string | undefined {
    const id = `${start}:${file}`;
    if (this.#documents.has(id)) return this.#documents.get(id);
    const document = this.#cut(file, start);
    const found = isObject(document, object) ? document : undefined;
    this.#documents.set(id, found);
    return found;
  }

  #cut(file: string, start: number): string {
    let lines = this.#texts.get(file);
    if (lines === undefined) {
      lines = readLines(file);
      this.#texts.set(file, lines);
    }
    let end = start;
    while (end < lines.length && lines[end]?.startsWith('---') === false) end++;
    return lines.slice(start - 1, end).join('\n');
  }
}

function isObject(document: string, { kind, name }: ObjectRef): boolean {
  try {
    const value = load(document) as { kind?: unknown; metadata?: { name?: unknown } } | null | undefined;
    return value?.kind === kind && value.metadata?.name === name;
  } catch {
    return false;
  }
}

function readLines(file: string): readonly string[] {
  try {
    return linesOf(readFileSync(file, 'utf8'));
  } catch {
    return [];
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n');
}
