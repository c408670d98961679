import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import { readYamlConfig } from '../../kit/yaml-config.ts';
import { compileRule, type IgnoreRule } from './ignore-rules.ts';
import type { MatchSettings } from './match-settings.ts';

const text = z.string().optional();

const ruleSchema = z.strictObject({
  vulnerability: text,
  'include-aliases': z.boolean().optional(),
  reason: text,
  namespace: text,
  'fix-state': text,
  'vex-status': text,
  'vex-justification': text,
  'match-type': text,
  package: z
    .strictObject({
      name: text,
      version: text,
      language: text,
      type: text,
      location: text,
      'upstream-name': text,
    })
    .optional(),
});

const usesCpes = z.looseObject({ 'using-cpes': z.boolean().optional() }).optional();

/** What of Grype's configuration file says what is found; the rest of it is passed over. */
const grypeSchema = z.looseObject({
  ignore: z.array(ruleSchema).nullish(),
  'only-fixed': z.boolean().optional(),
  'only-notfixed': z.boolean().optional(),
  'ignore-wontfix': z.union([z.boolean(), z.string()]).optional(),
  'by-cve': z.boolean().optional(),
  'fail-on-severity': text,
  'vex-documents': z.array(z.string()).nullish(),
  'vex-add': z.array(z.string()).nullish(),
  match: z
    .looseObject({
      golang: z
        .looseObject({
          'always-use-cpe-for-stdlib': z.boolean().optional(),
          'allow-main-module-pseudo-version-comparison': z.boolean().optional(),
        })
        .optional(),
      rpm: z.looseObject({ 'missing-epoch-strategy': z.enum(['zero', 'auto']).optional() }).optional(),
      stock: usesCpes,
    })
    .optional(),
});

export interface GrypeConfig {
  readonly ignore: readonly IgnoreRule[];
  readonly settings: Partial<MatchSettings>;
  readonly byCve: boolean;
  readonly onlyFixed: boolean;
  /** As Grype writes it, in lower case; empty for none. */
  readonly failOnSeverity: string;
  readonly vexDocuments: readonly string[];
}

/**
 * Reads a `.grype.yaml`.
 *
 * @throws {ConfigFileError} naming file, line and field
 * @throws {BadInputError} when a pattern of an ignore rule is none.
 */
export function readGrypeConfig(yaml: string, file: string): GrypeConfig {
  const found = readYamlConfig(yaml, file, grypeSchema);
  const rules = (found.ignore ?? []).map(ruleFrom);
  for (const [i, rule] of rules.entries()) check(rule, `${file}: ignore rule ${i + 1}`);
  const states = [
    ...(found['only-notfixed'] === true ? ['fixed'] : []),
    ...statesOf(found['ignore-wontfix']),
  ];
  const { golang, rpm, stock } = found.match ?? {};
  return {
    ignore: [...rules, ...states.map((fixState) => ({ fixState, reason: `fix state ${fixState}` }))],
    settings: {
      ...(stock?.['using-cpes'] === false ? { cpes: 'never' as const } : {}),
      ...(rpm?.['missing-epoch-strategy'] === undefined
        ? {}
        : { rpmMissingEpoch: rpm['missing-epoch-strategy'] }),
      ...(golang?.['always-use-cpe-for-stdlib'] === true ? { goStdlibCpes: true } : {}),
      ...(golang?.['allow-main-module-pseudo-version-comparison'] === true
        ? { goMainModulePseudoVersions: true }
        : {}),
    },
    byCve: found['by-cve'] === true,
    onlyFixed: found['only-fixed'] === true,
    failOnSeverity: (found['fail-on-severity'] ?? '').toLowerCase(),
    vexDocuments: found['vex-documents'] ?? [],
  };
}

/** @throws {BadInputError} saying of which rule a pattern is none. */
function check(rule: IgnoreRule, where: string): void {
  try {
    compileRule(rule);
  } catch (error) {
    if (!(error instanceof BadInputError)) throw error;
    throw new BadInputError('ignore', `${where}: ${error.message}`, { cause: error });
  }
}

function ruleFrom(rule: z.output<typeof ruleSchema>): IgnoreRule {
  const { package: found } = rule;
  return withoutUndefined({
    vulnerability: rule.vulnerability,
    includeAliases: rule['include-aliases'],
    reason: rule.reason,
    namespace: rule.namespace,
    fixState: rule['fix-state'],
    vexStatus: rule['vex-status'],
    vexJustification: rule['vex-justification'],
    matchType: rule['match-type'],
    package:
      found === undefined
        ? undefined
        : withoutUndefined({
            name: found.name,
            version: found.version,
            language: found.language,
            type: found.type,
            location: found.location,
            upstreamName: found['upstream-name'],
          }),
  });
}

/** The fields that are set. */
function withoutUndefined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** Fix states with commas between; `true` of older configurations is `wont-fix`. */
function statesOf(value: string | boolean | undefined): readonly string[] {
  if (value === undefined || value === false || value === 'false') return [];
  if (value === true || value === 'true') return ['wont-fix'];
  return value
    .split(',')
    .map((state) => state.trim())
    .filter((state) => state !== '');
}
