import { formatRef, keyOf, type ObjectRef } from '../../model/object.ts';
import type { Control } from '../../posture/control.ts';
import { escapeXml } from '../escape-xml.ts';
import { groupBy } from './group-by.ts';
import type { ScanFinding, ScanResult, ScanUnknown } from './scan-result.ts';

interface Suite {
  readonly cases: readonly string[];
  readonly failures: number;
  readonly skipped: number;
}

/**
 * The result as JUnit XML: a suite for each control, a case for each object. What could not be judged is skipped, and
 * says why.
 *
 * Source: https://github.com/testmoapp/junitxml
 */
export function toJunit(result: ScanResult): string {
  const findings = groupBy(result.findings, ({ control }) => control.id);
  const unknown = groupBy(result.unknown, ({ control }) => control.id);
  const suites = result.controls.map((control) => ({
    control,
    suite: suiteOf(control, findings.get(control.id) ?? [], unknown.get(control.id) ?? [], result),
  }));
  const count = (of: (suite: Suite) => number) => suites.reduce((sum, { suite }) => sum + of(suite), 0);
  const totals = `tests="${count(({ cases }) => cases.length)}" failures="${count(({ failures }) => failures)}" errors="0" skipped="${count(({ skipped }) => skipped)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="skopos scan ${escapeXml(result.source.name)}" ${totals}>`,
    ...suites.flatMap(({ control, suite: { cases, failures, skipped } }) => [
      `  <testsuite name="${escapeXml(`${control.id} ${control.name}`)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}">`,
      ...cases,
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(
  control: Control,
  findings: readonly ScanFinding[],
  unknown: readonly ScanUnknown[],
  result: ScanResult,
): Suite {
  const failed = [...groupBy(findings, ({ object }) => keyOf(object)).values()];
  const skipped = unknown.map(({ object, reason }) =>
    caseOf(control, object, `<skipped message="${escapeXml(reason)}"/>`),
  );
  const passed = Array.from(result.passedOf(control.id), (object) => caseOf(control, object));
  const cases = [...failed.map((one) => failedCase(control, one)), ...skipped, ...passed];
  return { cases, failures: failed.length, skipped: skipped.length };
}

function failedCase(control: Control, findings: readonly ScanFinding[]): string {
  const [first] = findings;
  if (first === undefined) return '';
  const text = findings
    .map(({ evidence, place }) => {
      const where = place === undefined ? '' : `${place.file}:${place.line}: `;
      return `${where}${evidence.path === '' ? '' : `${evidence.path}: `}${evidence.message}`;
    })
    .concat(`What to do: ${control.fix}`)
    .join('\n');
  const message = escapeXml(first.evidence.message);
  const failure = `<failure type="${first.severity}" message="${message}">${escapeXml(text)}</failure>`;
  return caseOf(control, first.object, failure, first.place);
}

function caseOf(control: Control, object: ObjectRef, inner = '', place?: ScanFinding['place']): string {
  const name = object.name === '*' ? object.kind : formatRef(object);
  const at = place === undefined ? '' : ` file="${escapeXml(place.file)}" line="${place.line}"`;
  const head = `    <testcase name="${escapeXml(name)}" classname="${control.id}"${at}`;
  return inner === '' ? `${head}/>` : `${head}>${inner}</testcase>`;
}
