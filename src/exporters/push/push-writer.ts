import type { Clock } from '../../kit/clock.ts';
import type { Labels } from '../../model/labels.ts';
import { setStaleAt } from '../../model/sample.ts';
import type { SampleStore } from '../state/state-writer.ts';
import { familiesInForce, type PushGroup } from './push-group.ts';
import { samplesOf } from './pushed-family.ts';

interface Row {
  readonly labels: Labels;
  handle: number;
  readonly value: number;
}

/** Writes series of groups into the store: what changed when it does, all of them in rounds, and the marker that ends a series. */
export class PushWriter {
  readonly #store: SampleStore;
  readonly #clock: Clock;
  readonly #rows = new Map<string, readonly Row[]>();
  /** Each batch is written later than the one before, so that two pushes within a millisecond are both kept. */
  #atMs = 0;

  constructor(store: SampleStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Brings the store to what a group has now. @returns the labels of the series that are other than before */
  set(key: string, group: PushGroup | undefined): readonly Labels[] {
    const before = new Map((this.#rows.get(key) ?? []).map((row) => [row.handle, row]));
    const after = group === undefined ? [] : this.#rowsOf(group);
    if (group === undefined) this.#rows.delete(key);
    else this.#rows.set(key, after);
    const changed = after.filter(({ handle, value }) => !Object.is(before.get(handle)?.value, value));
    for (const { handle } of after) before.delete(handle);
    const gone = [...before.values()];
    this.#write(gone, true);
    this.#write(after, false);
    return [...changed, ...gone].map(({ labels }) => labels);
  }

  /** Writes every series again. */
  round(): void {
    this.#write([...this.#rows.values()].flat(), false);
  }

  #rowsOf(group: PushGroup): Row[] {
    return familiesInForce(group).flatMap((family) =>
      Array.from(samplesOf(family), ({ name, labels, value }) => {
        const all = { __name__: name, ...present(labels) };
        return { labels: all, handle: this.#store.handleOf(all), value };
      }),
    );
  }

  #write(rows: readonly Row[], areMarkers: boolean): void {
    if (rows.length === 0) return;
    this.#atMs = Math.max(this.#clock.now(), this.#atMs + 1);
    const handles = new Float64Array(rows.length);
    const values = new Float64Array(rows.length);
    let length = 0;
    for (const row of rows) {
      // A series that the store let go, or had no room for, is asked for anew.
      if (!this.#store.isHandle(row.handle) && !areMarkers) row.handle = this.#store.handleOf(row.labels);
      if (row.handle < 0) continue;
      handles[length] = row.handle;
      if (areMarkers) setStaleAt(values, length);
      else values[length] = row.value;
      length++;
    }
    const timesMs = new Float64Array(length).fill(this.#atMs);
    this.#store.appendColumns({ handles, timesMs, values, length });
  }
}

/** A label without a value is none to the store. */
function present(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
