import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { Engine } from '../promql/engine.ts';
import { evaluateWith } from './evaluate.ts';
import { parseRuleFile } from './rule-file.ts';
import { type RuleTestFiles, runRuleTests } from './unit-test/run-rule-tests.ts';

const root = join(import.meta.dirname, '../..');
const dir = join(root, 'rules');
const all = readdirSync(dir).filter((file) => file.endsWith('.yaml'));
const ruleFiles = all.filter((file) => !file.endsWith('.test.yaml'));
const runbooks = readdirSync(join(root, 'docs/runbooks')).map((file) => basename(file, '.md'));

const files: RuleTestFiles = {
  read: (path) => readFileSync(path, 'utf8'),
  match: (pattern) => [join(dir, pattern)],
};

const rules = ruleFiles.flatMap((file) =>
  parseRuleFile(files.read(join(dir, file)), file)
    .groups.flatMap((group) => group.rules)
    .map((rule) => ({ file, rule, name: rule.name })),
);

it.each(all.filter((file) => file.endsWith('.test.yaml')))(
  '%s passes',
  (file) => {
    const result = runRuleTests(join(dir, file), { evaluate: evaluateWith(new Engine()), files });
    expect(result.error).toBeUndefined();
    expect(result.tests.length).toBeGreaterThan(0);
    expect(
      result.tests.flatMap(({ name, failures }) => failures.map((failure) => `${name}: ${failure}`)),
    ).toEqual([]);
    // Some go through days, minute by minute.
  },
  120_000,
);

it.each(rules)(
  '$name is complete: severity, summary, description, a runbook that exists, and a test',
  ({ file, rule }) => {
    if (rule.kind !== 'alerting') return;
    expect(rule.labels['severity']).toMatch(/^(critical|warning|info|none)$/);
    expect(rule.annotations['summary']).toMatch(/\S/);
    expect(rule.annotations['description']).toMatch(/\S/);
    const [, runbook] =
      /^\{\{ \$externalURL \}\}\/guide\/runbooks\/(.+)$/.exec(rule.annotations['runbook_url'] ?? '') ?? [];
    expect(runbooks).toContain(runbook);
    expect(files.read(join(dir, file.replace('.yaml', '.test.yaml')))).toContain(rule.name);
  },
);

it('asks counters for their increase only', () => {
  for (const { rule } of rules) {
    for (const [counter] of rule.expr.matchAll(/\w+_total\b/g)) {
      expect(rule.expr).toMatch(
        new RegExp(`(increase|rate)\\(${counter}(\\{[^}]*\\})?\\[|${counter} unless ${counter} offset`),
      );
    }
  }
});
