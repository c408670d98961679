import { messageOf, UnavailableError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { labelsKey } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import {
  type CollectContext,
  type CollectorLog,
  type HostRoots,
  NoDataError,
  type NodeCollector,
} from './collector.ts';

export interface CollectorSetOptions {
  readonly collectors: readonly NodeCollector[];
  readonly roots: HostRoots;
  readonly clock: Clock;
  readonly log: CollectorLog;
  /** Longest that a collector may take; one that waits longer has failed for this scrape. */
  readonly timeLimitMs: number;
}

interface Outcome {
  readonly name: string;
  readonly families: readonly MetricFamily[];
  readonly isSuccess: boolean;
  readonly seconds: number;
}

/** Collectors that are asked together at a scrape; one that fails or is too late says so and takes nothing from the others. */
export class CollectorSet {
  readonly #options: CollectorSetOptions;

  constructor(options: CollectorSetOptions) {
    this.#options = options;
  }

  get names(): readonly string[] {
    return this.#options.collectors.map(({ name }) => name);
  }

  /** Families of all collectors that `isWanted` names and the two that tell how each of them fared, in order of name. */
  async gather(isWanted: (name: string) => boolean, signal: AbortSignal): Promise<MetricFamily[]> {
    const wanted = this.#options.collectors.filter(({ name }) => isWanted(name));
    const outcomes = await Promise.all(wanted.map((collector) => this.#ask(collector, signal)));
    const families = [...outcomes.flatMap((outcome) => outcome.families), ...scrapeFamilies(outcomes)];
    return merged(families, (problem) => this.#options.log.warn(problem, 'series told twice'));
  }

  async #ask(collector: NodeCollector, outer: AbortSignal): Promise<Outcome> {
    const { clock, roots, log, timeLimitMs } = this.#options;
    // Most collectors read at once: whoever else has something to do gets a turn between two of them.
    await new Promise((resolve) => setImmediate(resolve));
    const startedAt = performance.now();
    const stop = new AbortController();
    const cancel = clock.timer(timeLimitMs, () =>
      stop.abort(new UnavailableError(`took longer than ${timeLimitMs} ms`)),
    );
    const signal = AbortSignal.any([outer, stop.signal]);
    const context: CollectContext = { roots, log, clock, signal, atMs: clock.now() };
    const outcome = (families: readonly MetricFamily[], isSuccess: boolean): Outcome => ({
      ...{ name: collector.name, families, isSuccess },
      seconds: (performance.now() - startedAt) / 1000,
    });
    try {
      return outcome(await unlessAborted(collector.collect(context), signal), true);
    } catch (error) {
      const fields = { collector: collector.name, error: messageOf(error) };
      if (error instanceof NoDataError) log.debug(fields, 'collector has nothing to read');
      else log.warn(fields, 'collector failed');
      return outcome([], false);
    } finally {
      cancel();
    }
  }
}

async function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  if (!(work instanceof Promise)) return work;
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function scrapeFamilies(outcomes: readonly Outcome[]): MetricFamily[] {
  const family = (end: string, help: string, read: (outcome: Outcome) => number): MetricFamily => {
    const name = `node_scrape_collector_${end}`;
    const samples = outcomes.map((outcome) => ({
      name,
      labels: { collector: outcome.name },
      value: read(outcome),
    }));
    return { name, help, type: 'gauge', samples };
  };
  return [
    family('duration_seconds', 'node_exporter: Duration of a collector scrape.', ({ seconds }) => seconds),
    family('success', 'node_exporter: Whether a collector succeeded.', ({ isSuccess }) =>
      isSuccess ? 1 : 0,
    ),
  ];
}

/** One family for each name, in order; of a series that two of them tell, the first stays. */
function merged(families: readonly MetricFamily[], onTwice: (problem: object) => void): MetricFamily[] {
  const byName = new Map<string, MetricFamily>();
  for (const family of families) {
    const first = byName.get(family.name);
    byName.set(family.name, first === undefined ? family : joined(first, family, onTwice));
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function joined(a: MetricFamily, b: MetricFamily, onTwice: (problem: object) => void): MetricFamily {
  const keyOf = (sample: MetricFamily['samples'][number]): string => sample.name + labelsKey(sample.labels);
  const seen = new Set(a.samples.map(keyOf));
  const fresh = b.samples.filter((sample) => {
    const isFresh = !seen.has(keyOf(sample));
    if (!isFresh) onTwice({ series: sample.name, labels: sample.labels });
    return isFresh;
  });
  return { ...a, samples: [...a.samples, ...fresh] };
}
