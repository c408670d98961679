import type { Labels } from './selector-kinds.ts';
import { type LabelSelector, selects } from './selectors.ts';

/**
 * A question's text: `Kind|namespace|name` for one object, `Kind|namespace` and `Kind` for lists, `Kind?` for "is there
 * any", `Kind#key` for those that have a key, `Kind|namespace`, a border and labels for those that choose pods with these
 * labels.
 */
export type Token = string;

/** Stands in no name and no label, so that only questions about labels have it. */
const border = '\u0001';

/** The token of a question about which objects choose pods with these labels. */
export function selectionToken(kind: string, namespace: string, labels: Labels): Token {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${kind}|${namespace}${border}${JSON.stringify(pairs)}`;
}

/** The tokens whose answers may change with the object. */
export function tokensOf(kind: string, namespace: string, name: string): readonly Token[] {
  return [`${kind}|${namespace}|${name}`, `${kind}|${namespace}`, kind];
}

/** Units that asked exactly the same questions share one of these: pods of one namespace mostly do. */
interface QuestionSet {
  readonly key: string;
  readonly tokens: readonly Token[];
  readonly units: Set<number>;
}

/** Which units (numbers for a control and an object) asked which questions of the cluster. */
export class DependencyIndex {
  readonly #sets = new Map<string, QuestionSet>();
  readonly #byToken = new Map<Token, Set<QuestionSet>>();
  readonly #byUnit = new Map<number, QuestionSet>();
  /** Selection questions that are asked now, by `Kind|namespace`, with the labels that they ask about. */
  readonly #selections = new Map<Token, Map<Token, Labels>>();

  /** Replaces what the unit asked. */
  set(unit: number, tokens: ReadonlySet<Token>): void {
    const held = this.#byUnit.get(unit);
    if (tokens.size === 0) {
      if (held !== undefined) this.#leave(unit, held);
      return;
    }
    const sorted = [...tokens].sort();
    const key = sorted.join('\n');
    if (held?.key === key) return;
    if (held !== undefined) this.#leave(unit, held);
    const set = this.#sets.get(key) ?? this.#add(key, sorted);
    set.units.add(unit);
    this.#byUnit.set(unit, set);
  }

  delete(unit: number): void {
    const held = this.#byUnit.get(unit);
    if (held !== undefined) this.#leave(unit, held);
  }

  /** Units that asked the question. */
  *unitsOf(token: Token): IterableIterator<number> {
    for (const set of this.#byToken.get(token) ?? []) yield* set.units;
  }

  /** Selection questions about pods that any of the selectors chooses. */
  *selectionsBy(
    kind: string,
    namespace: string,
    selectors: readonly (LabelSelector | undefined)[],
  ): IterableIterator<Token> {
    for (const [token, labels] of this.#selections.get(`${kind}|${namespace}`) ?? []) {
      if (selectors.some((selector) => selects(selector, labels))) yield token;
    }
  }

  /** Questions that are asked now about the kind, in any form. */
  *tokensAbout(kind: string): IterableIterator<Token> {
    for (const token of this.#byToken.keys()) {
      if (
        token === kind ||
        token === `${kind}?` ||
        token.startsWith(`${kind}|`) ||
        token.startsWith(`${kind}#`)
      )
        yield token;
    }
  }

  /** For measuring: units, distinct sets and tokens held. */
  get size(): { readonly units: number; readonly sets: number; readonly tokens: number } {
    return { units: this.#byUnit.size, sets: this.#sets.size, tokens: this.#byToken.size };
  }

  #add(key: string, tokens: readonly Token[]): QuestionSet {
    const set: QuestionSet = { key, tokens, units: new Set() };
    this.#sets.set(key, set);
    for (const token of tokens) {
      const sets = this.#byToken.get(token);
      if (sets === undefined) {
        this.#byToken.set(token, new Set([set]));
        this.#noteSelection(token);
      } else sets.add(set);
    }
    return set;
  }

  #leave(unit: number, set: QuestionSet): void {
    this.#byUnit.delete(unit);
    set.units.delete(unit);
    if (set.units.size > 0) return;
    this.#sets.delete(set.key);
    for (const token of set.tokens) {
      const sets = this.#byToken.get(token);
      sets?.delete(set);
      if (sets?.size === 0) {
        this.#byToken.delete(token);
        this.#forgetSelection(token);
      }
    }
  }

  #noteSelection(token: Token): void {
    const at = token.indexOf(border);
    if (at < 0) return;
    const place = token.slice(0, at);
    const labels = Object.fromEntries(JSON.parse(token.slice(at + 1)) as [string, string][]);
    const held = this.#selections.get(place);
    if (held === undefined) this.#selections.set(place, new Map([[token, labels]]));
    else held.set(token, labels);
  }

  #forgetSelection(token: Token): void {
    const at = token.indexOf(border);
    if (at < 0) return;
    const place = token.slice(0, at);
    const held = this.#selections.get(place);
    held?.delete(token);
    if (held?.size === 0) this.#selections.delete(place);
  }
}
