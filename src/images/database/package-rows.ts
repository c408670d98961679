import type { Advisory } from './advisory.ts';
import { type Bounds, readOutline, type UpperBound } from './row-bounds.ts';

/** Sorts rows out by their ranges, before anything else of them is read. */
export interface RowTest {
  /** Whether a row of these ranges may matter. */
  readonly mayBeIn: (ranges: readonly Bounds[]) => boolean;
  /** Whether the version comes after all that a bound allows. */
  readonly isAbove: (bound: UpperBound) => boolean;
}

/**
 * The rows of one name, as text: a line for each, `vulnerability,system,blob,ecosystem`, and behind it, where they are known, the
 * ranges of its blob, see `outlineOf`. Most lines of most names are of no version that is in use, and are never more than text.
 *
 * Behind an empty line come rows in the order of their upper bounds, the highest first: when a version is above one of them, it is
 * above the rest up to the next empty line.
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

  /** All rows, or those that a test lets pass, by the vulnerabilities' places in the database. */
  rows(test?: RowTest): readonly Advisory[] {
    const text = this.#text;
    const rows: Advisory[] = [];
    let isSorted = false;
    for (let from = 0; from < text.length; ) {
      const next = text.indexOf('\n', from);
      const end = next < 0 ? text.length : next;
      if (end === from) {
        isSorted = true;
        from = end + 1;
        continue;
      }
      const line = text.slice(from, end);
      from = end + 1;
      const head = headOf(line);
      const answer = test === undefined ? 'in' : judge(line, head, test);
      if (answer === 'in') rows.push(this.#advisoryOf(line.slice(0, head)));
      else if (answer === 'above' && isSorted) from = endOfRun(text, end);
    }
    return rows.length < 2 ? rows : rows.sort(byPlace);
  }
}

/** Where the head of a line ends. */
function headOf(line: string): number {
  const tab = line.indexOf('\t');
  return tab < 0 ? line.length : tab;
}

/** `above`: the version is above what the row allows; `out`: it is in none of its ranges, and nothing more is known. */
function judge(line: string, head: number, test: RowTest): 'in' | 'out' | 'above' {
  // What has no ranges is told of no version, or of all.
  if (head === line.length) return 'in';
  const outline = readOutline(line.slice(head + 1));
  if (outline === undefined || test.mayBeIn(outline.ranges)) return 'in';
  return outline.upper !== undefined && test.isAbove(outline.upper) ? 'above' : 'out';
}

/** Where the empty line after a run of rows is, or the end. @param from the end of a line */
function endOfRun(text: string, from: number): number {
  const next = text.indexOf('\n\n', from);
  return next < 0 ? text.length : next + 1;
}

function byPlace(left: Advisory, right: Advisory): number {
  return left.vulnerability - right.vulnerability || left.blob - right.blob;
}

/** A row with the outline of its ranges, to be put among others of its name. */
export interface WrittenRow {
  readonly head: string;
  /** With its tabs; empty for a row without ranges. */
  readonly outline: string;
}

/** The text of the rows of one name. */
export function textOfRows(rows: readonly WrittenRow[]): string {
  const loose: string[] = [];
  const runs = new Map<string, { readonly upper: UpperBound; readonly line: string }[]>();
  for (const { head, outline } of rows) {
    const line = head + outline;
    const upper = outline === '' ? undefined : readOutline(outline.slice(1))?.upper;
    const key = upper === undefined ? '' : `${upper.scheme.name} ${upper.order}`;
    const run = runs.get(key);
    if (upper === undefined) loose.push(line);
    else if (run === undefined) runs.set(key, [{ upper, line }]);
    else run.push({ upper, line });
  }
  const sorted = [...runs.values()].map((run) =>
    run
      .sort((a, b) => a.upper.scheme.compare(b.upper.version, a.upper.version))
      .map(({ line }) => line)
      .join('\n'),
  );
  return [loose.join('\n'), ...sorted].join('\n\n').replace(/^\n(?=\n)/, '');
}
