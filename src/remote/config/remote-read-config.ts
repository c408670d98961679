import { z } from 'zod';
import { httpConfigProblem, httpConfigSchema } from '../../http/client-config.ts';
import { durationMs, flag, or, textMap, textOrEmpty, wholeNumber } from '../../kit/yaml-fields.ts';
import { headerProblem } from './remote-headers.ts';

const shape = z.strictObject({
  url: textOrEmpty,
  remote_timeout: or(durationMs, 60_000),
  chunked_read_limit: or(wholeNumber, 5e7),
  headers: textMap,
  read_recent: or(flag, false),
  name: textOrEmpty,
  required_matchers: textMap,
  filter_external_labels: or(flag, true),
  ...httpConfigSchema.shape,
});

export type RemoteReadConfig = z.output<typeof shape>;

/**
 * One entry of `remote_read`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_read
 */
export const remoteReadSchema = shape.superRefine((config, context) => {
  // What is wrong within comes first.
  if (context.issues.length > 0) return;
  const found =
    (config.url === '' ? { path: ['url'], problem: 'url for remote_read is empty' } : undefined) ??
    headerProblem(config.headers) ??
    httpConfigProblem(config);
  if (found !== undefined)
    context.addIssue({ code: 'custom', message: found.problem, path: [...found.path] });
});
