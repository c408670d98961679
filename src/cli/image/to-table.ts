import pc from 'picocolors';
import type { Package } from '../../model/package.ts';
import { type VulnerabilitySeverity, vulnerabilitySeverities } from '../../model/vulnerability.ts';
import { inOneLine } from '../printable.ts';
import { findingsOf, type ImageFinding, type ImageResult } from './image-result.ts';
import { upgradeOf } from './upgrade.ts';

type Colours = ReturnType<typeof pc.createColors>;

/** The result for people: by package, the riskiest first, each with the version that fixes most. */
export function toTable(image: ImageResult, options: { readonly colours: boolean }): string {
  const colour = pc.createColors(options.colours);
  const findings = findingsOf(image);
  const groups = new Map<number, ImageFinding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.match.package);
    if (group === undefined) groups.set(finding.match.package, [finding]);
    else group.push(finding);
  }
  const rows = [...groups.values()].flatMap(rowsOf);
  const parts = [
    ...(rows.length === 0 ? [] : [tableOf(rows, colour)]),
    ...coverageLines(image, colour),
    summaryOf(image, findings, colour),
  ];
  return `${parts.join('\n\n')}\n`;
}

const head = [
  'PACKAGE',
  'INSTALLED',
  'UPGRADE TO',
  'VULNERABILITY',
  'SEVERITY',
  'RISK',
  'EPSS',
  'FIXED IN',
  '',
];

function rowsOf(group: readonly ImageFinding[]): readonly (readonly string[])[] {
  const [first] = group;
  if (first === undefined) return [];
  const target = upgradeOf(
    first.found,
    group.map(({ match }) => match),
  );
  return group.map((finding, i) =>
    [
      ...(i === 0 ? [nameOf(first.found), first.found.version, target ?? '—'] : ['', '', '']),
      ...cellsOf(finding),
    ].map(inOneLine),
  );
}

function nameOf({ name, type }: Package): string {
  return `${name} (${type})`;
}

function cellsOf({ match: { vulnerability, fix }, isNew }: ImageFinding): readonly string[] {
  const { id, severity, risk, epss, knownExploited } = vulnerability;
  const notes = [
    ...(knownExploited === undefined ? [] : [knownExploited.ransomware ? 'KEV, ransomware' : 'KEV']),
    ...(isNew === true ? ['new'] : []),
  ];
  return [
    id,
    severity,
    risk < 0.1 && risk > 0 ? '<0.1' : risk.toFixed(1),
    epss === undefined ? '' : `${(epss.probability * 100).toFixed(1)} %`,
    fix.versions.length > 0 ? fix.versions.join(', ') : fix.state === 'wont-fix' ? "won't fix" : '',
    notes.join(', '),
  ];
}

function tableOf(rows: readonly (readonly string[])[], colour: Colours): string {
  const all = [head, ...rows];
  const widths = head.map((_title, i) => widest(all, i));
  return all
    .map((row, line) =>
      row
        .map((cell, i) => painted(cell.padEnd(widths[i] ?? 0), { line, column: i, row }, colour))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function widest(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0);
}

function painted(
  text: string,
  { line, column, row }: { readonly line: number; readonly column: number; readonly row: readonly string[] },
  colour: Colours,
): string {
  if (line === 0) return colour.bold(text);
  if (column === 4) return paint(row[4] as VulnerabilitySeverity, text, colour);
  return column === 2 && row[2] !== '—' ? colour.green(text) : text;
}

function paint(severity: VulnerabilitySeverity, text: string, colour: Colours): string {
  switch (severity) {
    case 'Critical':
      return colour.bold(colour.red(text));
    case 'High':
      return colour.red(text);
    case 'Medium':
      return colour.yellow(text);
    default:
      return colour.cyan(text);
  }
}

function coverageLines({ result }: ImageResult, colour: Colours): readonly string[] {
  const { state, reasons } = result.coverage;
  if (reasons.length === 0) return [];
  const title =
    state === 'unknown'
      ? 'UNKNOWN: that nothing is told does not mean that there is nothing.'
      : 'Not all could be judged:';
  return [[colour.yellow(title), ...reasons.map((reason) => `  ${inOneLine(reason)}`)].join('\n')];
}

function summaryOf(
  { name, sbom, result, baseline }: ImageResult,
  findings: readonly ImageFinding[],
  colour: Colours,
): string {
  const counts = vulnerabilitySeverities
    .map((severity) => ({
      severity,
      count: findings.filter(({ match }) => match.vulnerability.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => paint(severity, `${count} ${severity.toLowerCase()}`, colour));
  const fixable = findings.filter(({ match }) => match.fix.versions.length > 0).length;
  const found =
    findings.length === 0
      ? nothingFound(result.coverage.state, colour)
      : `${counted(findings.length, 'match', 'matches')} (${counts.join(', ')}), ${fixable} fixable`;
  const ignored = result.ignored.length === 0 ? '' : `, ${result.ignored.length} ignored`;
  const news = baseline === undefined ? '' : `, ${findings.filter(({ isNew }) => isNew === true).length} new`;
  const { distribution } = sbom;
  const of = distribution === undefined ? '' : ` of ${distribution.id} ${distribution.version}`.trimEnd();
  return `${inOneLine(name)}: ${counted(sbom.packages.length, 'package', 'packages')}${inOneLine(of)}: ${found}${ignored}${news}`;
}

/** Where not all could be judged, nothing found is not nothing there. */
function nothingFound(state: ImageResult['result']['coverage']['state'], colour: Colours): string {
  if (state === 'unknown') return colour.yellow('unknown');
  return state === 'partial'
    ? colour.yellow('no known vulnerabilities in what could be judged')
    : colour.green('no known vulnerabilities');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
