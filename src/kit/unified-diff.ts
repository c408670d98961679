/** Lines of unchanged text around a change. */
const contextLines = 3;

/**
 * The change from `before` to `after` as a unified diff of one hunk, from the first line that differs to the last; '' when they
 * are equal. `patch` and `git apply` take it.
 *
 * @param file the name in its header
 * @param firstLine the line of the file that `before` starts at, from 1
 */
export function unifiedDiff(before: string, after: string, file: string, firstLine = 1): string {
  if (before === after) return '';
  const old = linesOf(before);
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  )
    end++;
  const from = Math.max(0, start - contextLines);
  const tail = Math.min(contextLines, end);
  const lines = [
    ...old.slice(from, start).map((line) => ` ${line}`),
    ...old.slice(start, old.length - end).map((line) => `-${line}`),
    ...now.slice(start, now.length - end).map((line) => `+${line}`),
    ...old.slice(old.length - end, old.length - end + tail).map((line) => ` ${line}`),
  ];
  const oldCount = old.length - end + tail - from;
  const newCount = now.length - end + tail - from;
  const at = firstLine + from;
  return `--- a/${file}\n+++ b/${file}\n@@ -${at},${oldCount} +${at},${newCount} @@\n${lines.join('\n')}\n`;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
