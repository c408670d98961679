import type { HttpClientConfig } from '../../http/client-config.ts';
import type { RelabelConfig } from '../../relabel/relabel-config.ts';
import type { EscapingScheme, ValidationScheme } from '../config/name-schemes.ts';
import type { ScrapeProtocol } from '../config/scrape-protocols.ts';

/** What of a scrape section a pool goes by, under the names of its keys: durations in ms, sizes in bytes, limits of 0 are none. */
export interface PoolConfig extends HttpClientConfig {
  readonly job_name: string;
  readonly scrape_interval: number;
  readonly scrape_timeout: number;
  readonly scrape_protocols: readonly ScrapeProtocol[];
  readonly fallback_scrape_protocol: ScrapeProtocol | undefined;
  readonly scrape_native_histograms: boolean;
  readonly always_scrape_classic_histograms: boolean;
  readonly convert_classic_histograms_to_nhcb: boolean;
  readonly native_histogram_bucket_limit: number;
  readonly native_histogram_min_bucket_factor: number;
  /** '' for none. */
  readonly scrape_failure_log_file: string;
  readonly metrics_path: string;
  readonly scheme: string;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly enable_compression: boolean;
  readonly honor_labels: boolean;
  readonly honor_timestamps: boolean;
  readonly track_timestamps_staleness: boolean;
  readonly extra_scrape_metrics: boolean;
  readonly body_size_limit: number;
  readonly sample_limit: number;
  readonly target_limit: number;
  readonly label_limit: number;
  readonly label_name_length_limit: number;
  readonly label_value_length_limit: number;
  readonly keep_dropped_targets: number;
  readonly metric_name_validation_scheme: ValidationScheme;
  readonly metric_name_escaping_scheme: EscapingScheme;
  readonly relabel_configs: readonly RelabelConfig[];
  readonly metric_relabel_configs: readonly RelabelConfig[];
}
