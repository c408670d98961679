import type { KubeObject, ObjectRef } from '../../model/object.ts';
import type { InventoryIndex } from '../index/inventory-index.ts';

/** What the relations are read from; an `Inventory` is one. */
export interface ObjectsView {
  readonly index: InventoryIndex;
  object(key: string): KubeObject | undefined;
  get(kind: string, namespace: string, name: string): KubeObject | undefined;
  list(kind: string, namespace?: string): readonly KubeObject[];
  ref(key: string): ObjectRef | undefined;
}
