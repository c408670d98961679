import { LineCounter, parseDocument } from 'yaml';

/** Finds the line (from 1) of a field of a YAML text, or of the nearest thing that holds it. */
export function lineFinder(text: string): (path: readonly (string | number)[]) => number {
  return (path) => {
    const lines = new LineCounter();
    const doc = parseDocument(text, { lineCounter: lines, merge: true });
    for (let depth = path.length; depth > 0; depth--) {
      const node = doc.getIn(path.slice(0, depth), true) as { range?: readonly number[] } | undefined;
      const offset = node?.range?.[0];
      if (offset !== undefined) return lines.linePos(offset).line;
    }
    return 0;
  };
}
