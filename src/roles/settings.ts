import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { checkTemplates } from '../alerting/check-templates.ts';
import type { AlertingConfig } from '../alerting/config/alerting-config.ts';
import { defaultAlertingConfig } from '../alerting/config/default-config.ts';
import { loadAlertingConfig } from '../alerting/config/load-alerting-config.ts';
import type { DeclaredSilence } from '../alerting/silence.ts';
import { parseSilenceFile } from '../alerting/silence-file.ts';
import { readExceptionsFile } from '../config/exceptions-file.ts';
import { type LoadedConfig, readText } from '../config/load-config.ts';
import { loadPrometheusConfig, type PrometheusConfig } from '../config/prometheus/load-prometheus-config.ts';
import { shownConfig } from '../config/prometheus/shown-config.ts';
import { parseManifests } from '../inventory/folder/parse-manifests.ts';
import { formatProblem } from '../inventory/folder/problem.ts';
import { BadInputError, messageOf } from '../kit/app-error.ts';
import { filesMatching } from '../kit/glob.ts';
import type { Labels } from '../model/labels.ts';
import type { KubeObject } from '../model/object.ts';
import type { Control, ControlInputs } from '../posture/control.ts';
import { customControls, describeProblem } from '../posture/custom/custom-controls.ts';
import type { PostureException } from '../posture/exceptions/posture-exception.ts';
import { controlOf, controlsOf, type Framework, frameworkOf } from '../posture/frameworks/index.ts';
import { defaultInputs, readInputs } from '../posture/inputs.ts';
import { parseRuleFile, type RuleFile } from '../rules/rule-file.ts';
import { expandFiles, shippedRules } from './paths.ts';
import type { ShownDocument } from './reload-history.ts';

/** What reloading replaces: rule files and routing, both checked whole. */
export interface Reloadable {
  readonly rules: readonly RuleFile[];
  readonly alerting: AlertingConfig;
  readonly silences: readonly DeclaredSilence[];
  readonly prometheus: PrometheusSettings | undefined;
}

/** A `prometheus.yml` that is in force. */
export interface PrometheusSettings {
  readonly config: PrometheusConfig;
  /** Its text for pages, without secrets. */
  readonly shown: string;
}

/** @throws {BadInputError} naming file, line and field of the first thing that is wrong; nothing has changed then. */
export function loadReloadable(config: LoadedConfig): Reloadable {
  // The drill's own rule is always there: a drill that nobody can run proves nothing.
  const shipped = config.rules.shipped ? [shippedRules] : [join(shippedRules, 'drill.yaml')];
  const prometheus = loadPrometheus(config);
  const named = (prometheus?.config.rule_files ?? []).flatMap((pattern) =>
    filesMatching(pattern, (path) => readdirSync(path)),
  );
  const paths = new Set([...expandFiles([...shipped, ...config.rules.files]), ...named]);
  const rules = [...paths].map((path) => {
    const file = parseRuleFile(readText(path, 'rule file'), path);
    return prometheus !== undefined && named.includes(path) ? withDefaults(file, prometheus) : file;
  });
  const file = config.alerting.config;
  const alerting =
    file === undefined
      ? defaultAlertingConfig()
      : loadAlertingConfig(readText(file, 'alerting configuration'), {
          file,
          baseDir: dirname(file),
          readFile: (path) => readFileSync(path, 'utf8'),
        });
  checkTemplates(alerting);
  return { rules, alerting, silences: declaredSilences(config), prometheus };
}

/** Groups of a `prometheus.yml` go by its own interval and offset where they set none. */
function withDefaults(file: RuleFile, { config: { global } }: PrometheusSettings): RuleFile {
  return {
    ...file,
    groups: file.groups.map((group) => ({
      ...group,
      intervalMs: group.intervalMs || global.evaluation_interval,
      queryOffsetMs: group.queryOffsetMs ?? global.rule_query_offset,
    })),
  };
}

/** @throws {BadInputError} naming file, line and field. */
export function loadPrometheus(config: LoadedConfig): PrometheusSettings | undefined {
  const file = config.metrics.prometheus_config;
  if (file === undefined) return undefined;
  const text = readText(file, 'Prometheus configuration');
  return { config: loadPrometheusConfig(file, { environment: process.env }), shown: shownConfig(text) };
}

/** The configuration files that are in force, as people may see them. */
export function shownDocuments(
  config: LoadedConfig,
  prometheus: PrometheusSettings | undefined,
): readonly ShownDocument[] {
  return [
    ...(config.file === ''
      ? []
      : [
          {
            name: 'skopos.yaml',
            path: config.file,
            text: shownConfig(readText(config.file, 'configuration file')),
          },
        ]),
    ...(prometheus === undefined
      ? []
      : [{ name: 'prometheus.yml', path: prometheus.config.file, text: prometheus.shown }]),
  ];
}

/** External labels of a `prometheus.yml`, and ours over them. */
export function externalLabels(config: LoadedConfig, prometheus: PrometheusSettings | undefined): Labels {
  return { ...prometheus?.config.global.external_labels, ...config.rules.external_labels };
}

/** @throws {BadInputError} naming file, line and field; a name may be there once in all files. */
export function declaredSilences(config: LoadedConfig): readonly DeclaredSilence[] {
  const files = new Map<string, string>();
  return expandFiles(config.alerting.silences).flatMap((path) =>
    parseSilenceFile(readText(path, 'file of silences'), path).map((silence) => {
      const other = files.get(silence.name);
      if (other !== undefined)
        throw new BadInputError('', `${path}: silence "${silence.name}" is declared in ${other} already`);
      files.set(silence.name, path);
      return silence;
    }),
  );
}

/** Exceptions of posture from files. @throws {BadInputError} naming file, line and field. */
export function loadExceptions(config: LoadedConfig): readonly PostureException[] {
  return expandFiles(config.posture.exceptions).flatMap((path) =>
    readExceptionsFile(readText(path, 'file of exceptions'), path),
  );
}

/** ValidatingAdmissionPolicies of files and folders. @throws {BadInputError} naming file, line and field. */
export function loadPolicies(config: LoadedConfig): readonly KubeObject[] {
  const places = new Map<KubeObject, string>();
  for (const path of expandFiles(config.posture.policies)) {
    const { objects, problems } = parseManifests(readText(path, 'file of policies'), path);
    const bad = problems.filter(({ severity }) => severity === 'error');
    if (bad.length > 0) throw new BadInputError('', bad.map(formatProblem).join('\n'));
    for (const { object, line } of objects) places.set(object, `${path}:${line}: `);
  }
  const { problems } = customControls(places.keys());
  if (problems.length > 0) {
    const said = problems.map((one) => `${places.get(one.object) ?? ''}${describeProblem(one)}`);
    throw new BadInputError('', said.join('\n'));
  }
  return [...places.keys()];
}

/** Which of our controls judge, and with what: fixed for the life of the process. */
export interface PostureSettings {
  /** Custom controls and their framework come and go at the end of these lists. */
  readonly frameworks: Framework[];
  readonly controls: Control[];
  readonly inputs: ControlInputs;
}

/** @throws {BadInputError} for an unknown framework or control, or inputs that cannot be read. */
export function loadPosture(config: LoadedConfig): PostureSettings {
  const excluded = new Set(
    config.posture.exclude_controls.map((id, i) => controlOf(id, `posture.exclude_controls[${i}]`).id),
  );
  const frameworks = config.posture.frameworks.map((name, i) => {
    const framework = frameworkOf(name, `posture.frameworks[${i}]`);
    return { ...framework, controls: framework.controls.filter((id) => !excluded.has(id)) };
  });
  const controls = [
    ...new Map(frameworks.flatMap(controlsOf).map((control) => [control.id, control])).values(),
  ];
  if (controls.length === 0)
    throw new BadInputError('posture', 'every control is excluded; nothing would be judged');
  return { frameworks, controls, inputs: readControlInputs(config.posture.control_inputs) };
}

function readControlInputs(file: string | undefined): ControlInputs {
  if (file === undefined) return defaultInputs;
  const text = readText(file, 'control inputs');
  try {
    return readInputs(parse(text));
  } catch (error) {
    throw new BadInputError('', `${basename(file)}: ${messageOf(error)}`, { cause: error });
  }
}
