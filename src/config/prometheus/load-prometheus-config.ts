import { readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { messageOf } from '../../kit/app-error.ts';
import { filesMatching } from '../../kit/glob.ts';
import { ConfigFileError, readYamlConfig } from '../../kit/yaml-config.ts';
import { documentSchema, scrapeFileSchema } from './document.ts';
import { expandEnvironment } from './expand-environment.ts';
import { joinPaths } from './join-paths.ts';
import type { ScrapeConfig } from './resolve-scrape-config.ts';

/**
 * A `prometheus.yml` as it is in force, under the names of its own keys: defaults and what sections inherit are filled in,
 * paths are absolute or from the working directory, durations are milliseconds, sizes bytes, secrets hidden.
 */
export type PrometheusConfig = Omit<z.output<typeof documentSchema>, 'scrape_configs'> & {
  readonly file: string;
  /** Those of `scrape_config_files` too. */
  readonly scrape_configs: readonly ScrapeConfig[];
};

export interface LoadPrometheusOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a Prometheus configuration, and the files of `scrape_config_files`. Rule files, secret files and certificates are not
 * opened here.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 * @throws {ConfigFileError} naming file, line and field of the first mistake.
 */
export function loadPrometheusConfig(file: string, { environment }: LoadPrometheusOptions): PrometheusConfig {
  const document = readYamlConfig(readText(file, file, ''), file, documentSchema);
  const folder = dirname(file);
  const joined = joinPaths(document, folder);
  const more = joined.scrape_config_files.flatMap((pattern, index) =>
    filesMatching(pattern, (path) => readdirSync(path)).map((path) => ({ path, index })),
  );
  const scrapeConfigs: ScrapeConfig[] = [...joined.scrape_configs];
  for (const { path, index } of more) {
    const text = readText(path, file, `scrape_config_files[${index}]`);
    const found = readYamlConfig(text, path, scrapeFileSchema(document.global));
    for (const config of joinPaths(found, dirname(path))) {
      if (scrapeConfigs.some(({ job_name }) => job_name === config.job_name)) {
        const problem = `found multiple scrape configs with job name "${config.job_name}", one of them in ${path}`;
        throw new ConfigFileError(file, 0, `scrape_config_files[${index}]`, problem);
      }
      scrapeConfigs.push(config);
    }
  }
  const labels = Object.entries(joined.global.external_labels).map(([name, value]) => [
    name,
    expandEnvironment(value, environment),
  ]);
  return {
    ...joined,
    file: resolve(file),
    global: { ...joined.global, external_labels: Object.fromEntries(labels) },
    scrape_configs: scrapeConfigs,
  };
}

function readText(path: string, file: string, field: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigFileError(file, 0, field, `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
