import type { RuleTestFileResult } from '../../rules/unit-test/run-rule-tests.ts';
import { escapeXml } from '../escape-xml.ts';

/**
 * Results of rule tests as JUnit XML: a suite for each file, a case for each test. A file that could not be run is a suite
 * with one case that failed.
 *
 * Source: https://github.com/testmoapp/junitxml
 */
export function ruleTestsToJunit(results: readonly RuleTestFileResult[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...results.flatMap(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite({ file, error, tests }: RuleTestFileResult): readonly string[] {
  const cases = error === undefined ? tests : [{ name: 'the file', failures: [error] }];
  const failed = cases.filter(({ failures }) => failures.length > 0).length;
  return [
    `  <testsuite name="${escapeXml(file)}" tests="${cases.length}" failures="${failed}" errors="0" skipped="0">`,
    ...cases.flatMap(({ name, failures }) => [
      `    <testcase name="${escapeXml(name)}">`,
      ...failures.map((failure) => `      <failure>${escapeXml(failure)}</failure>`),
      '    </testcase>',
    ]),
    '  </testsuite>',
  ];
}
