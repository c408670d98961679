import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { type Labels, labelsKey } from '../../model/labels.ts';
import { isStaleAt } from '../../model/sample.ts';
import { resources } from './resources/index.ts';
import { selectFamilies } from './select-families.ts';
import { StateObjects } from './state-objects.ts';
import { type SampleStore, StateWriter } from './state-writer.ts';

interface Row {
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number | 'stale';
}

/** Remembers what is appended; refuses a second row of a series at one time, as the real one does. */
class Store implements SampleStore {
  readonly rows: Row[] = [];
  readonly labels: Labels[] = [];
  isFull = false;
  readonly #dropped = new Set<number>();

  handleOf(labels: Labels): number {
    if (this.isFull) return -1;
    return this.labels.push(labels) - 1;
  }

  isHandle(handle: number): boolean {
    return !this.#dropped.has(handle);
  }

  dropAll(): void {
    for (let i = 0; i < this.labels.length; i++) this.#dropped.add(i);
  }

  appendColumns({ handles, timesMs, values, length }: Parameters<SampleStore['appendColumns']>[0]): void {
    for (let i = 0; i < length; i++) {
      const row = { labels: this.labels[handles[i] ?? 0] ?? {}, atMs: timesMs[i] ?? 0 };
      const isDouble = this.rows.some(
        (one) => one.atMs === row.atMs && labelsKey(one.labels) === labelsKey(row.labels),
      );
      if (!isDouble) this.rows.push({ ...row, value: isStaleAt(values, i) ? 'stale' : (values[i] ?? 0) });
    }
  }
}

function start() {
  const clock = new VirtualClock(1_000_000);
  const store = new Store();
  const writer = new StateWriter({ store, clock, labels: { job: 'kube-state-metrics' } });
  const [resource] = selectFamilies(
    resources.filter((one) => one.resource === 'poddisruptionbudgets'),
    { metricAllowlist: ['current_healthy'] },
  );
  if (resource === undefined) throw new Error('not there');
  const objects = new StateObjects({ kinds: [{ group: 'policy', kind: 'PodDisruptionBudget', resource }] });
  const put = (name: string, currentHealthy: number) =>
    objects.put(
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name, namespace: 'n' },
        status: { currentHealthy },
      },
      writer,
    );
  const gone = (name: string) =>
    objects.delete('policy', 'PodDisruptionBudget', `policy/PodDisruptionBudget/n/${name}`, writer);
  const values = () => store.rows.map(({ value }) => value);
  return { clock, store, writer, objects, put, gone, values };
}

describe('the writer of series', () => {
  it('writes a series when it appears and when its value changes, and tells which', () => {
    const { writer, store, put, values } = start();
    put('a', 1);
    const labels = {
      __name__: 'kube_poddisruptionbudget_status_current_healthy',
      namespace: 'n',
      poddisruptionbudget: 'a',
      job: 'kube-state-metrics',
    };
    expect(writer.flush({ wantsLabels: true })).toEqual([labels]);
    put('a', 1);
    expect(writer.flush({ wantsLabels: true })).toEqual([]);
    put('a', 2);
    expect(writer.flush({ wantsLabels: true })).toEqual([labels]);
    expect(values()).toEqual([1, 2]);
    expect(store.labels).toHaveLength(1);
  });

  it('ends a series, and begins it again, within one millisecond', () => {
    const { writer, put, gone, values, store } = start();
    put('a', 1);
    gone('a');
    put('a', 3);
    writer.flush({ wantsLabels: false });
    expect(values()).toEqual([1, 'stale', 3]);
    const times = store.rows.map(({ atMs }) => atMs);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });

  it('keeps two changes of one object within one batch apart', () => {
    const { writer, put, values } = start();
    put('a', 1);
    writer.step();
    put('a', 2);
    writer.flush({ wantsLabels: false });
    expect(values()).toEqual([1, 2]);
  });

  it('writes everything in a round, in slices, until it is told to stop', async () => {
    const { writer, clock, objects, put, values } = start();
    for (const name of ['a', 'b', 'c']) put(name, 7);
    writer.flush({ wantsLabels: false });
    await clock.advance(30_000);
    let slices = 0;
    await writer.round(objects, 1, async () => ++slices < 2);
    expect(values()).toEqual([7, 7, 7, 7, 7]);
  });

  it('asks again for series that the store had no room for, or has dropped since', async () => {
    const { writer, store, clock, objects, put, values } = start();
    store.isFull = true;
    put('a', 5);
    writer.flush({ wantsLabels: false });
    expect(values()).toEqual([]);
    store.isFull = false;
    await writer.round(objects, 100, async () => true);
    expect(values()).toEqual([5]);
    store.dropAll();
    await clock.advance(1);
    await writer.round(objects, 100, async () => true);
    expect(values()).toEqual([5, 5]);
    expect(store.labels).toHaveLength(2);
  });
});
