import { resolvePlain } from './yaml-schema.ts';

/** One document, read. Lines count from 0, from the start of the text. */
export interface PlainDocument {
  readonly value: Readonly<Record<string, unknown>>;
  /** Where it starts. */
  readonly line: number;
  /** Where the members of its `items` start, when it has any. */
  readonly itemLines: readonly number[];
}

/**
 * Reads a document of YAML as tools and most people write manifests: block mappings and sequences; scalars that are plain or
 * quoted and end on their line; literal blocks (`|`); empty collections and lists of words in brackets; comments. That is a small
 * part of YAML, which a general parser needs ten times as long for.
 *
 * @returns undefined for all else, be it other YAML or none: nothing is guessed, the general parser has to say.
 */
export function readPlainYaml(text: string): PlainDocument | undefined {
  if (foreignCharacter.test(text)) return undefined;
  try {
    return new PlainReader(text).document();
  } catch (error) {
    if (error === notPlain) return undefined;
    throw error;
  }
}

/** Tabs, carriage returns and other controls; marks and spaces of Unicode that a parser might take for something; halves of pairs. */
const foreignCharacter = /[^\n\x20-\x7e\u00a1-\u1fff\u2030-\ud7ff]/;

/** Thrown where the text is not what is read here. Made once, as making an error costs more than reading a small document. */
const notPlain = new Error('not plain YAML');

/** Deeper documents are left to the general parser, which has a limit of its own. */
const deepest = 40;

/** The general parser takes no longer keys. */
const longestKey = 1000;

const [space, hash, dash, colon, quote, apostrophe] = [32, 35, 45, 58, 34, 39];

/** What a plain scalar may start with; `-` only before something else than a space, and not `...`, which may end a document. */
const plainStart = /^(?:[\w/$()+;=^~\\\u00a1-\ud7ff]|\.(?!\.\.)|-(?! |$))/;
const escapes = /^(?:[^\\]|\\["\\/bfnrt])*$/;
const quotedList = /^\["[^"\\]*"(?:, ?"[^"\\]*")*\]$/;
const wordList = /^\[-{0,2}[A-Za-z][\w./-]*(?:, ?-{0,2}[A-Za-z][\w./-]*)*\]$/;

/** Reads line by line. It stands on one line, of which a part may be read already. */
class PlainReader {
  readonly #text: string;
  readonly #itemLines: number[] = [];
  /** What is not read yet of the line: from here … */
  #start = 0;
  /** … to here. */
  #end = -1;
  /** Of what stands on the line; -1 behind the last one. */
  #indent = -1;
  #line = -1;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#nextLine();
  }

  document(): PlainDocument {
    if (this.#indent === 0 && this.#rest() === '---') this.#nextLine();
    const line = this.#line;
    if (this.#indent !== 0) throw notPlain;
    const value = this.#mapping(0);
    if (!this.#isOver) throw notPlain;
    return { value, line, itemLines: this.#itemLines };
  }

  get #isOver(): boolean {
    return this.#indent < 0;
  }

  #mapping(indent: number): Record<string, unknown> {
    if (++this.#depth > deepest) throw notPlain;
    const found: Record<string, unknown> = {};
    while (this.#indent === indent) {
      const key = this.#key();
      if (key in found) throw notPlain;
      const isItems = this.#depth === 1 && key === 'items';
      found[key] = this.#value(indent, isItems ? this.#itemLines : undefined);
    }
    if (this.#indent > indent) throw notPlain;
    this.#depth--;
    return found;
  }

  /** @param lines where those of the items are put; others than mappings are not expected then. */
  #sequence(indent: number, lines?: number[]): unknown[] {
    if (++this.#depth > deepest) throw notPlain;
    const items: unknown[] = [];
    while (this.#indent === indent && this.#isDash()) items.push(this.#item(indent, lines));
    if (this.#indent > indent) throw notPlain;
    this.#depth--;
    return items;
  }

  #item(indent: number, lines?: number[]): unknown {
    const before = this.#start;
    this.#start = this.#afterSpaces(before + 1);
    if (this.#isRead()) this.#nextLine();
    else if (this.#isDash() || this.#findColon() >= 0) this.#indent = indent + this.#start - before;
    else if (lines === undefined) return this.#scalar(indent);
    const isEmpty = this.#indent <= indent;
    if (lines !== undefined && (isEmpty || this.#isDash())) throw notPlain;
    lines?.push(this.#line);
    return isEmpty ? null : this.#block();
  }

  /** The mapping or sequence that starts here. */
  #block(lines?: number[]): unknown {
    return this.#isDash() ? this.#sequence(this.#indent, lines) : this.#mapping(this.#indent);
  }

  /** What belongs to a key of a mapping that is indented so. */
  #value(indent: number, lines?: number[]): unknown {
    if (!this.#isRead()) return this.#scalar(indent);
    this.#nextLine();
    if (this.#indent > indent) return this.#block(lines);
    // Items may stand as far left as their key.
    return this.#indent === indent && this.#isDash() ? this.#sequence(indent, lines) : null;
  }

  #key(): string {
    const end = this.#findColon();
    if (end < 0 || end - this.#start > longestKey) throw notPlain;
    const first = this.#text.charCodeAt(this.#start);
    const isQuoted = first === quote || first === apostrophe;
    const key = isQuoted ? this.#quoted(first) : plainKey(this.#text.slice(this.#start, end));
    this.#start = this.#afterSpaces(end + 1);
    return key;
  }

  /** Where the colon stands behind the key that starts here; -1 when none does. */
  #findColon(): number {
    const text = this.#text;
    const first = text.charCodeAt(this.#start);
    if (first === quote || first === apostrophe) {
      const end = this.#quotedEnd(first);
      return text.charCodeAt(end) === colon && this.#isGap(end + 1) ? end : -1;
    }
    for (let at = this.#start; at < this.#end; at++) {
      const char = text.charCodeAt(at);
      if (char === colon && this.#isGap(at + 1)) return at;
      if (char === hash && text.charCodeAt(at - 1) === space) return -1;
    }
    return -1;
  }

  /** A scalar to the end of the line, or an empty collection, that belongs to something indented so. */
  #scalar(indent: number): unknown {
    const value = this.#scalarHere(indent);
    // What is indented further would belong to it.
    if (this.#indent > indent) throw notPlain;
    return value;
  }

  #scalarHere(indent: number): unknown {
    const first = this.#text.charCodeAt(this.#start);
    if (first === quote || first === apostrophe) {
      const value = this.#quoted(first);
      const isLast = this.#start === this.#end || this.#text.charCodeAt(this.#start) === space;
      this.#start = this.#afterSpaces(this.#start);
      if (!isLast || !this.#isRead()) throw notPlain;
      this.#nextLine();
      return value;
    }
    const rest = this.#rest();
    if (rest === '|' || rest === '|-' || rest === '|+') return this.#literal(indent, rest);
    this.#nextLine();
    return plainStart.test(rest) ? plain(rest) : collection(rest);
  }

  /** The lines of a literal block that belongs to something indented so. */
  #literal(indent: number, header: string): string {
    const text = this.#text;
    const lines: string[] = [];
    let at = this.#end + 1;
    const width = this.#afterSpaces(at) - at;
    if (width <= indent || text[at + width] === '\n') throw notPlain;
    while (at < text.length) {
      const end = text.indexOf('\n', at);
      if (end < 0) throw notPlain;
      const content = this.#afterSpaces(at);
      if (content - at < width && content !== end) break;
      lines.push(end - at <= width ? '' : text.slice(at + width, end));
      this.#line++;
      at = end + 1;
    }
    this.#end = at - 1;
    this.#nextLine();
    if (header !== '|+') while (lines.at(-1) === '') lines.pop();
    return lines.join('\n') + (header === '|-' ? '' : '\n');
  }

  /** The quoted scalar that starts here; what is behind it is to be read then. */
  #quoted(mark: number): string {
    const end = this.#quotedEnd(mark);
    const inner = this.#text.slice(this.#start + 1, end - 1);
    this.#start = end;
    if (mark === apostrophe) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
    if (!inner.includes('\\')) return inner;
    if (!escapes.test(inner)) throw notPlain;
    return JSON.parse(`"${inner}"`) as string;
  }

  /** Behind the closing quote, on this line. */
  #quotedEnd(mark: number): number {
    const text = this.#text;
    for (let at = this.#start + 1; at < this.#end; at++) {
      const char = text.charCodeAt(at);
      if (char === mark && mark === apostrophe && text.charCodeAt(at + 1) === apostrophe) at++;
      else if (char === mark) return at + 1;
      // A backslash takes what follows with it, quotes included.
      else if (char === 92 && mark === quote) at++;
    }
    throw notPlain;
  }

  /** Goes to the next line that says something. */
  #nextLine(): void {
    const text = this.#text;
    while (this.#end + 1 < text.length) {
      const at = this.#end + 1;
      const end = text.indexOf('\n', at);
      this.#end = end < 0 ? text.length : end;
      this.#line++;
      this.#start = this.#afterSpaces(at);
      if (this.#isRead()) continue;
      this.#indent = this.#start - at;
      return;
    }
    this.#indent = -1;
    this.#start = this.#end;
  }

  /** Whether nothing but a comment is left of the line. */
  #isRead(): boolean {
    return this.#start >= this.#end || this.#text.charCodeAt(this.#start) === hash;
  }

  /** What is left of the line, without a comment. */
  #rest(): string {
    const comment = this.#text.slice(this.#start, this.#end).indexOf(' #');
    let end = comment < 0 ? this.#end : this.#start + comment;
    while (end > this.#start && this.#text.charCodeAt(end - 1) === space) end--;
    return this.#text.slice(this.#start, end);
  }

  #isDash(): boolean {
    return this.#text.charCodeAt(this.#start) === dash && this.#isGap(this.#start + 1);
  }

  #isGap(at: number): boolean {
    return at >= this.#end || this.#text.charCodeAt(at) === space;
  }

  #afterSpaces(from: number): number {
    let at = from;
    while (this.#text.charCodeAt(at) === space) at++;
    return at;
  }
}

/** Keys that were read before: there are few, and looking one up here is cheaper than to check it. */
const knownKeys = new Map<string, string>();
const mostKnownKeys = 2000;

function plainKey(name: string): string {
  const known = knownKeys.get(name);
  if (known !== undefined) return known;
  if (name.startsWith('-') || name.endsWith(' ') || !plainStart.test(name)) throw notPlain;
  if (typeof resolvePlain(name) !== 'string') throw notPlain;
  if (knownKeys.size >= mostKnownKeys) knownKeys.clear();
  // A copy, as a part of a text keeps the whole of it in memory.
  const key = Buffer.from(name).toString();
  knownKeys.set(key, key);
  return key;
}

function plain(text: string): unknown {
  if (text.includes(': ') || text.endsWith(':')) throw notPlain;
  return resolvePlain(text);
}

function collection(text: string): unknown {
  if (text === '{}') return {};
  if (text === '[]') return [];
  if (quotedList.test(text)) return JSON.parse(text) as unknown;
  if (wordList.test(text)) return text.slice(1, -1).split(/, ?/).map(resolvePlain);
  throw notPlain;
}
