import type { ObjectRef } from '../model/object.ts';
import type { Verdict, VerdictState } from '../model/verdict.ts';
import type { PlannedControl } from './engine-plan.ts';
import type { VerdictChange } from './engine-types.ts';

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
  /** Whether there may be verdicts on it of controls that do not judge what an owner covers. */
  wasJudgedItself: boolean;
}

export function newEntry(key: string, ref: ObjectRef, row: number, planned: Entry['planned']): Entry {
  const wasJudgedItself = false;
  return {
    key,
    ref,
    row,
    planned,
    apiVersion: '',
    uid: '',
    owner: undefined,
    drill: undefined,
    wasJudgedItself,
  };
}

/** What is reported of a verdict on an object. Built field by field, as a first scan makes one for each control and object. */
export function changeOf(
  verdict: Verdict,
  { key, drill }: Entry,
  causeKey: string,
  before: VerdictState | undefined,
  isRemoved: boolean,
): VerdictChange {
  const change: { -readonly [Key in keyof VerdictChange]: VerdictChange[Key] } = { verdict, key, causeKey };
  if (before !== undefined) change.before = before;
  if (isRemoved) change.removed = true;
  if (drill !== undefined) change.drill = drill;
  return change;
}
