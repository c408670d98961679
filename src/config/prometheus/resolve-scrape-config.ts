import { type EscapingScheme, nameSchemes, type ValidationScheme } from '../../scrape/config/name-schemes.ts';
import type { ScrapeSection } from '../../scrape/config/scrape-config.ts';
import {
  defaultProtocols,
  type ScrapeProtocol,
  scrapeProtocols,
} from '../../scrape/config/scrape-protocols.ts';
import type { GlobalSection } from './global-section.ts';

/** A scrape section with everything that it takes from `global`. Durations in milliseconds, sizes in bytes, limits of 0 are none. */
export type ScrapeConfig = Omit<
  ScrapeSection,
  | 'scrape_interval'
  | 'scrape_timeout'
  | 'scrape_protocols'
  | 'metric_name_validation_scheme'
  | 'metric_name_escaping_scheme'
  | (typeof flags)[number]
> & {
  readonly scrape_interval: number;
  readonly scrape_timeout: number;
  readonly scrape_protocols: readonly ScrapeProtocol[];
  readonly metric_name_validation_scheme: ValidationScheme;
  readonly metric_name_escaping_scheme: EscapingScheme;
} & Readonly<Record<(typeof flags)[number], boolean>>;

const flags = [
  'scrape_native_histograms',
  'always_scrape_classic_histograms',
  'convert_classic_histograms_to_nhcb',
  'extra_scrape_metrics',
] as const;

const limits = [
  'body_size_limit',
  'sample_limit',
  'target_limit',
  'label_limit',
  'label_name_length_limit',
  'label_value_length_limit',
  'keep_dropped_targets',
] as const;

export interface Misfit {
  readonly field: string;
  readonly problem: string;
}

/** The section as it is in force, or why it does not fit with `global`. */
export function resolveScrapeConfig(section: ScrapeSection, global: GlobalSection): ScrapeConfig | Misfit {
  const interval = section.scrape_interval || global.scrape_interval;
  if (section.scrape_timeout && section.scrape_timeout > interval) {
    const problem = `scrape timeout greater than scrape interval for the job "${section.job_name}"`;
    return { field: 'scrape_timeout', problem };
  }
  const schemes = nameSchemes(section, global);
  if ('problem' in schemes) return { field: 'metric_name_escaping_scheme', problem: schemes.problem };
  const native = section.scrape_native_histograms ?? global.scrape_native_histograms ?? false;
  return {
    ...section,
    ...numbers(section, global),
    ...booleans(section, global),
    scrape_failure_log_file: section.scrape_failure_log_file || global.scrape_failure_log_file,
    scrape_interval: interval,
    scrape_timeout: section.scrape_timeout || Math.min(global.scrape_timeout, interval),
    scrape_protocols:
      section.scrape_protocols ?? global.scrape_protocols ?? (native ? scrapeProtocols : defaultProtocols),
    metric_name_validation_scheme: schemes.validation,
    metric_name_escaping_scheme: schemes.escaping,
  };
}

function numbers(section: ScrapeSection, global: GlobalSection) {
  const entries = limits.map((limit) => [limit, section[limit] || global[limit]]);
  return Object.fromEntries(entries) as Record<(typeof limits)[number], number>;
}

function booleans(section: ScrapeSection, global: GlobalSection) {
  const entries = flags.map((flag) => [flag, section[flag] ?? global[flag] ?? false]);
  return Object.fromEntries(entries) as Record<(typeof flags)[number], boolean>;
}
