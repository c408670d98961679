import { z } from 'zod';
import {
  discoveryShape,
  otherDiscoveryShape,
  staticTargetProblem,
} from '../../discovery/config/discovery-config.ts';
import { httpConfigProblem, httpConfigSchema } from '../../http/client-config.ts';
import { durationMs, fullList, or, text } from '../../kit/yaml-fields.ts';
import { relabelConfigSchema } from '../../relabel/relabel-config.ts';
import { sigv4Schema } from '../../remote/config/remote-write-config.ts';

const managerShape = z.strictObject({
  scheme: or(text, 'http'),
  path_prefix: or(text, ''),
  timeout: or(durationMs, 10_000),
  api_version: or(
    text.refine((version) => version === 'v2', {
      error: 'expected Alertmanager api version to be one of [v2]',
    }),
    'v2',
  ),
  relabel_configs: fullList(relabelConfigSchema, 'Alertmanager target relabeling rule'),
  alert_relabel_configs: fullList(relabelConfigSchema, 'Alertmanager alert relabeling rule'),
  sigv4: sigv4Schema.nullish(),
  ...httpConfigSchema.shape,
  ...discoveryShape,
  ...otherDiscoveryShape,
});

export type AlertmanagerSection = z.output<typeof managerShape>;

const managerSchema = managerShape.superRefine((section, context) => {
  // What is wrong within comes first.
  if (context.issues.length > 0) return;
  const found =
    httpConfigProblem(section) ??
    (section.relabel_configs.length === 0 ? staticTargetProblem(section.static_configs) : undefined);
  if (found !== undefined)
    context.addIssue({ code: 'custom', message: found.problem, path: [...found.path] });
});

/**
 * `alerting`: which Alertmanagers alerts are sent to.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#alertmanager_config
 */
export const alertingSchema = z.strictObject({
  alert_relabel_configs: fullList(relabelConfigSchema, 'alert relabeling rule'),
  alertmanagers: fullList(managerSchema, 'Alertmanager section'),
});
