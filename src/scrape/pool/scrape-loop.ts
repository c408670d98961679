import type { StreamingHttpClient } from '../../http/client.ts';
import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { ScrapeError } from '../read/body-reader.ts';
import type { MetricMetadata } from '../read/metadata.ts';
import type { FailureLog } from './failure-log.ts';
import { type BodyBudget, fetchBody } from './fetch-body.ts';
import type { TargetSpec } from './make-target.ts';
import type { PoolConfig } from './pool-config.ts';
import type { ScrapeCounts } from './scrape-counts.ts';
import type { ScrapeStore } from './scrape-store.ts';
import type { SeriesCompleter } from './series-completer.ts';
import { TargetSeries } from './target-series.ts';

export interface LoopOptions {
  readonly clock: Clock;
  readonly store: ScrapeStore;
  readonly counts: ScrapeCounts;
  readonly budget: BodyBudget;
  readonly completer?: SeriesCompleter;
  /** Moves targets' turns apart, differently in each process. */
  readonly seed: number;
}

/** What the pool has for all of its targets. */
export interface PoolSettings {
  readonly config: PoolConfig;
  readonly client: StreamingHttpClient;
  readonly accept: string;
  /** Why nothing may be scraped, '' when it may. */
  readonly refusal: string;
  /** Where failed scrapes are written besides. */
  readonly failures: FailureLog | undefined;
}

/** How the last scrape of a target went. */
export interface LoopStatus {
  readonly health: 'up' | 'down' | 'unknown';
  /** '' when the last scrape worked. */
  readonly lastError: string;
  /** What was odd about a scrape that worked; '' when nothing was. */
  readonly warning: string;
  readonly lastScrapeMs: number | undefined;
  readonly lastScrapeSeconds: number;
  readonly samples: number;
}

/** Timers fire a little late; a scrape this little late has the time that it was meant for, so that times stay even. */
const mostLateMs = 5;

/** Scrapes one target on its interval. */
export class ScrapeLoop {
  readonly target: TargetSpec;
  readonly #options: LoopOptions;
  #settings: PoolSettings;
  readonly #series: TargetSeries;
  readonly #stop = new AbortController();
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #dueMs = 0;
  #last: LoopStatus = {
    health: 'unknown',
    lastError: '',
    warning: '',
    lastScrapeMs: undefined,
    lastScrapeSeconds: 0,
    samples: 0,
  };

  constructor(target: TargetSpec, settings: PoolSettings, options: LoopOptions) {
    this.target = target;
    this.#settings = settings;
    this.#options = options;
    this.#series = new TargetSeries(target.labels, settings.config, options);
  }

  get status(): LoopStatus {
    return this.#last;
  }

  get cachedLines(): number {
    return this.#series.size;
  }

  metadata(): MetricMetadata[] {
    return this.#series.metadata();
  }

  /** `isNewConfig`: rules and limits may have changed, so that every line is looked at anew. */
  configure(settings: PoolSettings, isNewConfig: boolean): void {
    this.#settings = settings;
    if (isNewConfig) this.#series.configure(settings.config);
  }

  /** The first scrape comes at the target's own moment of the interval, so that not all come at once. */
  start(): void {
    const { clock, seed } = this.#options;
    const { intervalMs, key } = this.target;
    const offset = spread(key, seed) % intervalMs;
    const nowMs = clock.now();
    this.#dueMs = nowMs - (nowMs % intervalMs) + offset;
    if (this.#dueMs < nowMs) this.#dueMs += intervalMs;
    this.#arm();
  }

  /** Ends the loop. With `isGone` its series end too; without, the process stops, and they go on when it starts again. */
  async stop(isGone: boolean): Promise<void> {
    this.#stop.abort();
    this.#cancel?.();
    await this.#running;
    if (!isGone || this.#last.lastScrapeMs === undefined) return;
    const atMs = Math.max(this.#options.clock.now(), this.#last.lastScrapeMs + 1);
    this.#series.end(atMs);
    this.#series.endReports(atMs);
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#cancel = clock.timer(this.#dueMs - clock.now(), () => this.#tick());
  }

  #tick(): void {
    const { clock, counts } = this.#options;
    const nowMs = clock.now();
    const dueMs = this.#dueMs;
    this.#dueMs += this.target.intervalMs;
    if (this.#dueMs <= nowMs) {
      const late = Math.floor((nowMs - this.#dueMs) / this.target.intervalMs) + 1;
      counts.missed += late;
      this.#dueMs += late * this.target.intervalMs;
    }
    this.#arm();
    if (this.#running !== undefined) {
      counts.missed++;
      return;
    }
    const lateMs = nowMs - dueMs;
    this.#running = this.#scrape(lateMs >= 0 && lateMs <= mostLateMs ? dueMs : nowMs).finally(() => {
      this.#running = undefined;
    });
  }

  async #scrape(scrapeMs: number): Promise<void> {
    const { clock, counts } = this.#options;
    const startedMs = performance.now();
    counts.scrapes++;
    let bodyBytes = 0;
    try {
      const answer = await this.#fetch();
      bodyBytes = answer.body.length;
      const taken = await this.#series.take(answer, scrapeMs, clock.now());
      const seconds = (performance.now() - startedMs) / 1000;
      this.#series.report({ ...taken, isUp: true, seconds, bodyBytes }, scrapeMs, this.target.timeoutMs);
      this.#last = {
        health: 'up',
        lastError: '',
        warning: taken.warning,
        lastScrapeMs: scrapeMs,
        lastScrapeSeconds: seconds,
        samples: taken.kept,
      };
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#failed(error, scrapeMs, (performance.now() - startedMs) / 1000, bodyBytes);
    }
  }

  async #fetch() {
    const { client, config, accept, refusal } = this.#settings;
    if (refusal !== '') throw new ScrapeError(refusal);
    const { url, timeoutMs } = this.target;
    const limit = new AbortController();
    const stopped = (): void => limit.abort();
    this.#stop.signal.addEventListener('abort', stopped, { once: true });
    let isLate = false;
    const cancel = this.#options.clock.timer(timeoutMs, () => {
      isLate = true;
      limit.abort();
    });
    try {
      return await fetchBody(client, { url, timeoutMs, config, accept }, this.#options.budget, limit.signal);
    } catch (error) {
      throw isLate ? new ScrapeError(`no whole answer within ${timeoutMs / 1000} s`) : error;
    } finally {
      cancel();
      this.#stop.signal.removeEventListener('abort', stopped);
    }
  }

  #failed(error: unknown, scrapeMs: number, seconds: number, bodyBytes: number): void {
    const { counts } = this.#options;
    counts.failures++;
    const { failures, config } = this.#settings;
    failures?.add({
      atMs: this.#options.clock.now(),
      job: config.job_name,
      target: this.target.url,
      error: messageOf(error),
    });
    const limit = error instanceof ScrapeError ? error.limit : undefined;
    if (limit === 'sample') counts.exceededSampleLimit++;
    if (limit === 'body') counts.exceededBodyLimit++;
    if (limit === 'label') counts.exceededLabelLimit++;
    const { scraped = 0, kept = 0 } = error as { scraped?: number; kept?: number };
    this.#series.end(scrapeMs);
    this.#series.report(
      { isUp: false, seconds, scraped, kept, added: 0, bodyBytes },
      scrapeMs,
      this.target.timeoutMs,
    );
    this.#last = {
      health: 'down',
      lastError: messageOf(error),
      warning: '',
      lastScrapeMs: scrapeMs,
      lastScrapeSeconds: seconds,
      samples: 0,
    };
  }
}

/** A number that is spread evenly, the same for the same key. */
function spread(key: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
