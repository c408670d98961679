import type { KubeObject } from '../model/object.ts';

/** The table that `kubectl get` shows, with the metadata of each row's object. */
export interface TableJson {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  /** Only the first table of a watch has them. */
  readonly columnDefinitions?: readonly { readonly name: string }[] | null;
  readonly rows?: readonly TableRow[] | null;
}

interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: KubeObject;
}

/** Asked for with the query `includeObject=Metadata`. */
export const tableType = 'application/json;as=Table;g=meta.k8s.io;v=v1';

/**
 * Reads the tables of a list and of the watches after it: the metadata of each object, and the column `Type` as its field `type`.
 * Of a Secret, the API server says its type in no other form that leaves the values out.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export class TableReader {
  #typeAt = -1;

  read({ columnDefinitions, rows }: TableJson): readonly KubeObject[] {
    if (columnDefinitions !== undefined && columnDefinitions !== null && columnDefinitions.length > 0)
      this.#typeAt = columnDefinitions.findIndex(({ name }) => name === 'Type');
    return (rows ?? []).map(({ cells, object }) => {
      const type = cells[this.#typeAt];
      return typeof type === 'string' ? { ...object, type } : object;
    });
  }
}
