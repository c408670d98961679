import { resolve } from 'node:path';
import { formatRef, keyOf } from '../model/object.ts';
import { severities } from '../model/verdict.ts';
import { colours as pc } from './colours.ts';
import { type AddCommand, CommandEnd } from './program.ts';
import { type Report, type ReportFinding, readReport } from './scan/baseline.ts';

interface Flags {
  readonly json?: true;
}

interface Comparison {
  readonly new: readonly ReportFinding[];
  readonly fixed: readonly ReportFinding[];
  readonly still: readonly ReportFinding[];
  /** Gone, but the later scan did not ask the control, or could not judge the object: nobody knows whether they are mended. */
  readonly notJudged: readonly ReportFinding[];
}

/** `skopos diff`: exits 1 when the later scan has findings that the former has not. */
export const diffCommand: AddCommand = (program, { cwd }) => {
  program
    .command('diff')
    .description('compare two results of scan --format json: what is new, fixed, and still there')
    .argument('<former>', 'the former result')
    .argument('<later>', 'the later result')
    .option('--json', 'print the comparison as JSON')
    .action((former: string, later: string, { json }: Flags) => {
      const [a, b] = [former, later].map((file) => readReport(resolve(cwd, file), file)) as [Report, Report];
      const found = compare(a, b);
      process.stdout.write(json ? `${JSON.stringify(found, undefined, 2)}\n` : asText(found));
      if (found.new.length > 0) throw new CommandEnd(1);
    });
};

function compare(former: Report, later: Report): Comparison {
  const before = new Set(former.findings.map(({ fingerprint }) => fingerprint));
  const after = new Set(later.findings.map(({ fingerprint }) => fingerprint));
  const asked = new Set(later.controls.map(({ id }) => id));
  const unknown = new Set(later.unknown.map(({ controlId, object }) => `${controlId} ${keyOf(object)}`));
  const isJudged = ({ controlId, object }: ReportFinding) =>
    asked.has(controlId) &&
    !unknown.has(`${controlId} ${keyOf(object)}`) &&
    !unknown.has(`${controlId} ${keyOf({ ...object, namespace: '', name: '*' })}`);
  const gone = former.findings.filter(({ fingerprint }) => !after.has(fingerprint));
  return {
    new: later.findings.filter(({ fingerprint }) => !before.has(fingerprint)),
    fixed: gone.filter(isJudged),
    still: later.findings.filter(({ fingerprint }) => before.has(fingerprint)),
    notJudged: gone.filter((finding) => !isJudged(finding)),
  };
}

function asText(found: Comparison): string {
  const lines = [
    ...listed(pc.red('new'), '+', found.new),
    ...listed(pc.green('fixed'), '-', found.fixed),
    ...listed(pc.yellow('gone, but not judged by the later scan'), '?', found.notJudged),
    `${found.new.length} new, ${found.fixed.length} fixed, ${found.still.length} still there${found.notJudged.length === 0 ? '' : `, ${found.notJudged.length} not judged any more`}`,
  ];
  return `${lines.join('\n')}\n`;
}

function listed(title: string, mark: string, findings: readonly ReportFinding[]): string[] {
  if (findings.length === 0) return [];
  const sorted = findings.toSorted(
    (left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity),
  );
  return [title, ...sorted.map((finding) => `  ${mark} ${line(finding)}`), ''];
}

function line({ severity, controlId, control, object, path, file, line: at }: ReportFinding): string {
  const where = file === undefined ? '' : ` (${file}:${at ?? 1})`;
  return `${severity} ${controlId} ${control}: ${formatRef(object)}${path === '' ? '' : ` ${path}`}${where}`;
}
