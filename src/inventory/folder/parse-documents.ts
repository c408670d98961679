import { constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { messageOf } from '../../kit/app-error.ts';
import { locateJsonError } from './locate-json-error.ts';
import { readPlainYaml } from './plain-yaml.ts';
import type { FileProblem } from './problem.ts';
import { kubectlSchema } from './yaml-schema.ts';

/** One document of a file. */
export interface ParsedDocument {
  readonly value: unknown;
  /** Where it starts, from 1. */
  readonly line: number;
  /** Where the items of a top-level `items` list start, from 1; empty when it has none or that is not known. */
  readonly itemLines: readonly number[];
}

export interface ParsedText {
  readonly documents: readonly ParsedDocument[];
  readonly problems: readonly FileProblem[];
}

/** Deeper nesting than any object of Kubernetes has. */
const deepest = 100;

/** A document must not grow beyond this many values by its aliases. */
const mostValues = 500_000;

const mostAliases = 10_000;

/**
 * Reads a text of YAML or JSON documents. Each is read by itself, so that one that is broken takes no other with it.
 * Never throws.
 */
export function parseDocuments(text: string, file: string): ParsedText {
  const documents: ParsedDocument[] = [];
  const problems: FileProblem[] = [];
  const report = (severity: FileProblem['severity'], line: number, column: number, message: string): void =>
    void problems.push({ severity, file, line, column, message });
  const whole = text.startsWith('\ufeff') ? text.slice(1) : text;
  const isJson = /\.json$/i.test(file);
  for (const chunk of chunksOf(whole)) documents.push(...parseChunk(chunk, isJson, report));
  return { documents, problems };
}

interface Chunk {
  readonly text: string;
  /** Of its first line, from 0. */
  readonly line: number;
}

type Report = (severity: FileProblem['severity'], line: number, column: number, message: string) => void;

/** Cuts at lines that start with `---`, as kubectl does; these cannot be content, as content cannot stand there. */
function chunksOf(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  let line = 0;
  const cut = (end: number): void => {
    const chunk = text.slice(start, end);
    // Directives belong to the document that follows; none that matters for manifests.
    if (!/^(?:\s*(?:[#%][^\n]*)?(?:\n|$))*$/.test(chunk)) chunks.push({ text: chunk, line });
    line += newlines(chunk);
    start = end;
  };
  for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) if (index > 0) cut(index);
  cut(text.length);
  return chunks;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function parseChunk(chunk: Chunk, isJson: boolean, report: Report): readonly ParsedDocument[] {
  try {
    return parseJson(chunk, isJson) ?? parsePlain(chunk) ?? parseYaml(chunk, report);
  } catch (error) {
    reportError(chunk, error, report);
    return [];
  }
}

/**
 * JSON is read as such where it is valid: many times faster, and what a cluster dump is. Elsewhere braces may be YAML,
 * which takes much for good that is a slip in JSON (`{"a": }`); not so in a file that says it is JSON.
 */
function parseJson(chunk: Chunk, isJson: boolean): readonly ParsedDocument[] | undefined {
  const start = /^\s*/.exec(chunk.text)?.[0].length ?? 0;
  if (chunk.text[start] !== '{') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(chunk.text);
  } catch {
    if (isJson) throw jsonError(chunk.text);
    return undefined;
  }
  checkSize(value);
  const hasItems = Array.isArray((value as { readonly items?: unknown }).items);
  const events = hasItems && chunk.text.length < 4_000_000 ? tryEvents(chunk.text) : [];
  return [
    {
      value,
      line: chunk.line + newlines(chunk.text.slice(0, start)) + 1,
      itemLines: itemOffsets(chunk.text, events)[0]?.map(lineCounter(chunk)) ?? [],
    },
  ];
}

function jsonError(text: string): YAMLException {
  const { offset: position, wanted } = locateJsonError(text) ?? { offset: 0, wanted: 'a value' };
  const before = text.slice(0, position);
  const mark = {
    buffer: text,
    position,
    line: newlines(before),
    column: position - before.lastIndexOf('\n') - 1,
  };
  return new YAMLException(`no JSON: there should be ${wanted} here`, mark);
}

function tryEvents(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: deepest });
  } catch {
    return [];
  }
}

function parsePlain(chunk: Chunk): readonly ParsedDocument[] | undefined {
  const read = readPlainYaml(chunk.text);
  if (read === undefined) return undefined;
  const lineOf = (line: number): number => chunk.line + line + 1;
  return [{ value: read.value, line: lineOf(read.line), itemLines: read.itemLines.map(lineOf) }];
}

function parseYaml(chunk: Chunk, report: Report): readonly ParsedDocument[] {
  const events = parseEvents(chunk.text, { maxDepth: deepest });
  const values = construct(chunk, events, report);
  if (events.some((event) => event.type === EVENT_ID.ALIAS)) for (const value of values) checkSize(value);
  const starts = documentOffsets(events);
  const items = itemOffsets(chunk.text, events);
  const lineOf = lineCounter(chunk);
  return values.map((value, i) => {
    const line = lineOf(starts[i] ?? 0);
    return { value, line, itemLines: items[i]?.map(lineOf) ?? [] };
  });
}

/** A key that is given twice is an error in YAML, but kubectl takes the last: so do we, and say so. */
function construct(chunk: Chunk, events: Event[], report: Report): readonly unknown[] {
  const options = { source: chunk.text, schema: kubectlSchema, maxAliases: mostAliases };
  try {
    return constructFromEvents(events, options);
  } catch (error) {
    if (!(error instanceof YAMLException) || error.reason !== 'duplicated mapping key') throw error;
    const values = constructFromEvents(events, { ...options, json: true });
    const { line = 0, column = 0 } = error.mark ?? {};
    report(
      'warning',
      chunk.line + line + 1,
      column + 1,
      'this key is given twice in the same mapping; the last one counts. Remove one',
    );
    return values;
  }
}

function reportError(chunk: Chunk, error: unknown, report: Report): void {
  const mark = error instanceof YAMLException ? error.mark : undefined;
  const reason = error instanceof YAMLException ? error.reason : messageOf(error);
  const template = /\{\{/.test(chunk.text)
    ? '. It has {{ }} in it: render the template first and give the result'
    : '';
  report('error', chunk.line + (mark?.line ?? 0) + 1, (mark?.column ?? 0) + 1, `${reason}${template}`);
}

/**
 * Counts what a value would be when written out, where aliases stand for copies.
 *
 * @throws {Error} when it is too deep (as one that contains itself is) or too large.
 */
function checkSize(value: unknown): void {
  let left = mostValues;
  const visit = (at: unknown, depth: number): void => {
    left -= typeof at === 'string' ? 1 + at.length / 100 : 1;
    if (left < 0)
      throw new Error(`the document has more than ${mostValues} values once its aliases are put in`);
    if (depth > deepest) throw new Error(`nesting exceeds ${deepest} levels, or an alias contains itself`);
    if (typeof at !== 'object' || at === null) return;
    for (const child of Object.values(at)) visit(child, depth + 1);
  };
  visit(value, 0);
}

/** Offsets of the first content of each document. */
function documentOffsets(events: readonly Event[]): readonly number[] {
  const offsets: number[] = [];
  events.forEach((event, i) => {
    if (event.type === EVENT_ID.DOCUMENT) offsets.push(offsetOf(events[i + 1]) ?? 0);
  });
  return offsets;
}

/** For each document, the offsets of the members of its top-level `items`. */
function itemOffsets(text: string, events: readonly Event[]): readonly (readonly number[])[] {
  const found: number[][] = [];
  let depth = 0;
  let inItems = false;
  let isKey = true;
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      depth -= 1;
      if (depth === 2) {
        inItems = false;
        isKey = true;
      }
      continue;
    }
    if (event.type === EVENT_ID.DOCUMENT) found.push([]);
    if (depth === 2) {
      if (isKey)
        inItems =
          event.type === EVENT_ID.SCALAR &&
          /^["']?items["']?$/.test(text.slice(event.valueStart, event.valueEnd));
      isKey = event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS ? !isKey : isKey;
    } else if (depth === 3 && inItems) found.at(-1)?.push(offsetOf(event) ?? 0);
    if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.ALIAS) {
      depth += 1;
      if (depth === 2) isKey = true;
    }
  }
  return found;
}

function offsetOf(event: Event | undefined): number | undefined {
  if (event === undefined) return undefined;
  if ('start' in event) return event.start;
  return 'valueStart' in event && event.valueStart >= 0 ? event.valueStart : undefined;
}

/** Lines (from 1, of the whole file) of offsets that are asked in ascending order. */
function lineCounter(chunk: Chunk): (offset: number) => number {
  let at = 0;
  let line = chunk.line + 1;
  return (offset) => {
    if (offset < at) {
      at = 0;
      line = chunk.line + 1;
    }
    line += newlines(chunk.text.slice(at, offset));
    at = offset;
    return line;
  };
}
