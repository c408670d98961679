import { z } from 'zod';
import { byteSize, durationMs, or, text, wholeNumber } from '../../kit/yaml-fields.ts';

const retention = z.strictObject({
  time: or(durationMs, 0),
  size: or(
    byteSize.refine((bytes) => bytes >= 0, {
      error: "'storage.tsdb.retention.size' must be greater than or equal to 0",
    }),
    0,
  ),
  percentage: or(
    z.number('expected a number').refine((share) => share >= 0 && share <= 100, {
      error: "'storage.tsdb.retention.percentage' must be in the range [0, 100]",
    }),
    0,
  ),
});

const encodings: readonly string[] = ['xor', 'xor2'];

const tsdb = z.strictObject({
  out_of_order_time_window: or(durationMs, 0),
  stale_series_compaction_threshold: or(z.number().min(0).max(1), 0),
  retention: retention.nullish(),
  chunk_encoding: z
    .strictObject({
      floats: or(
        text.refine((name) => encodings.includes(name), {
          error: "'storage.tsdb.chunk_encoding.floats' must be 'xor' or 'xor2'",
        }),
        'xor',
      ),
    })
    .nullish(),
});

/**
 * `storage`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tsdb
 */
export const storageSchema = z.strictObject({
  tsdb: tsdb.nullish(),
  exemplars: z.strictObject({ max_exemplars: or(wholeNumber, 100_000) }).nullish(),
});

export type StorageSection = z.output<typeof storageSchema>;
