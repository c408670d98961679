/** Why one object has to be judged again. */
export interface Dirty {
  causeKey: string;
  /** Controls to ask; all when undefined. */
  columns: Set<number> | undefined;
}

/** Marks a control (all when undefined) of an object to be asked again. */
export function mark(
  dirty: Map<string, Dirty>,
  key: string,
  column: number | undefined,
  causeKey: string,
): void {
  const held = dirty.get(key);
  if (held === undefined) {
    dirty.set(key, { causeKey, columns: column === undefined ? undefined : new Set([column]) });
  } else if (column === undefined) {
    // The object's own change says more than that of something it asked about.
    held.columns = undefined;
    if (causeKey === key) held.causeKey = key;
  } else {
    held.columns?.add(column);
  }
}
