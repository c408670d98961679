import type { KubeObject } from '../model/object.ts';
import { selectorKinds, selectorOf } from './selector-kinds.ts';
import type { LabelSelector } from './selectors.ts';

interface Chooser {
  readonly selector: LabelSelector | undefined;
  /** As JSON. */
  readonly spec: string;
}

/** How objects that choose pods by labels are, as far as verdicts on these pods go by it: their `spec`. */
export class ChooserIndex {
  readonly #held = new Map<string, Chooser>();

  /**
   * Takes in how an object is now; undefined when it is gone, or should not be seen.
   *
   * @returns by which selectors pods are chosen that this may matter to, before and now; none when it is as it was, but for its metadata.
   */
  set(key: string, object: KubeObject | undefined): readonly (LabelSelector | undefined)[] {
    const before = this.#held.get(key);
    if (object === undefined || !selectorKinds.has(object.kind)) {
      this.#held.delete(key);
      return [before?.selector];
    }
    const spec = JSON.stringify(object['spec']) ?? '';
    if (before?.spec === spec) return [];
    const selector = selectorOf(object);
    this.#held.set(key, { selector, spec });
    return [before?.selector, selector];
  }
}
