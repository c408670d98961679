import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ObjectSource } from '../../inventory/render/rendered.ts';
import type { Origin } from '../../model/change.ts';
import { keyOf, type ObjectRef } from '../../model/object.ts';
import type { Evidence } from '../../model/verdict.ts';
import { parsePath } from '../../posture/paths.ts';

interface Parsed {
  readonly doc: Document;
  readonly lines: LineCounter;
}

/**
 * Finds the lines of evidence in files. Each file is read once, and each object parsed once as long as its findings are
 * asked for one after the other. What it cannot find (an item of a List, a file that is gone) stands at the line where
 * its object starts.
 */
export class EvidenceLines {
  readonly #files: Map<string, readonly string[]>;
  #last: { readonly id: string; readonly parsed: Parsed | undefined } | undefined;

  readonly #sources: ReadonlyMap<string, ObjectSource>;

  /** @param sources of objects that a tool made, by key. */
  constructor(stdin: string | undefined, sources: ReadonlyMap<string, ObjectSource> = new Map()) {
    this.#sources = sources;
    this.#files = new Map(stdin === undefined ? [] : [['-', stdin.split('\n')]]);
  }

  lineOf({ file, line: start = 1 }: Origin, object: ObjectRef, { path }: Pick<Evidence, 'path'>): number {
    if (file === undefined || path === '') return start;
    const source = this.#sources.get(keyOf(object));
    if (source !== undefined && 'text' in source) {
      const made = this.#parsed(`made:${keyOf(object)}`, () => parse(source.text, object));
      return made === undefined ? start : (source.lines[lineAt(made, parsePath(path)) - 1] ?? start);
    }
    const id = `${start}:${file}`;
    const parsed = this.#parsed(id, () => parse(this.#cut(file, start), source?.ref ?? object));
    return parsed === undefined ? start : start - 1 + lineAt(parsed, parsePath(path));
  }

  #parsed(id: string, read: () => Parsed | undefined): Parsed | undefined {
    if (this.#last?.id !== id) this.#last = { id, parsed: read() };
    return this.#last.parsed;
  }

  /** One line of a file, from 1. */
  textAt(file: string, line: number): string {
    return this.#linesOf(file)[line - 1] ?? '';
  }

  #linesOf(file: string): readonly string[] {
    let lines = this.#files.get(file);
    if (lines === undefined) {
      lines = readLines(file);
      this.#files.set(file, lines);
    }
    return lines;
  }

  /** The document that starts at a line. */
  #cut(file: string, start: number): string {
    const lines = this.#linesOf(file);
    let end = start;
    while (end < lines.length && lines[end]?.startsWith('---') === false) end++;
    return lines.slice(start - 1, end).join('\n');
  }
}

/** @returns undefined when the text is not the object alone. */
function parse(text: string, { kind, name }: ObjectRef): Parsed | undefined {
  const lines = new LineCounter();
  const doc = parseDocument(text, { logLevel: 'silent', lineCounter: lines, merge: true });
  const isObject =
    isMap(doc.contents) && doc.get('kind') === kind && doc.getIn(['metadata', 'name']) === name;
  return doc.errors.length === 0 && isObject ? { doc, lines } : undefined;
}

/** Of the field, or where it is missing, of its nearest parent. */
function lineAt({ doc, lines }: Parsed, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? doc.contents : doc.getIn(path.slice(0, depth - 1), true);
    const step = path[depth - 1];
    const key = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === step)?.key
      : undefined;
    const node = key ?? (isSeq(parent) && typeof step === 'number' ? parent.items[step] : undefined);
    const offset = (node as { readonly range?: readonly number[] } | undefined)?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
