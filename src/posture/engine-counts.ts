import type { VerdictState } from '../model/verdict.ts';
import type { StateCounts } from './engine-types.ts';

/** States by the byte that stands for them; 0 is "no verdict". */
export const stateNames = [undefined, 'pass', 'fail', 'unknown', 'excepted', 'not-applicable'] as const;

export function codeOf(state: VerdictState | undefined): number {
  return state === undefined ? 0 : stateNames.indexOf(state);
}

/**
 * One byte for each object and control, and running counts by control and namespace. Rows are named by small numbers
 * that are given out again when their object goes.
 */
export class StateTable {
  readonly #columns: number;
  #bytes: Uint8Array;
  #rows = 0;
  readonly #free: number[] = [];
  /** Control, then namespace, to how many rows have each state. */
  readonly #counts: readonly Map<string, Uint32Array>[];

  constructor(columns: number) {
    this.#columns = columns;
    this.#bytes = new Uint8Array(Math.max(1, columns) * 256);
    this.#counts = Array.from({ length: columns }, () => new Map<string, Uint32Array>());
  }

  addRow(): number {
    const row = this.#free.pop() ?? this.#rows++;
    const needed = this.#rows * this.#columns;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return row;
  }

  /** The row's states must all be 0. */
  freeRow(row: number): void {
    this.#free.push(row);
  }

  get(row: number, column: number): number {
    return this.#bytes[row * this.#columns + column] ?? 0;
  }

  /** `namespace`: where it is counted; undefined for what is not counted. */
  set(row: number, column: number, code: number, namespace: string | undefined): void {
    const at = row * this.#columns + column;
    const before = this.#bytes[at] ?? 0;
    if (before === code) return;
    this.#bytes[at] = code;
    if (namespace === undefined) return;
    this.count(column, namespace, before, -1);
    this.count(column, namespace, code, 1);
  }

  count(column: number, namespace: string, code: number, by: number): void {
    if (code === 0) return;
    const namespaces = this.#counts[column];
    if (namespaces === undefined) return;
    const counts = namespaces.get(namespace) ?? new Uint32Array(stateNames.length);
    namespaces.set(namespace, counts);
    counts[code] = (counts[code] ?? 0) + by;
    if (by < 0 && counts.every((count) => count === 0)) namespaces.delete(namespace);
  }

  /** Namespaces with a verdict of the control, and their counts by state code. */
  countsOf(column: number): ReadonlyMap<string, Uint32Array> {
    return this.#counts[column] ?? new Map();
  }
}

/** The counts of one namespace by their states' names. */
export function stateCountsOf(counts: Uint32Array): StateCounts {
  return {
    pass: counts[1] ?? 0,
    fail: counts[2] ?? 0,
    unknown: counts[3] ?? 0,
    excepted: counts[4] ?? 0,
    'not-applicable': counts[5] ?? 0,
  };
}

/** What a state counts as for a `ResourceState`, by its code. */
export const tallies = [undefined, 'passed', 'failed', 'unknown', 'passed', undefined] as const;

/** States of which more is kept than that they are so. */
export const keptStates: ReadonlySet<VerdictState> = new Set(['fail', 'unknown', 'excepted']);
