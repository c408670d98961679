import { resolve } from 'node:path';
import { readText } from '../../config/load-config.ts';
import { messageOf } from '../../kit/app-error.ts';
import { formatLabels } from '../../model/labels.ts';
import { parseExpr } from '../../promql/parser.ts';
import { controlPlaneAlerts } from '../../rules/control-plane-rules.ts';
import { experimentalUses } from '../../rules/experimental.ts';
import { parseRuleFile, type RuleFile } from '../../rules/rule-file.ts';
import { groupBy } from '../scan/group-by.ts';
import type { Lint } from './lints.ts';
import type { CheckOutcome } from './outcome.ts';

export interface CheckRulesOptions {
  readonly ignoreUnknownFields?: boolean;
  readonly lints?: ReadonlySet<Lint>;
  /** Prometheus' switches that are on. Undefined: everything that Skopos itself takes is allowed. */
  readonly features?: ReadonlySet<string>;
}

/** Reads one rule file, as `promtool check rules` does. */
export function checkRules(file: string, cwd: string, options: CheckRulesOptions = {}): CheckOutcome {
  try {
    return checkRuleText(readText(resolve(cwd, file), 'rule file'), file, options);
  } catch (error) {
    return { title: `Checking ${file}`, warnings: [], problems: messageOf(error).split('\n') };
  }
}

/** The same of a text that has been read. */
export function checkRuleText(text: string, file: string, options: CheckRulesOptions = {}): CheckOutcome {
  const { lints = new Set(['duplicate-rules']), ...parsing } = options;
  const title = `Checking ${file}`;
  try {
    const rules = parseRuleFile(text, file, parsing);
    const count = rules.groups.reduce((sum, group) => sum + group.rules.length, 0);
    return {
      title,
      found: `SUCCESS: ${count} rules found`,
      notes: offWhereManaged([rules]),
      warnings: rules.warnings,
      lints: lints.has('duplicate-rules') ? duplicates(rules) : [],
      problems: options.features === undefined ? [] : switchedOff(rules, options.features),
    };
  } catch (error) {
    return { title, warnings: [], problems: messageOf(error).split('\n') };
  }
}

/** Alerts that a cluster with a managed control plane turns off by itself. */
function offWhereManaged(files: readonly RuleFile[]): readonly string[] {
  const names = controlPlaneAlerts(files);
  if (names.length === 0) return [];
  return [
    `off by themselves where the control plane is the provider's (rules.control_plane): ${names.join(', ')}`,
  ];
}

/** Rules of the same name and labels: legal, but the series of one overwrite those of the other. */
function duplicates({ path, groups }: RuleFile): readonly string[] {
  const rules = groups.flatMap((group) => group.rules);
  const same = groupBy(rules, ({ kind, name, labels }) =>
    JSON.stringify([kind, name, Object.entries(labels).sort()]),
  );
  const repeated = [...same.values()].filter((list) => list.length > 1);
  if (repeated.length === 0) return [];
  const lines = repeated.map((list) => {
    const [first] = list;
    const places = list.map(({ place }) => place.line).join(', ');
    return `  ${first?.name}${Object.keys(first?.labels ?? {}).length > 0 ? formatLabels(first?.labels ?? {}) : ''} at lines ${places} of ${path}`;
  });
  const advice = 'give one of them another name or label, as their series overwrite each other';
  return [`${repeated.length} duplicate rule(s) found; ${advice}:\n${lines.join('\n')}`];
}

function switchedOff({ path, groups }: RuleFile, features: ReadonlySet<string>): readonly string[] {
  return groups
    .flatMap((group) => group.rules)
    .flatMap(({ expr, name, place }) =>
      experimentalUses(parseExpr(expr))
        .filter(({ feature }) => !features.has(feature))
        .map(
          ({ feature, what }) =>
            `${path}:${place.line}: ${name}: the ${what} is experimental in Prometheus: it needs --enable-feature=${feature}`,
        ),
    );
}
