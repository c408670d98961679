import type { Fields } from './fields.ts';
import type { KeyFilter } from './label-names.ts';

/** Adds one series: its value, and its labels beside those that name the object, as names and values in turn. */
export type Emit = (value: number, ...labels: string[]) => void;

/** Which labels and annotations of a resource's objects become labels. */
export interface Allowed {
  readonly labels: KeyFilter;
  readonly annotations: KeyFilter;
}

/** One metric of a resource. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** Only rendered when it is asked for by name. */
  readonly isOptIn?: boolean;
  /** Says which series an object has. */
  readonly emit: (object: Fields, emit: Emit, allowed: Allowed) => void;
}

/** What one kind of object becomes. */
export interface StateResource {
  /** As in `state-resources.ts`: `pods`. */
  readonly resource: string;
  /** The labels that name an object, on each of its series. */
  readonly identity: (object: Fields) => readonly string[];
  readonly families: readonly Family[];
}
