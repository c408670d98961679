import { z } from 'zod';
import { durationMs, flag, or } from '../../kit/yaml-fields.ts';

const defaults = {
  capacity: 10_000,
  max_shards: 50,
  min_shards: 1,
  max_samples_per_send: 2000,
  batch_send_deadline: 5000,
  min_backoff: 30,
  max_backoff: 5000,
} as const;

/**
 * `queue_config` of remote write.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
 */
export const queueConfigSchema = z
  .strictObject({
    capacity: or(z.int(), defaults.capacity),
    max_shards: or(z.int(), defaults.max_shards),
    min_shards: or(z.int(), defaults.min_shards),
    max_samples_per_send: or(z.int(), defaults.max_samples_per_send),
    batch_send_deadline: or(durationMs, defaults.batch_send_deadline),
    min_backoff: or(durationMs, defaults.min_backoff),
    max_backoff: or(durationMs, defaults.max_backoff),
    retry_on_http_429: or(flag, false),
    sample_age_limit: or(durationMs, 0),
  })
  .superRefine((queue, context) => {
    const refuse = (field: string, what: string): void =>
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `remote write queue ${field} must ${what}`,
      });
    for (const field of ['capacity', 'max_shards', 'min_shards', 'max_samples_per_send'] as const) {
      if (queue[field] <= 0) return refuse(field, 'be positive');
    }
    if (queue.min_shards > queue.max_shards) refuse('min_shards', 'not be greater than max_shards');
    if (queue.max_backoff < queue.min_backoff) refuse('max_backoff', 'not be less than min_backoff');
  });

export type QueueConfig = z.output<typeof queueConfigSchema>;

export const defaultQueue: QueueConfig = queueConfigSchema.parse({});
