import { readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { messageOf } from '../../kit/app-error.ts';
import { filesMatching } from '../../kit/glob.ts';
import { ConfigFileError, readYamlConfig } from '../../kit/yaml-config.ts';
import { notifiers } from '../notifiers/notifiers.ts';
import type { TimeInterval } from '../time-interval.ts';
import type {
  AlertingConfig,
  InhibitRuleConfig,
  IntegrationConfig,
  ReceiverConfig,
  RouteConfig,
  TemplateFile,
} from './alerting-config.ts';
import { checkReferences } from './check-references.ts';
import {
  type ConfigEntry,
  configShape,
  type MatcherEntries,
  type ReceiverEntry,
  type RouteEntry,
} from './config-schema.ts';
import { withPathsFrom } from './file-paths.ts';
import type { Globals } from './global-schema.ts';
import { lineFinder } from './line-finder.ts';
import { redactYaml } from './redact-yaml.ts';

export interface LoadOptions {
  /** Its name, for messages. */
  readonly file: string;
  /** Where relative paths of `templates:` start. */
  readonly baseDir: string;
  /** For tests; the file system when left out. */
  readonly readFile?: (path: string) => string;
  /** Names in a folder, for `templates:` patterns; the file system when left out. */
  readonly listFolder?: (path: string) => readonly string[];
}

const configSchema = configShape.superRefine(checkReferences);

/**
 * Reads an `alertmanager.yml`. Secret files are not opened here; template files are read.
 *
 * @throws {ConfigFileError} naming file, line and field of the first mistake.
 */
export function loadAlertingConfig(text: string, options: LoadOptions): AlertingConfig {
  const entry = withPathsFrom(readYamlConfig(text, options.file, configSchema), options.baseDir);
  const globals = entry.global ?? ({} as Globals);
  return {
    file: options.file,
    redactedText: redactYaml(text),
    lineOf: lineFinder(text),
    resolveTimeoutMs: globals.resolve_timeout ?? 5 * 60_000,
    route: routeOf(entry.route as RouteEntry, rootDefaults),
    receivers: entry.receivers.map((receiver) => receiverOf(receiver, globals)),
    inhibitRules: entry.inhibit_rules.map(inhibitRuleOf),
    timeIntervals: new Map<string, readonly TimeInterval[]>(
      [...entry.mute_time_intervals, ...entry.time_intervals].map(({ name, time_intervals }) => [
        name,
        time_intervals,
      ]),
    ),
    templates: readTemplates(entry.templates, options),
    warnings: warningsOf(entry),
  };
}

type Inherited = Pick<
  RouteConfig,
  'receiver' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs' | 'repeatIntervalMs' | 'labels'
>;

const rootDefaults: Inherited = {
  receiver: '',
  groupBy: [],
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
  labels: {},
};

function routeOf(entry: RouteEntry, parent: Inherited): RouteConfig {
  const own: Inherited = {
    receiver: entry.receiver || parent.receiver,
    groupBy: groupByOf(entry.group_by) ?? parent.groupBy,
    groupWaitMs: entry.group_wait ?? parent.groupWaitMs,
    groupIntervalMs: entry.group_interval ?? parent.groupIntervalMs,
    repeatIntervalMs: entry.repeat_interval ?? parent.repeatIntervalMs,
    labels: { ...parent.labels, ...entry.labels },
  };
  return {
    ...own,
    matchers: [...entry.match, ...entry.match_re, ...entry.matchers.matchers].sort((a, b) =>
      a.name === b.name ? compare(a.value, b.value) : compare(a.name, b.name),
    ),
    continue: entry.continue ?? false,
    muteTimeIntervals: entry.mute_time_intervals,
    activeTimeIntervals: entry.active_time_intervals,
    routes: entry.routes.map((child) => routeOf(child, own)),
  };
}

/** Undefined where the parent's is taken, which an empty list says too, as upstream. */
function groupByOf(names: readonly string[] | null | undefined): RouteConfig['groupBy'] | undefined {
  if (names?.[0] === '...') return 'all';
  return names?.length ? names : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function receiverOf(entry: ReceiverEntry, globals: Globals): ReceiverConfig {
  const integrations = notifiers.flatMap((kind) => {
    const entries = (entry as unknown as Record<string, readonly { send_resolved?: boolean | null }[]>)[
      `${kind.name}_configs`
    ];
    return (entries ?? []).map(
      (settings, index): IntegrationConfig => ({
        kind,
        index,
        sendResolved: settings.send_resolved ?? kind.sendResolved,
        settings: kind.resolve(settings, globals),
      }),
    );
  });
  // A receiver's name is one of its labels, which queries may select by.
  return { name: entry.name, labels: { name: entry.name, ...entry.labels }, integrations };
}

function inhibitRuleOf(entry: ConfigEntry['inhibit_rules'][number]): InhibitRuleConfig {
  return {
    name: entry.name ?? '',
    sourceMatchers: [...entry.source_match, ...entry.source_match_re, ...entry.source_matchers.matchers],
    targetMatchers: [...entry.target_match, ...entry.target_match_re, ...entry.target_matchers.matchers],
    equal: entry.equal,
  };
}

function readTemplates(patterns: readonly string[], options: LoadOptions): readonly TemplateFile[] {
  const { readFile = (path: string) => readFileSync(path, 'utf8') } = options;
  const { listFolder = (path: string) => readdirSync(path) } = options;
  return patterns.flatMap((pattern, i) =>
    filesMatching(isAbsolute(pattern) ? pattern : join(options.baseDir, pattern), listFolder).map((file) => {
      try {
        return { file, text: readFile(file) };
      } catch (error) {
        throw new ConfigFileError(
          options.file,
          0,
          `templates[${i}]`,
          `cannot read ${file}: ${messageOf(error)}`,
          {
            cause: error,
          },
        );
      }
    }),
  );
}

function warningsOf(entry: ConfigEntry): readonly string[] {
  const warnings: string[] = [];
  if (entry.tracing) warnings.push('tracing has no effect here');
  if (entry.event_recorder) warnings.push('event_recorder has no effect here: the ledger records every hop');
  if (entry.mute_time_intervals.length > 0)
    warnings.push('mute_time_intervals is deprecated: use time_intervals');
  const deprecated = deprecatedKeys(entry);
  if (deprecated.length > 0) warnings.push(`${deprecated.join(', ')}: deprecated; use matchers`);
  const lists = [
    ...(entry.route ? matchersWithin(entry.route) : []),
    ...entry.inhibit_rules.flatMap((rule) => [rule.source_matchers, rule.target_matchers]),
  ];
  return [...warnings, ...lists.flatMap((one) => one.warnings)];
}

function matchersWithin(route: RouteEntry): readonly MatcherEntries[] {
  return [route.matchers, ...route.routes.flatMap(matchersWithin)];
}

/** Old spellings that the file uses. */
function deprecatedKeys({ route, inhibit_rules: rules }: ConfigEntry): readonly string[] {
  const found = new Set<string>();
  const note = (object: object, keys: readonly string[]) => {
    for (const key of keys) if ((object as Record<string, readonly unknown[]>)[key]?.length) found.add(key);
  };
  const walk = (at: RouteEntry) => {
    note(at, ['match', 'match_re']);
    for (const child of at.routes) walk(child);
  };
  if (route) walk(route);
  for (const rule of rules)
    note(rule, ['source_match', 'source_match_re', 'target_match', 'target_match_re']);
  return [...found];
}
