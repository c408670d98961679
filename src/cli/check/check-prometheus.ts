import { existsSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readText } from '../../config/load-config.ts';
import {
  loadPrometheusConfig,
  type PrometheusConfig,
} from '../../config/prometheus/load-prometheus-config.ts';
import type { ScrapeConfig } from '../../config/prometheus/resolve-scrape-config.ts';
import { unsupportedKinds } from '../../discovery/config/discovery-config.ts';
import { addressProblem, type StaticConfig } from '../../discovery/config/static-config.ts';
import { readTargetFile } from '../../discovery/config/target-file.ts';
import { messageOf } from '../../kit/app-error.ts';
import { formatDuration } from '../../kit/duration.ts';
import { filesMatching } from '../../kit/glob.ts';
import { relabel } from '../../relabel/relabel.ts';
import type { RelabelConfig } from '../../relabel/relabel-config.ts';
import { checkRules } from './check-rules.ts';
import type { Lint } from './lints.ts';
import type { CheckOutcome } from './outcome.ts';

export interface CheckPrometheusOptions {
  /** Files that it names are not looked at. */
  readonly syntaxOnly: boolean;
  readonly ignoreUnknownFields: boolean;
  readonly lints: ReadonlySet<Lint>;
  /** How far back queries look, which scrape intervals must not reach. */
  readonly lookbackMs: number;
}

/** Reads a `prometheus.yml` and what it points to, as `promtool check config` does; the first outcome is the file itself. */
export function checkPrometheus(
  file: string,
  cwd: string,
  options: CheckPrometheusOptions,
): readonly CheckOutcome[] {
  const title = `Checking ${file}`;
  let config: PrometheusConfig;
  try {
    config = loadPrometheusConfig(resolve(cwd, file), { environment: process.env });
  } catch (error) {
    return [{ title, warnings: [], problems: messageOf(error).split('\n') }];
  }
  const problems: string[] = [];
  const warnings = unsupported(config);
  const ruleFiles = options.syntaxOnly ? [] : ruleFilesOf(config, problems);
  if (!options.syntaxOnly) {
    for (const section of config.scrape_configs) {
      problems.push(...fileProblems(section, `scrape_configs "${section.job_name}"`));
      discoveryFiles(section, `scrape job "${section.job_name}"`, problems, warnings);
    }
    for (const [i, section] of config.alerting.alertmanagers.entries()) {
      problems.push(...fileProblems(section, `alertmanagers[${i}]`));
      discoveryFiles(section, `alertmanagers[${i}]`, problems, warnings);
    }
  }
  problems.push(...targetProblems(config));
  const lints =
    options.lints.has('too-long-scrape-interval') && !options.syntaxOnly
      ? tooLong(config, options.lookbackMs)
      : [];
  const found = `SUCCESS: ${ruleFiles.length > 0 ? `${ruleFiles.length} rule files found; ` : ''}${file} is valid prometheus config file syntax`;
  const { lints: ruleLints, ignoreUnknownFields } = { ...options };
  return [
    { title, found, warnings, lints, problems },
    ...ruleFiles.map((path) => checkRules(path, cwd, { ignoreUnknownFields, lints: ruleLints })),
  ];
}

function ruleFilesOf({ rule_files: patterns }: PrometheusConfig, problems: string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const files = filesMatching(pattern, (folder) => readdirSync(folder));
    if (files.length === 0 && !/[*?[]/.test(pattern))
      problems.push(`rule_files: "${pattern}" does not point to an existing file`);
    return files;
  });
}

type Section = ScrapeConfig | PrometheusConfig['alerting']['alertmanagers'][number];

function fileProblems(section: Section, where: string): readonly string[] {
  const { tls_config: tls, authorization, bearer_token_file: token } = section;
  const problems: string[] = [];
  const check = (path: string | null | undefined, what: string) => {
    if (path && !existsSync(path))
      problems.push(`${where}: error checking ${what} "${path}": there is no such file`);
  };
  check(authorization?.credentials_file ?? token, 'authorization credentials or bearer token file');
  check(tls?.cert_file, 'client cert file');
  check(tls?.key_file, 'client key file');
  return problems;
}

/** Files of targets: one that is not there yet is no error, as it may come. */
function discoveryFiles(section: Section, where: string, problems: string[], warnings: string[]): void {
  for (const pattern of section.file_sd_configs.flatMap(({ files }) => files)) {
    const files = filesMatching(pattern, (folder) => readdirSync(folder));
    if (files.length === 0 && !/[*?[]/.test(pattern)) {
      warnings.push(`file "${pattern}" for file_sd in ${where} does not exist`);
    }
    for (const file of files) {
      try {
        const groups = readTargetFile(readText(file, 'file of targets'), file);
        problems.push(
          ...addressProblems(groups, section.relabel_configs).map((problem) => `${file}: ${problem}`),
        );
      } catch (error) {
        problems.push(messageOf(error));
      }
    }
  }
}

/** Addresses of static targets as they are after relabelling. */
function targetProblems(config: PrometheusConfig): readonly string[] {
  const sections: readonly Section[] = [...config.scrape_configs, ...config.alerting.alertmanagers];
  return sections.flatMap((section) => addressProblems(section.static_configs, section.relabel_configs));
}

function addressProblems(
  groups: readonly StaticConfig[],
  rules: readonly RelabelConfig[],
): readonly string[] {
  return groups.flatMap(({ targets, labels }) =>
    targets.flatMap((target) => {
      const address = relabel({ ...labels, __address__: target }, rules)?.['__address__'];
      const problem = address === undefined ? undefined : addressProblem(address);
      return problem === undefined ? [] : [problem];
    }),
  );
}

function tooLong({ scrape_configs: sections }: PrometheusConfig, lookbackMs: number): readonly string[] {
  const found = sections.filter(({ scrape_interval: interval }) => interval >= lookbackMs);
  if (found.length === 0) return [];
  const lines = found.map(({ job_name: job, scrape_interval: ms }) => `  ${job}: ${formatDuration(ms)}`);
  return [
    `${found.length} too long scrape interval found; queries look ${formatDuration(lookbackMs)} back:\n${lines.join('\n')}`,
  ];
}

function unsupported({ scrape_configs: sections }: PrometheusConfig): string[] {
  return sections.flatMap((section) =>
    unsupportedKinds(section).map(
      (kind) =>
        `scrape job "${section.job_name}": Skopos has no discovery of kind ${kind}; the job finds no targets by it`,
    ),
  );
}

/** Whether a file is a `prometheus.yml` and no `skopos.yaml`: by a key that only the one has. */
export function looksLikePrometheus(file: string, cwd: string): boolean {
  try {
    const text = readText(resolve(cwd, file), 'configuration');
    const keys = [...text.matchAll(/^([a-z_]+):/gm)].map(([, key]) => key);
    if (keys.some((key) => prometheusKeys.has(key ?? '')) || /^\s+(?:alertmanagers|tsdb):/m.test(text))
      return true;
    const isNamedSo = /prometheus/.test(file) && dirname(file) !== '';
    return isNamedSo && !keys.some((key) => skoposKeys.has(key ?? ''));
  } catch {
    return /prometheus/.test(file);
  }
}

const prometheusKeys = new Set([
  ...[
    'global',
    'scrape_configs',
    'rule_files',
    'scrape_config_files',
    'remote_write',
    'remote_read',
    'runtime',
    'otlp',
  ],
  'tracing',
]);
const skoposKeys = new Set(['source', 'posture', 'rules', 'api', 'data', 'log_level']);
