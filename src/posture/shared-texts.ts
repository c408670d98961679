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

  compact({ state, reason, exception, evidence, related }: Judgement): Judgement {
    return {
      state,
      ...(exception === undefined ? {} : { exception }),
      ...(reason === undefined ? {} : { reason: this.of(reason) }),
      evidence:
        evidence.length === 0
          ? none
          : evidence.map((one) => ({
              ...one,
              path: this.of(one.path),
              stablePath: this.of(one.stablePath),
              message: this.of(one.message),
            })),
      related: related.length === 0 ? none : related,
    };
  }
}
