import type { Clock } from '../../kit/clock.ts';
import type { IsSpent, Work } from '../../kit/work.ts';
import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { setStaleAt } from '../../model/sample.ts';
import type { SampleStore } from '../state/state-writer.ts';
import { familiesInForce, type KeyedFamily, type PushGroup } from './push-group.ts';
import { pointLabels, samplesOf } from './pushed-family.ts';

interface Row {
  readonly labels: Labels;
  readonly handle: number;
  readonly value: number;
}

/** Rows that are given to the store at once. */
const batchRows = 1024;

/** Writes series of groups into the store: what changed when it does, all of them in rounds, and the marker that ends a series. */
export class PushWriter {
  readonly #store: SampleStore;
  readonly #clock: Clock;
  /** By group, then by what tells its series apart. */
  readonly #rows = new Map<string, Map<string, Row>>();
  /** Each batch is written later than the one before, so that two pushes within a millisecond are both kept. */
  #atMs = 0;

  constructor(store: SampleStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Brings the store to what a group has now. @returns the labels of the series that are other than before */
  *set(key: string, group: PushGroup | undefined, isSpent: IsSpent): Work<readonly Labels[]> {
    const before = this.#rows.get(key) ?? new Map<string, Row>();
    const { after, changed } = yield* this.#rowsOf(group, before, isSpent);
    if (group === undefined) this.#rows.delete(key);
    else this.#rows.set(key, after);
    const gone = [...before].filter(([rowKey]) => !after.has(rowKey)).map(([, row]) => row);
    // Two that differ in labels without a value alone are one to the store.
    const stay = new Set(gone.length === 0 ? [] : [...after.values()].map(({ handle }) => handle));
    const ended = gone.filter(({ handle }) => !stay.has(handle));
    for (const { labels } of ended) changed.push(labels);
    yield* this.#write(ended, { areMarkers: true, isSpent });
    yield* this.#write(after.values(), { areMarkers: false, isSpent });
    return changed;
  }

  *#rowsOf(
    group: PushGroup | undefined,
    before: ReadonlyMap<string, Row>,
    isSpent: IsSpent,
  ): Work<{ readonly after: Map<string, Row>; readonly changed: Labels[] }> {
    const changed: Labels[] = [];
    const after = new Map<string, Row>();
    for (const family of group === undefined ? [] : familiesInForce(group))
      for (const [key, sample] of keyedSamples(family)) {
        const known = before.get(key);
        const row = this.#rowOf(sample, known);
        after.set(key, row);
        if (known === undefined || !Object.is(known.value, row.value)) changed.push(row.labels);
        if (after.size % looksEvery === 0 && isSpent()) yield;
      }
    return { after, changed };
  }

  /** Writes every series again. */
  *round(isSpent: IsSpent): Work<void> {
    for (const rows of this.#rows.values()) {
      // A series that the store let go, or had no room for, is asked for anew.
      for (const [key, row] of rows)
        if (!this.#store.isHandle(row.handle))
          rows.set(key, { ...row, handle: this.#store.handleOf(row.labels) });
      if (isSpent()) yield;
    }
    yield* this.#write(everyRow(this.#rows.values()), { areMarkers: false, isSpent });
  }

  /** Steady series keep their labels and their handle. */
  #rowOf({ name, labels, value }: Sample, known: Row | undefined): Row {
    if (known !== undefined && this.#store.isHandle(known.handle))
      return Object.is(known.value, value) ? known : { ...known, value };
    const all = known?.labels ?? { __name__: name, ...present(labels) };
    return { labels: all, handle: this.#store.handleOf(all), value };
  }

  *#write(
    rows: Iterable<Row>,
    { areMarkers, isSpent }: { readonly areMarkers: boolean; readonly isSpent: IsSpent },
  ): Work<void> {
    const handles = new Float64Array(batchRows);
    const values = new Float64Array(batchRows);
    this.#atMs = Math.max(this.#clock.now(), this.#atMs + 1);
    const timesMs = new Float64Array(batchRows).fill(this.#atMs);
    let length = 0;
    for (const { handle, value } of rows) {
      if (handle < 0) continue;
      handles[length] = handle;
      if (areMarkers) setStaleAt(values, length);
      else values[length] = value;
      if (++length < batchRows) continue;
      this.#store.appendColumns({ handles, timesMs, values, length });
      length = 0;
      if (isSpent()) yield;
    }
    if (length > 0) this.#store.appendColumns({ handles, timesMs, values, length });
  }
}

/** Series that are looked at without a look at the time. */
const looksEvery = 64;

function* everyRow(groups: Iterable<ReadonlyMap<string, Row>>): Generator<Row> {
  for (const rows of groups) yield* rows.values();
}

type Sample = MetricFamily['samples'][number];

/** The series of a family, each with what tells it from all others. */
function* keyedSamples({ family, keys }: KeyedFamily): Generator<readonly [key: string, sample: Sample]> {
  const { name, type, metrics } = family;
  const pointLabel = pointLabels[type] ?? '';
  for (const [index, metric] of metrics.entries()) {
    const key = keys[index] ?? '';
    if (metric.distribution === undefined) yield [key, { name, labels: metric.labels, value: metric.value }];
    else
      for (const sample of samplesOf({ ...family, metrics: [metric] }))
        yield [`${key}/${sample.name}/${sample.labels[pointLabel] ?? ''}`, sample];
  }
}

/** A label without a value is none to the store. */
function present(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
