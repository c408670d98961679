import { resolve } from 'node:path';
import { readText } from '../../config/load-config.ts';
import { messageOf } from '../../kit/app-error.ts';
import { formatLabels } from '../../model/labels.ts';
import { parseRuleFile, type RuleFile, type RuleFileOptions } from '../../rules/rule-file.ts';
import { groupBy } from '../scan/group-by.ts';
import type { CheckOutcome } from './outcome.ts';

/** Reads one rule file, as `promtool check rules` does. */
export function checkRules(file: string, cwd: string, options: RuleFileOptions = {}): CheckOutcome {
  const title = `Checking ${file}`;
  try {
    const rules = parseRuleFile(readText(resolve(cwd, file), 'rule file'), file, options);
    const count = rules.groups.reduce((sum, group) => sum + group.rules.length, 0);
    return {
      title,
      found: `SUCCESS: ${count} rules found`,
      warnings: [...rules.warnings, ...duplicates(rules)],
      problems: [],
    };
  } catch (error) {
    return { title, warnings: [], problems: messageOf(error).split('\n') };
  }
}

/** Rules of the same name and labels: legal, but the series of one overwrite those of the other. */
function duplicates({ path, groups }: RuleFile): string[] {
  const rules = groups.flatMap((group) => group.rules);
  const same = groupBy(rules, ({ kind, name, labels }) =>
    JSON.stringify([kind, name, Object.entries(labels).sort()]),
  );
  return [...same.values()].flatMap(([first, ...others]) =>
    others.map(
      ({ name, labels, place }) =>
        `${path}:${place.line}: ${name}${formatLabels(labels)} is at line ${first?.place.line} already; give one of them another name or label`,
    ),
  );
}
