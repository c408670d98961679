/** Lines of unchanged text around a change. */
const contextLines = 3;
/** Cells of the table of common lines, beyond which everything between the first and the last change is one. */
const mostCells = 4_000_000;

interface Edit {
  readonly mark: ' ' | '-' | '+';
  /** With its line end, where it has one. */
  readonly text: string;
}

/**
 * The change from `before` to `after` as a unified diff with a hunk for each place; '' when they are equal. `patch` and `git apply`
 * take it.
 *
 * @param file the name in its header
 * @param firstLine the line of the file that `before` starts at, from 1
 */
export function unifiedDiff(before: string, after: string, file: string, firstLine = 1): string {
  if (before === after) return '';
  const edits = editsOf(linesOf(before), linesOf(after));
  const near = edits.map((_edit, i) =>
    edits.slice(Math.max(0, i - contextLines), i + contextLines + 1).some(({ mark }) => mark !== ' '),
  );
  const out = [`--- a/${file}\n+++ b/${file}\n`];
  let [oldLine, newLine] = [firstLine, firstLine];
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

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** What both begin and end with is kept; between that, by the longest common subsequence of lines. */
function editsOf(old: readonly string[], now: readonly string[]): Edit[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const kept = (lines: readonly string[]) => lines.map((text): Edit => ({ mark: ' ', text }));
  return [
    ...kept(old.slice(0, start)),
    ...changesOf(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...kept(old.slice(old.length - end)),
  ];
}

function changesOf(old: readonly string[], now: readonly string[]): Edit[] {
  if (old.length * now.length > mostCells)
    return [
      ...old.map((text): Edit => ({ mark: '-', text })),
      ...now.map((text): Edit => ({ mark: '+', text })),
    ];
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
