import type { ObjectRef } from '../model/object.ts';
import type { Evidence, Verdict } from '../model/verdict.ts';
import type { Judgement } from './engine-judge.ts';

const mostTexts = 10_000;
const none: readonly never[] = [];

/** Texts that most verdicts share, kept once. */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  of(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= mostTexts) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }

  /** Built field by field: this runs for each verdict of a scan, where spreading costs many times more. */
  compact(controlId: string, object: ObjectRef, judged: Judgement): Verdict {
    const { state, reason, exception, evidence, related } = judged;
    const verdict: Written<Verdict> = {
      controlId,
      object,
      state,
      evidence: evidence.length === 0 ? none : evidence.map((one) => this.#evidence(one)),
      related: related.length === 0 ? none : related,
    };
    if (exception !== undefined) verdict.exception = exception;
    if (reason !== undefined) verdict.reason = this.of(reason);
    return verdict;
  }

  #evidence(one: Evidence): Evidence {
    const { path, stablePath, message, value, fix, command } = one;
    const kept: Written<Evidence> = {
      path: this.of(path),
      stablePath: this.of(stablePath),
      message: this.of(message),
    };
    if (value !== undefined) kept.value = value;
    if (fix !== undefined) kept.fix = fix;
    if (command !== undefined) kept.command = command;
    return kept;
  }
}

type Written<T> = { -readonly [Key in keyof T]: T[Key] };
