import { parseConstraint } from '../versions/constraint.ts';
import { remembered } from '../versions/remembered.ts';
import { schemeOf } from '../versions/schemes.ts';
import type { Advisory, AdvisoryRange } from './advisory.ts';

/** What of a range says whether a version is in it. */
export type Bounds = Pick<AdvisoryRange, 'type' | 'scheme' | 'constraint'>;

/**
 * Sorts rows out by their ranges, before anything else of them is read: whether a row of these may matter. Rows of which it does
 * not are not given.
 */
export type RowTest = (ranges: readonly Bounds[]) => boolean;

/**
 * The rows of one name, as text: a line for each, `vulnerability,system,blob,ecosystem`, and behind it, where they are known, the
 * ranges of its blob, see {@link outlineOf}. Most lines of most names are of no version that is in use, and are never more than
 * text.
 */
export class PackageRows {
  readonly #text: string;
  readonly #advisoryOf: (head: string) => Advisory;

  constructor(text: string, advisoryOf: (head: string) => Advisory) {
    this.#text = text;
    this.#advisoryOf = advisoryOf;
  }

  /** Of what it holds, in characters. */
  get size(): number {
    return this.#text.length;
  }

  /** All rows, or those that a test lets pass, in the order of the database. */
  rows(test?: RowTest): readonly Advisory[] {
    const text = this.#text;
    const rows: Advisory[] = [];
    let tab = text.indexOf('\t');
    for (let from = 0; from < text.length; ) {
      const next = text.indexOf('\n', from);
      const end = next < 0 ? text.length : next;
      if (tab >= 0 && tab < from) tab = text.indexOf('\t', from);
      const endOfHead = tab < 0 || tab > end ? end : tab;
      if (test === undefined || mayMatter(text.slice(endOfHead + 1, end), endOfHead < end, test))
        rows.push(this.#advisoryOf(text.slice(from, endOfHead)));
      from = end + 1;
    }
    return rows;
  }
}

function mayMatter(outline: string, hasRanges: boolean, test: RowTest): boolean {
  const ranges = hasRanges ? boundsOf(outline) : [];
  return ranges === undefined || test(ranges);
}

/** Stands in a line for ranges that only its blob tells. */
export const unknownOutline = '\t?';

/** Characters that lines are told apart by; ranges that have such are left to their blob. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const separators = /[\u0000-\u001f]/;

/** Ranges as lines have them: the type and the constraint of each, with a tab before both. */
export function outlineOf(ranges: readonly Pick<AdvisoryRange, 'type' | 'text'>[]): string {
  let outline = '';
  for (const { type, text } of ranges) {
    if (separators.test(type) || separators.test(text)) return unknownOutline;
    outline += `\t${type}\t${text}`;
  }
  return outline;
}

/** Undefined where they are not known. */
const boundsOf = remembered((outline): readonly Bounds[] | undefined => {
  const parts = outline.split('\t');
  if (parts.length % 2 === 1) return undefined;
  const ranges: Bounds[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const type = parts[i] ?? '';
    ranges.push({ type, scheme: schemeOf(type), constraint: constraintOf(parts[i + 1] ?? '') });
  }
  return ranges;
});

/** Undefined where it cannot be read. */
export function constraintOf(text: string): AdvisoryRange['constraint'] {
  try {
    return parseConstraint(text === 'none (unknown)' ? '' : text);
  } catch {
    return undefined;
  }
}
