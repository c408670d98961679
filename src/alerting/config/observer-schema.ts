import { z } from 'zod';
import { httpConfigSchema, tlsConfigSchema } from '../../http/client-config.ts';
import { list, optionalDuration, optionalFlag, optionalText, secretUrl, text } from './fields.ts';

/**
 * Parts of `alertmanager.yml` about Alertmanager's own insides. They are read, so that a file that has them loads and a mistake in
 * them is found; they have no effect here.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#tracing_config
 */
export const tracingSchema = z.strictObject({
  client_type: z.enum(['http', 'grpc'], { error: 'expected http or grpc' }).nullish(),
  endpoint: text.refine((value) => value !== '', { error: 'tracing needs an endpoint' }),
  sampling_fraction: z.number().nullish(),
  insecure: optionalFlag,
  tls_config: tlsConfigSchema.nullish(),
  headers: z.record(z.string(), z.unknown()).nullish(),
  compression: z.enum(['', 'gzip'], { error: 'expected gzip' }).nullish(),
  timeout: optionalDuration,
});

const count = z.int().min(0).nullish();

export const eventRecorderSchema = z.strictObject({
  file_outputs: list(
    z.strictObject({ path: text.refine((value) => value !== '', { error: 'cannot be empty' }) }),
  ),
  webhook_outputs: list(
    z.strictObject({
      url: secretUrl,
      http_config: httpConfigSchema.nullish(),
      timeout: optionalDuration,
      workers: count,
      max_retries: count,
      retry_backoff: optionalDuration,
      batch: optionalFlag,
      batch_max_events: count,
      batch_max_bytes: count,
    }),
  ),
  kafka_outputs: list(
    z.strictObject({
      brokers: z.array(text).min(1),
      topic: text.refine((value) => value !== '', { error: 'cannot be empty' }),
      client_id: optionalText,
      format: optionalText,
      acks: optionalText,
      compression: optionalText,
      buffer_size: count,
      tls_config: tlsConfigSchema.nullish(),
    }),
  ),
  stdout_outputs: list(z.strictObject({}).nullable()),
});
