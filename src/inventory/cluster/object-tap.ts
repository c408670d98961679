import type { KubeObject } from '../../model/object.ts';

/** What a watch says of one object. */
export type TappedChange =
  | { readonly type: 'put'; readonly object: KubeObject }
  | { readonly type: 'delete'; readonly key: string };

export interface TappedKind {
  readonly group: string;
  readonly kind: string;
}

/**
 * Sees the objects of a cluster whole, status and book-keeping included, as they pass by on their way into the inventory, which keeps
 * less of them. Called in order, for every kind that is watched; must not throw.
 */
export interface ObjectTap {
  /** `initial`: of the first list of the kind. */
  onChanges(
    kind: TappedKind,
    changes: readonly TappedChange[],
    info: { readonly atMs: number; readonly initial: boolean },
  ): void;
  /** The kind has been listed completely: these are all that there are. */
  onListed(kind: TappedKind, keys: ReadonlySet<string>, atMs: number): void;
  /** The API server has answered a list or a watch of the kind, or has not. */
  onAsked(kind: TappedKind, verb: 'list' | 'watch', isAnswered: boolean): void;
}
