/** How a label matcher compares. */
export type MatchOp = '=' | '!=' | '=~' | '!~';

/** One label matcher, of a PromQL selector, a route, a silence or an inhibition rule. A missing label has the value ''. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOp;
  /** The text to equal, or the pattern (RE2, matched against the whole value). */
  readonly value: string;
}

/** As it is written: `name="value"`. */
export function formatMatcher({ name, op, value }: Matcher): string {
  return `${name}${op}${JSON.stringify(value)}`;
}
