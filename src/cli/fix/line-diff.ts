import { unifiedDiff } from '../../kit/unified-diff.ts';

const contextLines = 3;
/** Cells of the table of common lines, beyond which the change is shown as one hunk. */
const mostCells = 4_000_000;

interface Edit {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** The change as a unified diff with a hunk for each place, so that what did not change is not shown as if it had. */
export function lineDiff(before: string, after: string, file: string): string {
  if (before === after) return '';
  const [old, now] = [before, after].map((text) => text.split(/(?<=\n)/)) as [string[], string[]];
  if (old.length * now.length > mostCells) return unifiedDiff(before, after, file);
  const edits = editsOf(old, now);
  const near = edits.map((_edit, i) =>
    edits.slice(Math.max(0, i - contextLines), i + contextLines + 1).some(({ mark }) => mark !== ' '),
  );
  const out = [`--- a/${file}\n+++ b/${file}\n`];
  let [oldLine, newLine] = [1, 1];
  for (let at = 0; at < edits.length; ) {
    let end = at;
    while (end < edits.length && near[end] === near[at]) end++;
    const hunk = edits.slice(at, end);
    const [oldCount, newCount] = (['+', '-'] as const).map(
      (other) => hunk.filter(({ mark }) => mark !== other).length,
    ) as [number, number];
    if (near[at] === true) {
      out.push(`@@ -${oldLine},${oldCount} +${newLine},${newCount} @@\n`);
      for (const { mark, text } of hunk)
        out.push(text.endsWith('\n') ? `${mark}${text}` : `${mark}${text}\n\\ No newline at end of file\n`);
    }
    oldLine += oldCount;
    newLine += newCount;
    at = end;
  }
  return out.join('');
}

/** By the longest common subsequence of lines. */
function editsOf(old: readonly string[], now: readonly string[]): Edit[] {
  const cell = commonLengths(old, now);
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [left, right] = [old[i], now[j]];
    if (left !== undefined && left === right) {
      edits.push({ mark: ' ', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || cell(i + 1, j) >= cell(i, j + 1))) {
      edits.push({ mark: '-', text: left });
      i++;
    } else {
      edits.push({ mark: '+', text: right ?? '' });
      j++;
    }
  }
  return edits;
}

/** How many lines the rest of `old` from i on and of `now` from j on have in common, in order. */
function commonLengths(old: readonly string[], now: readonly string[]): (i: number, j: number) => number {
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const cell = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * width + j] =
        old[i] === now[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  return cell;
}
