import type { Clock } from '../../kit/clock.ts';
import type { Labels } from '../../model/labels.ts';
import { setStaleAt } from '../../model/sample.ts';
import { labelsOf } from './rendered.ts';
import type { SeriesListener, StateObject, StateObjects } from './state-objects.ts';

/** What is needed of the time-series store; see `TimeSeriesStore`. */
export interface SampleStore {
  /** Negative when it takes no such series now. */
  handleOf(labels: Labels): number;
  isHandle(handle: number): boolean;
  appendColumns(columns: {
    readonly handles: Float64Array;
    readonly timesMs: Float64Array;
    readonly values: Float64Array;
    readonly length: number;
  }): unknown;
}

export interface StateWriterOptions {
  readonly store: SampleStore;
  readonly clock: Clock;
  /** Labels that every series gets. */
  readonly labels: Labels;
}

/** Rows that are given to the store at once. */
const batchRows = 4096;

/**
 * Writes series of objects into the store: those that changed when they do, all of them in rounds, and the marker that ends a series
 * when it is gone.
 */
export class StateWriter implements SeriesListener {
  readonly #options: StateWriterOptions;
  readonly #handles = new Float64Array(batchRows);
  readonly #timesMs = new Float64Array(batchRows);
  readonly #values = new Float64Array(batchRows);
  #length = 0;
  /** Whether the rows so far are markers: a series that goes and comes again must not do both at one time. */
  #areMarkers = false;
  /** Each batch is written at a later time than the one before, so that two changes within a millisecond are both kept. */
  #atMs = 0;
  #changed: { readonly object: StateObject; readonly index: number }[] = [];

  constructor(options: StateWriterOptions) {
    this.#options = options;
  }

  onValue(object: StateObject, index: number): void {
    const handle = this.#handleOf(object, index);
    this.#changed.push({ object, index });
    if (handle >= 0) this.#add(handle, object.rendered.values[index] ?? 0);
  }

  onGone(object: StateObject, index: number): void {
    const handle = object.handles[index] ?? -1;
    this.#changed.push({ object, index });
    if (handle >= 0) this.#add(handle, undefined);
  }

  /** What is heard from now on happens after what was heard before: call it between two states of one object. */
  step(): void {
    this.#write();
  }

  /** Writes what was heard since. Gives the labels of the series that are other than before, when they are asked for. */
  flush(options: { readonly wantsLabels: boolean }): readonly Labels[] {
    this.#write();
    const changed = this.#changed;
    this.#changed = [];
    if (!options.wantsLabels) return [];
    return changed.map(({ object, index }) => this.labelsOf(object, index));
  }

  /** Writes every series again, and rests between slices of `sliceRows` as `rest` says. */
  async round(objects: StateObjects, sliceRows: number, rest: () => Promise<boolean>): Promise<void> {
    let rows = 0;
    for (const resource of objects.resources)
      for (const object of objects.of(resource).values()) {
        this.#addAll(object);
        rows += object.rendered.values.length;
        if (rows < sliceRows) continue;
        rows = 0;
        this.#write();
        if (!(await rest())) return;
      }
    this.#write();
  }

  labelsOf({ resource, rendered }: StateObject, index: number): Labels {
    const name = resource.families[rendered.families[index] ?? 0]?.name ?? '';
    return labelsOf(rendered.identity, rendered.labels[index] ?? '', name, this.#options.labels);
  }

  #addAll(object: StateObject): void {
    for (let i = 0; i < object.rendered.values.length; i++) {
      const handle = this.#handleOf(object, i);
      if (handle >= 0) this.#add(handle, object.rendered.values[i] ?? 0);
    }
  }

  #handleOf(object: StateObject, index: number): number {
    const { store } = this.#options;
    const known = object.handles[index] ?? -1;
    if (known >= 0 && store.isHandle(known)) return known;
    const handle = store.handleOf(this.labelsOf(object, index));
    object.handles[index] = handle;
    return handle;
  }

  #add(handle: number, value: number | undefined): void {
    const isMarker = value === undefined;
    if (this.#length === batchRows || isMarker !== this.#areMarkers) this.#write();
    this.#areMarkers = isMarker;
    if (this.#length === 0) this.#atMs = Math.max(this.#options.clock.now(), this.#atMs + 1);
    const row = this.#length++;
    this.#handles[row] = handle;
    this.#timesMs[row] = this.#atMs;
    if (value === undefined) setStaleAt(this.#values, row);
    else this.#values[row] = value;
  }

  #write(): void {
    if (this.#length === 0) return;
    this.#options.store.appendColumns({
      handles: this.#handles,
      timesMs: this.#timesMs,
      values: this.#values,
      length: this.#length,
    });
    this.#length = 0;
  }
}
