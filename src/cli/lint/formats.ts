import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fnv1a64 } from '../../kit/hash.ts';
import type { LintFinding, LintSeverity, RuleLint } from '../../model/rule-lint.ts';
import { ruleLints } from '../../model/rule-lint.ts';
import { version } from '../../roles/version.ts';
import { colours as pc } from '../colours.ts';
import { lintTexts } from './lint-texts.ts';

export const lintFormats = ['table', 'json', 'sarif', 'github'] as const;
export type LintFormat = (typeof lintFormats)[number];

export interface LintReport {
  readonly rules: number;
  readonly findings: readonly LintFinding[];
}

/** The report as text in a format. */
export function writeLints(report: LintReport, format: LintFormat): string {
  switch (format) {
    case 'table':
      return toTable(report);
    case 'json':
      return `${JSON.stringify({ version: 1, ...report }, undefined, 2)}\n`;
    case 'sarif':
      return toSarif(report);
    case 'github':
      return report.findings.map(toGithub).join('');
  }
}

const marks: Readonly<Record<LintSeverity, (text: string) => string>> = {
  error: pc.red,
  warning: pc.yellow,
  note: pc.dim,
};

function toTable({ rules, findings }: LintReport): string {
  const lines = findings.flatMap(({ file, line, severity, lint, group, rule, message, suggestion }) => [
    `${pc.bold(`${file}:${line}`)}  ${marks[severity](severity)}  ${rule} ${pc.dim(`(group ${group})`)}  ${pc.dim(lint)}`,
    ...wrapped(message, 100).map((text) => `    ${text}`),
    ...(suggestion === undefined ? [] : [`    ${pc.dim('better:')} ${pc.green(suggestion)}`]),
    '',
  ]);
  const count = (severity: LintSeverity) => findings.filter((one) => one.severity === severity).length;
  const end =
    findings.length === 0
      ? `${rules} rules: nothing found`
      : `${rules} rules: ${count('error')} errors, ${count('warning')} warnings, ${count('note')} notes`;
  return `${[...lines, end].join('\n')}\n`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/**
 * A workflow command of GitHub's actions, which shows the finding at its line.
 *
 * Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
function toGithub({ severity, file, line, lint, rule, message, suggestion }: LintFinding): string {
  const command = severity === 'note' ? 'notice' : severity;
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const text = suggestion === undefined ? message : `${message}\nBetter: ${suggestion}`;
  return `::${command} file=${property(file)},line=${line},title=${property(`${rule}: ${lint}`)}::${data(text)}\n`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** SARIF 2.1.0. Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
function toSarif({ findings }: LintReport): string {
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Skopos', version, semanticVersion: version, rules: ruleLints.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(resultOf),
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function ruleOf(lint: RuleLint) {
  const text = lintTexts[lint];
  return { id: lint, shortDescription: { text }, fullDescription: { text }, help: { text } };
}

function resultOf({ lint, severity, file, line, group, rule, message, suggestion }: LintFinding) {
  const uri = isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
  const better = suggestion === undefined ? '' : ` Better: ${suggestion}`;
  return {
    ruleId: lint,
    ruleIndex: ruleLints.indexOf(lint),
    level: severity,
    message: { text: `${rule}: ${message}${better}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, region: { startLine: line } },
        logicalLocations: [{ name: rule, fullyQualifiedName: `${group}/${rule}`, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'skoposLint/v1': fnv1a64([lint, file, group, rule]) },
  };
}
