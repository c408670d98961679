import { messageOf } from '../../kit/app-error.ts';
import { safeRegex } from '../../kit/regex.ts';
import type { Evaluate } from '../evaluate.ts';
import { parseRuleFile, type RuleFile } from '../rule-file.ts';
import { runRuleTest } from './run-rule-test.ts';
import { parseRuleTestFile } from './test-file.ts';

/** Where files come from: the disk, or memory in tests. */
export interface RuleTestFiles {
  /** @throws when it cannot be read. */
  read(path: string): string;
  /** Paths that match a `rule_files` entry (a glob, relative to the test file's folder), sorted. */
  match(pattern: string, testFile: string): readonly string[];
}

export interface RuleTestOptions {
  readonly evaluate: Evaluate;
  readonly files: RuleTestFiles;
  /** Patterns (RE2) of test names; only tests whose name one of them finds are run. */
  readonly run?: readonly string[];
  readonly ignoreUnknownFields?: boolean;
}

export interface RuleTestResult {
  /** `name` of the test, or its number from 1. */
  readonly name: string;
  /** What was not as expected, for people; empty when all was. */
  readonly failures: readonly string[];
}

export interface RuleTestFileResult {
  readonly file: string;
  /** Why the file could not be run at all. */
  readonly error?: string;
  readonly tests: readonly RuleTestResult[];
  readonly passed: boolean;
}

/** Runs the tests of one file, as `promtool test rules` does. Never throws: what cannot be run is in the result. */
export function runRuleTests(file: string, options: RuleTestOptions): RuleTestFileResult {
  try {
    const tests = runAll(file, options);
    return { file, tests, passed: tests.every(({ failures }) => failures.length === 0) };
  } catch (error) {
    return { file, error: messageOf(error), tests: [], passed: false };
  }
}

function runAll(file: string, options: RuleTestOptions): RuleTestResult[] {
  const { files, evaluate } = options;
  const lenient = { ignoreUnknownFields: options.ignoreUnknownFields ?? false };
  const testFile = parseRuleTestFile(files.read(file), file, lenient);
  const ruleFiles = testFile.rule_files.flatMap((pattern): RuleFile[] =>
    files.match(pattern, file).map((path) => parseRuleFile(files.read(path), path, lenient)),
  );
  const wanted = (options.run ?? []).map((pattern) => safeRegex(pattern));
  return testFile.tests
    .map((test, i) => ({ test, name: test.name ?? String(i + 1) }))
    .filter(({ name }) => wanted.length === 0 || wanted.some((regex) => regex.finds(name)))
    .map(({ test, name }) => ({ name, failures: runRuleTest(test, { testFile, ruleFiles, evaluate }) }));
}
