import { AppError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { NodeOptions } from './options.ts';
import type { SlowReader } from './slow-files.ts';

/** Where the host's own folders are seen from this process: a container has them mounted elsewhere, a test has a recorded tree. */
export interface HostRoots {
  /** `--path.procfs`, usually `/proc`. */
  readonly procfs: string;
  /** `--path.sysfs`, usually `/sys`. */
  readonly sysfs: string;
  /** `--path.rootfs`, usually `/`. */
  readonly rootfs: string;
  /** `--path.udev.data`, usually `/run/udev/data`. */
  readonly udevData: string;
}

/** What a collector says about what it met; nothing secret. */
export interface CollectorLog {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What a collector is given for one scrape. */
export interface CollectContext {
  readonly roots: HostRoots;
  readonly clock: Clock;
  /** Unix ms of this scrape. */
  readonly atMs: number;
  /** Aborts when the collector's time is up or the process ends; what comes later is thrown away. */
  readonly signal: AbortSignal;
  readonly log: CollectorLog;
  /** For files whose driver may not answer. With one that does not the collector has failed, though what it returns is told. */
  readonly slow: SlowReader;
}

/**
 * One source of series, named by the label `collector` of `node_scrape_collector_success`.
 *
 * `collect` reads the host anew at each scrape; it may be called again before an earlier call has ended. What it throws makes
 * `node_scrape_collector_success` 0 and touches no other collector. Reads go through host-files.ts, which bounds them, or through `slow` where the kernel itself does not know the answer.
 */
export interface NodeCollector {
  readonly name: string;
  collect(context: CollectContext): readonly MetricFamily[] | Promise<readonly MetricFamily[]>;
}

/** Makes a collector once, when the process starts; what it keeps between scrapes is its own. */
export type CreateCollector = (options: NodeOptions) => NodeCollector;

/** The host does not have what this collector reads: no such device, module or file system. Success is 0, and the log says so at debug only. */
export class NoDataError extends AppError {
  readonly code = 'NO_DATA';
}
