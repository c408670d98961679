import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readText } from '../config/load-config.ts';
import { BadInputError, messageOf } from '../kit/app-error.ts';
import { filesMatching } from '../kit/glob.ts';
import { safeRegex } from '../kit/regex.ts';
import { Engine } from '../promql/engine.ts';
import { evaluateWith } from '../rules/evaluate.ts';
import {
  type RuleTestFileResult,
  type RuleTestFiles,
  runRuleTests,
} from '../rules/unit-test/run-rule-tests.ts';
import { type CheckOutcome, printOutcome } from './check/outcome.ts';
import { type AddCommand, CommandEnd } from './program.ts';
import { shownFile } from './scan/read-target.ts';
import { ruleTestsToJunit } from './test/to-junit.ts';

interface Flags {
  readonly run?: readonly string[];
  readonly ignoreUnknownFields?: boolean;
  readonly junit?: string;
}

/** `skopos test`: exits 1 when a test fails. */
export const testCommand: AddCommand = (program, { cwd }) => {
  program
    .command('test')
    .description('run unit tests')
    .command('rules')
    .description("unit tests of rules, in promtool's format")
    .argument('<files...>')
    .option('--run <regex>', 'only tests whose name it finds; may be given several times', gather)
    .option('--ignore-unknown-fields', 'pass over keys that are not known')
    .option('--junit <file>', 'write the results there too, as JUnit XML')
    .action((files: readonly string[], flags: Flags) => {
      for (const pattern of flags.run ?? []) checkPattern(pattern);
      const results: RuleTestFileResult[] = [];
      for (const file of files) {
        const { outcome, result } = runFile(file, cwd, flags);
        printOutcome(outcome);
        results.push(result);
      }
      if (flags.junit !== undefined) writeFileSync(resolve(cwd, flags.junit), ruleTestsToJunit(results));
      if (results.some(({ passed }) => !passed)) throw new CommandEnd(1);
    });
};

/** Runs one file of rule tests. */
export function testRules(file: string, cwd: string, flags: Flags = {}): CheckOutcome {
  return runFile(file, cwd, flags).outcome;
}

function runFile(
  file: string,
  cwd: string,
  flags: Flags,
): { readonly outcome: CheckOutcome; readonly result: RuleTestFileResult } {
  const warnings: string[] = [];
  const files: RuleTestFiles = {
    read: (path) => readText(resolve(cwd, path), 'rule file or test file'),
    match(pattern, testFile) {
      const found = filesMatching(resolve(cwd, dirname(testFile), pattern), (folder) => readdirSync(folder));
      if (found.length === 0)
        warnings.push(`${testFile}: rule_files: no file matches ${pattern}, so none of its rules is tested`);
      return found.map((path) => shownFile(path, cwd));
    },
  };
  const result = runRuleTests(file, { ...flags, files, evaluate: evaluateWith(new Engine()) });
  const problems =
    result.error === undefined
      ? result.tests.flatMap(({ name, failures }) =>
          failures.map((failure) => `${file}: test "${name}": ${failure}`),
        )
      : [result.error];
  return { outcome: { title: `Unit Testing:  ${file}`, warnings, problems }, result };
}

function gather(pattern: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, pattern];
}

function checkPattern(pattern: string): void {
  try {
    safeRegex(pattern);
  } catch (error) {
    throw new BadInputError('--run', messageOf(error), { cause: error });
  }
}
