import type { Unreadable } from '../model/change.ts';
import { type KubeObject, keyOf, refOf } from '../model/object.ts';
import { PostureEngine } from './engine.ts';
import type { EngineOptions } from './engine-types.ts';

/** Judges a set of objects once, with the same code as everything that watches. Read the result from the engine. */
export function judge(
  options: EngineOptions & {
    readonly objects: readonly KubeObject[];
    readonly unreadable?: readonly Unreadable[];
  },
): PostureEngine {
  const engine = new PostureEngine(options);
  engine.setUnreadable(options.unreadable ?? []);
  engine.apply(
    options.objects.map((object) => {
      const ref = refOf(object);
      return { key: keyOf(ref), ref, object };
    }),
  );
  return engine;
}
