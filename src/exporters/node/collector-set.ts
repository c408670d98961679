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
import { SlowFiles, type SlowReader } from './slow-files.ts';

export interface CollectorSetOptions {
  readonly collectors: readonly NodeCollector[];
  readonly roots: HostRoots;
  readonly clock: Clock;
  readonly log: CollectorLog;
  /** Longest that a collector may take; one that waits longer has failed for this scrape. */
  readonly timeLimitMs: number;
  readonly slowFiles?: SlowFiles;
}

interface Outcome {
  readonly name: string;
  readonly families: readonly MetricFamily[];
  readonly isSuccess: boolean;
  readonly seconds: number;
}

/** The time that the collectors of one scrape have. */
interface Limit {
  /** Aborts when it is over, or whoever asks has gone. */
  readonly signal: AbortSignal;
  /** Fails then. */
  readonly over: Promise<never>;
  end(): void;
}

/** Collectors that are asked together at a scrape; one that fails or is too late says so and takes nothing from the others. */
export class CollectorSet {
  readonly #options: CollectorSetOptions;
  readonly #slowFiles: SlowFiles;

  constructor(options: CollectorSetOptions) {
    this.#options = options;
    this.#slowFiles = options.slowFiles ?? new SlowFiles();
  }

  get names(): readonly string[] {
    return this.#options.collectors.map(({ name }) => name);
  }

  /** Families of all collectors that `isWanted` names and the two that tell how each of them fared, in order of name. */
  async gather(isWanted: (name: string) => boolean, outer: AbortSignal): Promise<MetricFamily[]> {
    const { collectors, log } = this.#options;
    const wanted = collectors.filter(({ name }) => isWanted(name));
    // One for all of them: signals and timers for each would cost more than most collectors do.
    const limit = this.#limit(outer);
    try {
      const outcomes = await Promise.all(wanted.map((collector) => this.#ask(collector, limit)));
      const families = [...outcomes.flatMap((outcome) => outcome.families), ...scrapeFamilies(outcomes)];
      return merged(families, (problem) => log.warn(problem, 'series told twice'));
    } finally {
      limit.end();
    }
  }

  #limit(outer: AbortSignal): Limit {
    const { clock, timeLimitMs } = this.#options;
    const stop = new AbortController();
    const onOuter = (): void => stop.abort(outer.reason);
    if (outer.aborted) onOuter();
    else outer.addEventListener('abort', onOuter, { once: true });
    const cancel = clock.timer(timeLimitMs, () =>
      stop.abort(new UnavailableError(`took longer than ${timeLimitMs} ms`)),
    );
    const { signal } = stop;
    const over = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    // Where no collector waits nobody asks for it.
    over.catch(() => {});
    return {
      ...{ signal, over },
      end: () => {
        cancel();
        outer.removeEventListener('abort', onOuter);
      },
    };
  }

  async #ask(collector: NodeCollector, { signal, over }: Limit): Promise<Outcome> {
    const { clock, roots, log } = this.#options;
    const { name } = collector;
    // Most collectors read at once: whoever else has something to do gets a turn between two of them.
    await new Promise((resolve) => setImmediate(resolve));
    const startedAt = performance.now();
    const slow = this.#slowFiles.reader(clock);
    const outcome = (families: readonly MetricFamily[], isSuccess: boolean): Outcome => ({
      ...{ name, families, isSuccess, seconds: (performance.now() - startedAt) / 1000 },
    });
    try {
      const context: CollectContext = { roots, log, clock, signal, slow, atMs: clock.now() };
      const families = await Promise.race([collector.collect(context), over]);
      if (slow.silent.size === 0) return outcome(families, true);
      log.warn({ collector: name, files: silentFiles(slow) }, 'files that do not answer');
      return outcome(families, false);
    } catch (error) {
      const fields = { collector: name, error: messageOf(error) };
      if (error instanceof NoDataError) log.debug(fields, 'collector has nothing to read');
      else log.warn(fields, 'collector failed');
      return outcome([], false);
    }
  }
}

/** Some of them, for the log. */
function silentFiles({ silent }: SlowReader): readonly string[] {
  return [...silent].slice(0, 5).map(([path, why]) => (why === 'late' ? path : `${path} (not asked)`));
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
