/** Something to say of a place in an expression. */
export interface Remark {
  readonly severity: 'error' | 'warning' | 'info';
  readonly text: string;
  /** Index into the expression; undefined where it is about all of it. */
  readonly at: number | undefined;
}

/**
 * Takes the place out of a message: `1:5: parse error: …` of an error, `… (1:5)` of a warning or an info. Lines and columns count
 * from 1.
 */
export function remarkOf(severity: Remark['severity'], message: string, expr: string): Remark {
  const before = /^(?:invalid parameter "query": )?(\d+):(\d+): (?:parse error: )?/.exec(message);
  if (before !== null)
    return { severity, text: message.slice(before[0].length), at: indexOf(expr, before[1], before[2]) };
  const text = message.replace(/^PromQL (?:warning|info): /, '');
  const after = / \((\d+):(\d+)\)$/.exec(text);
  if (after === null) return { severity, text, at: undefined };
  return { severity, text: text.slice(0, after.index), at: indexOf(expr, after[1], after[2]) };
}

function indexOf(expr: string, line: string | undefined, column: string | undefined): number {
  const lines = expr.split('\n');
  const above = lines.slice(0, Number(line) - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(expr.length, above + Number(column) - 1);
}
