import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadPrometheusConfig } from '../../src/config/prometheus/load-prometheus-config.ts';
import { staticConfigSchema } from '../../src/discovery/config/static-config.ts';
import { AppError, messageOf } from '../../src/kit/app-error.ts';
import { formatDuration } from '../../src/kit/duration.ts';
import { Secret } from '../../src/kit/secret.ts';
import { readYamlConfig } from '../../src/kit/yaml-config.ts';
import { parseRuleFile, type RuleFile } from '../../src/rules/rule-file.ts';
import { type CaseOutcome, casesAt, type SuiteResult, tally } from './suite.ts';

/** The folders that are run when none is named. */
export const defaultPaths = ['prometheus/config', 'prometheus/rulefmt', 'prometheus/rules-fixtures'].map(
  casesAt,
);

interface Case {
  readonly file: string;
  readonly loads: boolean;
  readonly error_contains?: string;
  readonly error_also?: readonly string[];
  readonly load_as?: 'rule_file' | 'target_group';
  readonly agent?: boolean;
  readonly fault_in?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly name_validation?: 'utf8' | 'legacy';
  readonly resolved?: Readonly<Record<string, unknown>>;
  readonly groups?: number;
  readonly rules?: number;
}

/** Kinds of discovery whose sections are read whole; faults in those of others are not looked for. */
const supportedKinds = new Set(
  ['static', 'file', 'http', 'dns', 'kubernetes'].map((kind) => `${kind}_sd_configs`),
);

/** What we say for causes that upstream words otherwise. */
const ownWords: readonly (readonly [theirs: string, ours: RegExp])[] = [
  ['at most one of', /at most one of .* may be set/],
  ['field foo not found', /unknown key "foo"/],
  ['field consult_sd_configs not found', /unknown key "consult_sd_configs"/],
  ['field nonexistent_field not found', /unknown key "nonexistent_field"/],
  ['field annotation not found', /unknown key "annotation"/],
  ['field scrape_configs already set', /keys must be unique/i],
  ['"\\xff" is not a valid label', /!!binary value is no text/],
  ['error parsing regexp', /bad regular expression/],
  ['units: unknown unit', /expected a size with a unit/],
  ['unmarshal errors', /expected a text/],
  ["action requires only 'regex'", /takes only 'regex'/],
  ["action requires only 'source_labels'", /takes only 'source_labels' and 'target_label'/],
  ['unrecognized validationscheme', /unrecognized name validation scheme/],
  ['please provide the', /provide the 'api_server' URL explicitly/],
  ['custom http client configuration together', /custom HTTP client configuration together/],
  ['duplicated ignored OTel resource attribute', /'ignore_resource_attributes': .*" is there twice/],
  ['duplicated promoted OTel resource attribute', /'promote_resource_attributes': .*" is there twice/],
  ['empty ignored OTel resource attribute', /'ignore_resource_attributes': there is an empty name/],
  ['empty promoted OTel resource attribute', /'promote_resource_attributes': there is an empty name/],
  ['host is missing in url', /host is missing in the URL/],
];

/** Runs cases of Prometheus configurations and rule files: what must load, what must be refused and why. */
export async function run(path?: string): Promise<SuiteResult> {
  const folders = path === undefined ? defaultPaths.filter((folder) => existsSync(folder)) : [path];
  if (folders.length === 0) console.log(`${defaultPaths.join(', ')}: nothing is there, so nothing was run`);
  return tally(
    folders.flatMap((folder) => casesIn(folder).map((one) => [one.file, outcomeOf(folder, one)] as const)),
  );
}

function casesIn(folder: string): readonly Case[] {
  const listed = join(folder, 'expected.json');
  if (existsSync(listed)) return JSON.parse(readFileSync(listed, 'utf8')) as Case[];
  return readdirSync(folder)
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => ({ file, loads: !file.includes('.bad.') }));
}

function outcomeOf(folder: string, one: Case): CaseOutcome {
  if (one.agent === true) return { skipped: 'there is no agent mode' };
  if (one.fault_in !== undefined && !supportedKinds.has(one.fault_in)) {
    return { skipped: `the fault is in ${one.fault_in}, which is accepted and not read` };
  }
  const problem = problemOf(folder, one);
  return problem === undefined ? { passed: true } : { problem };
}

function problemOf(folder: string, one: Case): string | undefined {
  let loaded: unknown;
  try {
    loaded = load(folder, one);
  } catch (error) {
    if (!(error instanceof AppError)) return `crashed: ${messageOf(error)}`;
    return one.loads ? `refused: ${error.message}` : causeProblem(error.message, one);
  }
  if (!one.loads) return `accepted, though upstream refuses it: ${one.error_contains ?? ''}`;
  return countProblem(loaded, one) ?? resolvedProblem(loaded, one, folder);
}

function load(folder: string, { file, load_as, env = {}, name_validation }: Case): unknown {
  const path = join(folder, file);
  if (load_as === 'target_group') return readYamlConfig(readFileSync(path, 'utf8'), path, staticConfigSchema);
  if (load_as === 'rule_file' || /rulefmt|rules-fixtures/.test(folder)) {
    const options = name_validation === undefined ? {} : { nameValidation: name_validation };
    return parseRuleFile(readFileSync(path, 'utf8'), path, options);
  }
  return loadPrometheusConfig(path, { environment: env });
}

function causeProblem(message: string, { error_contains, error_also = [] }: Case): string | undefined {
  const wanted = [
    ...(error_contains === undefined || error_contains === null ? [] : [error_contains]),
    ...error_also,
  ];
  const missing = wanted.find((text) => !says(message, text));
  return missing === undefined ? undefined : `refused for another reason than "${missing}": ${message}`;
}

function says(message: string, theirs: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/\b(?:the|a|an) /g, '')
      .replace(/\s+/g, ' ');
  if (plain(message).includes(plain(theirs))) return true;
  return ownWords.some(
    ([part, ours]) => theirs.toLowerCase().includes(part.toLowerCase()) && ours.test(message),
  );
}

function countProblem(loaded: unknown, { groups, rules }: Case): string | undefined {
  if (groups === undefined) return undefined;
  const file = loaded as RuleFile;
  const found = file.groups.reduce((sum, group) => sum + group.rules.length, 0);
  return file.groups.length === groups && found === rules
    ? undefined
    : `has ${file.groups.length} groups and ${found} rules, expected ${groups} and ${rules}`;
}

function resolvedProblem(loaded: unknown, { resolved = {} }: Case, folder: string): string | undefined {
  for (const [path, wanted] of Object.entries(resolved)) {
    const found = written(at(loaded, path), path, folder);
    if (!same(found, wanted)) {
      return `${path} is ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`;
    }
  }
  return undefined;
}

/** `a.b[0].c`; rules keep their name apart from what kind they are. */
function at(loaded: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .reduce<unknown>((value, part) => {
      const object = value as Readonly<Record<string, unknown>> | undefined;
      if (part === 'alert' && object?.['kind'] === 'alerting') return object['name'];
      if (part === 'record' && object?.['kind'] === 'recording') return object['name'];
      return object?.[part];
    }, loaded);
}

/** Values as the cases write them: durations as Prometheus does, paths from the folder of the case. */
function written(value: unknown, path: string, folder: string): unknown {
  if (value instanceof Secret) return value.reveal();
  if (typeof value === 'number' && /(?:interval|timeout)$/.test(path)) return formatDuration(value);
  if (typeof value === 'string' && value.startsWith(`${folder}/`)) return relative(folder, value);
  return Array.isArray(value) ? value.map((one) => written(one, path, folder)) : value;
}

function same(found: unknown, wanted: unknown): boolean {
  const isNothing = (value: unknown) =>
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  if (isNothing(wanted)) return isNothing(found);
  return JSON.stringify(sorted(found)) === JSON.stringify(sorted(wanted));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, held]) => [key, sorted(held)]),
  );
}
