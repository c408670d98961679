import type { Queryable, SelectedSeries, Selection } from '../../promql/queryable.ts';

/** As `stats` in the answer has it: times in seconds, samples as they were read from the store. */
export interface QueryStatistics {
  readonly timings: {
    readonly evalTotalTime: number;
    readonly resultSortTime: number;
    readonly queryPreparationTime: number;
    readonly innerEvalTime: number;
    readonly execQueueTime: number;
    readonly execTotalTime: number;
  };
  readonly samples: {
    readonly totalQueryableSamples: number;
    readonly peakSamples: number;
    readonly samplesRead: number;
  };
}

/** Measures one query: its time, and the samples that it reads. */
export class QueryTimer {
  /** The store, counting. */
  readonly queryable: Queryable;
  #samples = 0;
  #largest = 0;
  #selectMs = 0;
  #workMs = 0;
  #totalMs = 0;

  constructor(store: Queryable) {
    this.queryable = { select: (selection) => this.#count(store, selection) };
  }

  /** @param run is given what to tell of each slice */
  async time<T>(run: (onSlice: (ms: number) => void) => Promise<T>): Promise<T> {
    const startMs = performance.now();
    try {
      return await run((ms) => {
        this.#workMs += ms;
      });
    } finally {
      this.#totalMs += performance.now() - startMs;
    }
  }

  statistics(): QueryStatistics {
    const work = this.#workMs / 1000;
    const prepare = this.#selectMs / 1000;
    const total = this.#totalMs / 1000;
    return {
      timings: {
        evalTotalTime: work,
        // Results are sorted while they are made.
        resultSortTime: 0,
        queryPreparationTime: prepare,
        innerEvalTime: Math.max(0, work - prepare),
        // While other queries had their turn.
        execQueueTime: Math.max(0, total - work),
        execTotalTime: total,
      },
      samples: {
        totalQueryableSamples: this.#samples,
        peakSamples: this.#largest,
        samplesRead: this.#samples,
      },
    };
  }

  *#count(store: Queryable, selection: Selection): Generator<SelectedSeries> {
    let before = performance.now();
    let samples = 0;
    for (const series of store.select(selection)) {
      samples += series.timesMs.length;
      this.#selectMs += performance.now() - before;
      yield series;
      before = performance.now();
    }
    this.#selectMs += performance.now() - before;
    this.#samples += samples;
    if (samples > this.#largest) this.#largest = samples;
  }
}
