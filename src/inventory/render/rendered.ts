import type { Origin } from '../../model/change.ts';
import type { KubeObject, ObjectRef } from '../../model/object.ts';

/** Where lines of a rendered object come from. */
export type ObjectSource =
  /** A text that was made from a template, and the template's line (from 1) for each of its lines. */
  | { readonly text: string; readonly lines: readonly number[] }
  /** What the object is called in its file, where that is another name. */
  | { readonly ref: ObjectRef };

/** An object that a tool made from files. */
export interface RenderedObject {
  readonly object: KubeObject;
  /** The file that it comes from, as far as the tool says. */
  readonly origin: Origin;
  readonly source?: ObjectSource;
}

export interface Rendered {
  readonly objects: readonly RenderedObject[];
  /** What is odd about the result. */
  readonly warnings: readonly string[];
}
