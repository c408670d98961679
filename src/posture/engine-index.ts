import type { KubeObject } from '../model/object.ts';
import type { Token } from './engine-dependencies.ts';
import { indexKeysOf, isIndexed } from './index-keys.ts';

/** The token of a question about which objects of a kind have a key. */
export function keyToken(kind: string, key: string): Token {
  return `${kind}#${key}`;
}

/** The token of a question about whether any object of a kind has a key: its answer changes more seldom. */
export function existenceToken(kind: string, key: string): Token {
  return `${keyToken(kind, key)}?`;
}

/** Which objects have which keys (index-keys.ts), kept up with every change. */
export class KeyIndex {
  readonly #byToken = new Map<Token, Set<string>>();
  readonly #tokens = new Map<string, readonly Token[]>();

  /**
   * Takes in how an object is now; no object, or one that nothing should find, has no keys.
   *
   * @returns the questions whose answers may be other than before: about objects with keys that it had or has, and about the
   *   existence of some for keys that it had or has, not both.
   */
  set(objectKey: string, kind: string, object: KubeObject | undefined): Iterable<Token> {
    if (!isIndexed(kind)) return [];
    const before = this.#tokens.get(objectKey) ?? [];
    const now = object === undefined ? [] : indexKeysOf(object).map((key) => keyToken(kind, key));
    for (const token of before) this.#leave(token, objectKey);
    for (const token of now) this.#join(token, objectKey);
    if (now.length === 0) this.#tokens.delete(objectKey);
    else this.#tokens.set(objectKey, now);
    const changed = [...before, ...now].filter((token) => before.includes(token) !== now.includes(token));
    return new Set([...before, ...now, ...changed.map((token) => `${token}?`)]);
  }

  /** Keys of the objects that a question is about, in order. */
  objectKeysOf(token: Token): readonly string[] {
    return [...(this.#byToken.get(token) ?? [])].sort();
  }

  /** Whether any object is among the answers to all of these questions (of {@link keyToken}). */
  hasAll(tokens: readonly Token[]): boolean {
    const sets = tokens.map((token) => this.#byToken.get(token));
    const [smallest, ...others] = sets.sort((a, b) => (a?.size ?? 0) - (b?.size ?? 0));
    for (const key of smallest ?? []) if (others.every((other) => other?.has(key) === true)) return true;
    return false;
  }

  /** For measuring. */
  get size(): number {
    return this.#tokens.size;
  }

  #join(token: Token, objectKey: string): void {
    const held = this.#byToken.get(token);
    if (held === undefined) this.#byToken.set(token, new Set([objectKey]));
    else held.add(objectKey);
  }

  #leave(token: Token, objectKey: string): void {
    const held = this.#byToken.get(token);
    held?.delete(objectKey);
    if (held?.size === 0) this.#byToken.delete(token);
  }
}
