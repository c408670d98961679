import { existsSync, readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { lineFinder } from '../../alerting/config/line-finder.ts';
import { parseSilenceFile } from '../../alerting/silence-file.ts';
import { readExceptionsFile } from '../../config/exceptions-file.ts';
import { type LoadedConfig, loadConfig, readText } from '../../config/load-config.ts';
import { messageOf } from '../../kit/app-error.ts';
import { filesMatching } from '../../kit/glob.ts';
import { formatPath } from '../../kit/yaml-config.ts';
import { loadAccess } from '../../kube/load-access.ts';
import { controlOf, frameworkOf } from '../../posture/frameworks/index.ts';
import { expandFiles } from '../../roles/paths.ts';
import { declaredSilences } from '../../roles/settings.ts';
import { readControlsConfig } from '../scan/controls-config.ts';
import { shownFile } from '../scan/read-target.ts';
import { checkAlertmanager } from './check-alertmanager.ts';
import { checkRules } from './check-rules.ts';
import type { CheckOutcome } from './outcome.ts';

/** Notes what is wrong at a field of the file. */
type Refuse = (path: readonly (string | number)[], problem: string) => void;

/** Reads `skopos.yaml` and all that it points to; nothing is connected to. */
export async function checkConfig(file: string | undefined, cwd: string): Promise<CheckOutcome> {
  const isThere = file !== undefined || existsSync(resolve(cwd, 'skopos.yaml'));
  const shown = file ?? 'skopos.yaml';
  const title = isThere ? `Checking ${shown}` : 'Checking the defaults (there is no skopos.yaml here)';
  let config: LoadedConfig;
  try {
    config = loadConfig(file === undefined ? {} : { config: file }, cwd);
  } catch (error) {
    return { title, warnings: [], problems: [messageOf(error)] };
  }
  const lineOf = lineFinder(config.file === '' ? '' : readText(config.file, 'configuration file'));
  const problems: string[] = [];
  const warnings: string[] = [];
  const at = (path: readonly (string | number)[], text: string): string => {
    const line = lineOf(path);
    return `${shown}${line > 0 ? `:${line}` : ''}: ${formatPath(path)}: ${text}`;
  };
  const refuse: Refuse = (path, problem) => void problems.push(at(path, problem));
  checkPosture(config, cwd, refuse);
  await checkSource(config, cwd, refuse);
  const warn: Refuse = (path, text) => void warnings.push(at(path, text));
  const notes: string[] = [];
  const ruleFiles = checkRuleFiles(config, cwd, refuse, { warn, notes });
  const { config: alertmanager } = config.alerting;
  if (alertmanager !== undefined) {
    const checked = checkAlertmanager(shownFile(alertmanager, cwd), cwd);
    for (const problem of checked.problems) refuse(['alerting', 'config'], problem);
    warnings.push(...checked.warnings);
  }
  const silences = checkFiles(
    'silences',
    config.alerting.silences,
    ['alerting', 'silences'],
    refuse,
    (text, name) => parseSilenceFile(text, name),
  );
  // A name may be there once in all of them.
  if (problems.length === 0) attempt(['alerting', 'silences'], refuse, () => declaredSilences(config));
  const exceptions = checkFiles(
    'exceptions',
    config.posture.exceptions,
    ['posture', 'exceptions'],
    refuse,
    (text, name) => readExceptionsFile(text, name),
  );
  const pointed = ruleFiles + silences + exceptions + (alertmanager === undefined ? 0 : 1);
  return {
    title,
    found: `SUCCESS: the configuration and ${pointed} file${pointed === 1 ? '' : 's'} that it points to`,
    notes,
    warnings,
    problems,
  };
}

function checkPosture({ posture }: LoadedConfig, cwd: string, refuse: Refuse): void {
  for (const [i, name] of posture.frameworks.entries())
    attempt(['posture', 'frameworks', i], refuse, () => frameworkOf(name));
  for (const [i, id] of posture.exclude_controls.entries())
    attempt(['posture', 'exclude_controls', i], refuse, () => controlOf(id));
  const inputs = posture.control_inputs;
  if (inputs !== undefined)
    attempt(['posture', 'control_inputs'], refuse, () => readControlsConfig(inputs, shownFile(inputs, cwd)));
}

async function checkSource({ source }: LoadedConfig, cwd: string, refuse: Refuse): Promise<void> {
  const { folder, kubeconfig, context } = source;
  if (folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    refuse(
      ['source', 'folder'],
      `${shownFile(folder, cwd)} is not a folder; give the one that holds the manifests`,
    );
  if (kubeconfig === undefined) return;
  try {
    await loadAccess({ kubeconfig, ...(context === undefined ? {} : { context }) });
  } catch (error) {
    refuse(['source', context === undefined ? 'kubeconfig' : 'context'], messageOf(error));
  }
}

/** @returns how many files the patterns found. */
function checkRuleFiles(
  { rules }: LoadedConfig,
  cwd: string,
  refuse: Refuse,
  { warn, notes }: { readonly warn: Refuse; readonly notes: string[] },
): number {
  let count = 0;
  for (const [i, pattern] of rules.files.entries()) {
    const path = ['rules', 'files', i];
    const isPattern = /[*?[]/.test(pattern);
    const files = isPattern ? filesMatching(pattern, (folder) => readdirSync(folder)) : [pattern];
    if (files.length === 0)
      warn(path, `no file matches ${shownFile(pattern, cwd)}; check the path, or make the first one`);
    for (const file of files) {
      count++;
      const checked = checkRules(shownFile(file, cwd), cwd);
      for (const problem of checked.problems) refuse(path, problem);
      for (const note of checked.notes ?? []) notes.push(`${shownFile(file, cwd)}: ${note}`);
      for (const warning of [...checked.warnings, ...(checked.lints ?? [])]) warn(path, warning);
    }
  }
  return count;
}

/** @returns how many files the patterns found. */
function checkFiles(
  what: string,
  patterns: readonly string[],
  path: readonly string[],
  refuse: Refuse,
  read: (text: string, name: string) => unknown,
): number {
  let count = 0;
  for (const [i, pattern] of patterns.entries())
    attempt([...path, i], refuse, () => {
      for (const file of expandFiles([pattern])) {
        count++;
        attempt([...path, i], refuse, () => read(readText(file, `file of ${what}`), file));
      }
    });
  return count;
}

function attempt(path: readonly (string | number)[], refuse: Refuse, what: () => unknown): void {
  try {
    what();
  } catch (error) {
    refuse(path, messageOf(error));
  }
}
