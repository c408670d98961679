/** Beyond so many pairs of lines nothing is aligned. */
const mostCells = 4_000_000;

/**
 * For each line of a rendered text the line of its template (from 1) that it comes from, as well as can be told: lines are
 * matched in order, by their whole text or by the key that they begin with. A line that has no match is given the last
 * one before it that has.
 *
 * @param start the line of the template that the text cannot come from before.
 */
export function templateLines(rendered: string, template: string, start = 1): readonly number[] {
  const made = rendered.split('\n').map(shapeOf);
  const from = template
    .split('\n')
    .map(shapeOf)
    .slice(start - 1);
  if (made.length * from.length > mostCells) return made.map(() => start);
  const width = from.length + 1;
  const best = new Uint32Array((made.length + 1) * width);
  const at = (i: number, j: number) => best[i * width + j] ?? 0;
  for (let i = made.length - 1; i >= 0; i--)
    for (let j = from.length - 1; j >= 0; j--)
      best[i * width + j] = Math.max(
        at(i + 1, j),
        at(i, j + 1),
        at(i + 1, j + 1) + likeness(made[i], from[j]),
      );
  const lines: number[] = [];
  let last = start;
  for (let i = 0, j = 0; i < made.length; i++) {
    const score = at(i, j);
    // The first line of the template that can be matched without losing anything further down.
    let found = -1;
    for (let k = j; k < from.length && at(i, k) === score; k++) {
      const own = likeness(made[i], from[k]);
      if (own > 0 && at(i + 1, k + 1) + own === score) {
        found = k;
        break;
      }
    }
    if (found >= 0) {
      last = start + found;
      j = found + 1;
    }
    lines.push(last);
  }
  return lines;
}

interface Line {
  readonly text: string;
  /** What stands before the colon, a list's mark included. */
  readonly key: string;
}

function shapeOf(line: string): Line {
  const text = line.trim();
  if (text.startsWith('{{') || text.startsWith('#')) return { text: '', key: '' };
  return { text, key: /^(?:- )*[^\s:{]+:(?=\s|$)/.exec(text)?.[0] ?? '' };
}

function likeness(made: Line | undefined, from: Line | undefined): number {
  if (made === undefined || from === undefined || made.text === '') return 0;
  if (made.text === from.text) return 3;
  return made.key !== '' && made.key === from.key ? 2 : 0;
}
