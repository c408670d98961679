import { z } from 'zod';
import { httpConfigProblem, httpConfigSchema } from '../../http/client-config.ts';
import { durationMs, or, textOrEmpty, webUrlProblem } from '../../kit/yaml-fields.ts';

/**
 * `http_sd_configs`.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_sd_config
 */
export const httpSdSchema = z
  .strictObject({ url: textOrEmpty, refresh_interval: or(durationMs, 60_000), ...httpConfigSchema.shape })
  .superRefine((config, context) => {
    const problem = webUrlProblem(config.url);
    const found = problem === undefined ? httpConfigProblem(config) : { path: ['url'], problem };
    if (found !== undefined)
      context.addIssue({ code: 'custom', path: [...found.path], message: found.problem });
  });

export type HttpSdConfig = z.output<typeof httpSdSchema>;
