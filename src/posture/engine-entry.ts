import type { ObjectRef } from '../model/object.ts';
import type { PlannedControl } from './engine-plan.ts';

/** What the engine keeps of one object. */
export interface Entry {
  readonly key: string;
  readonly ref: ObjectRef;
  readonly row: number;
  planned: readonly PlannedControl[];
  apiVersion: string;
  /** Of kinds that can own others; '' where unknown. */
  uid: string;
  owner: { readonly key: string; readonly uid: string } | undefined;
  drill: string | undefined;
}

export function newEntry(key: string, ref: ObjectRef, row: number, planned: Entry['planned']): Entry {
  return { key, ref, row, planned, apiVersion: '', uid: '', owner: undefined, drill: undefined };
}
