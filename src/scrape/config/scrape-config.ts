import { z } from 'zod';
import {
  discoveryShape,
  otherDiscoveryShape,
  staticTargetProblem,
} from '../../discovery/config/discovery-config.ts';
import { httpConfigProblem, httpConfigSchema } from '../../http/client-config.ts';
import {
  byteSize,
  durationMs,
  flag,
  fullList,
  or,
  text,
  textOrEmpty,
  wholeNumber,
} from '../../kit/yaml-fields.ts';
import { relabelConfigSchema } from '../../relabel/relabel-config.ts';
import { escapingSchemeSchema, validationSchemeSchema } from './name-schemes.ts';
import { fallbackProtocolSchema, protocolsSchema } from './scrape-protocols.ts';

/** What a scrape section says for itself or takes from `global`; limits of 0 are none. */
export const inheritedShape = {
  scrape_interval: durationMs.nullish(),
  scrape_timeout: durationMs.nullish(),
  scrape_protocols: protocolsSchema,
  scrape_failure_log_file: textOrEmpty,
  body_size_limit: or(byteSize, 0),
  sample_limit: or(wholeNumber, 0),
  target_limit: or(wholeNumber, 0),
  label_limit: or(wholeNumber, 0),
  label_name_length_limit: or(wholeNumber, 0),
  label_value_length_limit: or(wholeNumber, 0),
  keep_dropped_targets: or(wholeNumber, 0),
  metric_name_validation_scheme: validationSchemeSchema,
  metric_name_escaping_scheme: escapingSchemeSchema,
  scrape_native_histograms: flag.nullish(),
  always_scrape_classic_histograms: flag.nullish(),
  convert_classic_histograms_to_nhcb: flag.nullish(),
  extra_scrape_metrics: flag.nullish(),
};

const shape = z.strictObject({
  job_name: textOrEmpty,
  honor_labels: or(flag, false),
  honor_timestamps: or(flag, true),
  track_timestamps_staleness: or(flag, false),
  params: or(z.record(z.string(), z.array(text)), {} as Readonly<Record<string, readonly string[]>>),
  metrics_path: or(text, '/metrics'),
  scheme: or(
    text.refine((value) => ['', 'http', 'https'].includes(value), { error: 'expected http or https' }),
    'http',
  ),
  enable_compression: or(flag, true),
  fallback_scrape_protocol: fallbackProtocolSchema,
  native_histogram_bucket_limit: or(wholeNumber, 0),
  native_histogram_min_bucket_factor: or(z.number(), 0),
  ...inheritedShape,
  relabel_configs: fullList(relabelConfigSchema, 'target relabeling rule'),
  metric_relabel_configs: fullList(relabelConfigSchema, 'metric relabeling rule'),
  ...httpConfigSchema.shape,
  ...discoveryShape,
  ...otherDiscoveryShape,
});

/** One entry of `scrape_configs` as written, with defaults; what it takes from `global` is filled in when the whole is known. */
export type ScrapeSection = z.output<typeof shape>;

/**
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
 */
export const scrapeSectionSchema = shape.superRefine((section, context) => {
  // What is wrong within comes first.
  if (context.issues.length > 0) return;
  const found =
    (section.job_name === '' ? { path: ['job_name'], problem: 'job_name is empty' } : undefined) ??
    httpConfigProblem(section) ??
    (section.relabel_configs.length === 0 ? staticTargetProblem(section.static_configs) : undefined);
  if (found !== undefined)
    context.addIssue({ code: 'custom', message: found.problem, path: [...found.path] });
});
