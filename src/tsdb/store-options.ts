import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../log/logger.ts';

export interface StoreOptions {
  /** The data directory, as Prometheus has it; without it everything is in memory only. */
  readonly dir?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long samples are kept; 15 days when left out, a day without a directory. */
  readonly retentionMs?: number;
  /** How large the directory may grow before the oldest blocks go; without a directory, memory for samples. No bound when left out. */
  readonly retentionBytes?: number;
  /** Series in the head at most; 500,000 when left out. */
  readonly maxSeries?: number;
  /** How much older than the newest sample one may be that comes out of order; none may when left out. */
  readonly outOfOrderWindowMs?: number;
  /** Exemplars kept at most; 100,000 when left out. */
  readonly maxExemplars?: number;
  /** Memory for recently read parts of files; 32 MiB when left out. */
  readonly cacheBytes?: number;
  /** Nothing is written, and nothing mended; for looking at a directory. */
  readonly readOnly?: boolean;
}

export const storeDefaults = {
  retentionMs: 15 * 86_400_000,
  memoryRetentionMs: 86_400_000,
  memoryBytes: 512 * 1024 * 1024,
  maxSeries: 500_000,
  maxExemplars: 100_000,
  cacheBytes: 32 << 20,
} as const;
