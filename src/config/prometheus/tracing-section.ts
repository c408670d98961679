import { z } from 'zod';
import { tlsConfigSchema } from '../../http/client-config.ts';
import { durationMs, flag, or, text, textMap, textOrEmpty } from '../../kit/yaml-fields.ts';
import { headerProblem } from '../../remote/config/remote-headers.ts';

/**
 * `tracing`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tracing_config
 */
export const tracingSchema = z
  .strictObject({
    client_type: or(
      text.refine((type) => type === 'grpc' || type === 'http', {
        error: 'expected tracing client type grpc or http',
      }),
      'grpc',
    ),
    endpoint: textOrEmpty,
    sampling_fraction: or(z.number(), 0),
    insecure: or(flag, false),
    tls_config: tlsConfigSchema.nullish(),
    headers: textMap,
    compression: or(text, ''),
    timeout: or(durationMs, 10_000),
  })
  .superRefine(({ endpoint, headers, compression }, context) => {
    const refuse = (path: readonly string[], message: string) =>
      context.addIssue({ code: 'custom', message, path: [...path] });
    if (endpoint === '') refuse(['endpoint'], 'the tracing endpoint must be set');
    if (compression !== '' && compression !== 'gzip') {
      refuse(['compression'], `invalid compression type ${compression} provided; there is gzip`);
    }
    const found = headerProblem(headers);
    if (found === undefined) return;
    const isAuthorization = found.path.at(-1)?.toLowerCase() === 'authorization';
    refuse(
      found.path,
      isAuthorization ? 'authorization header configuration is not yet supported' : found.problem,
    );
  });
