import Table from 'cli-table3';
import pc from 'picocolors';
import { formatRef } from '../../model/object.ts';
import { type Severity, severities } from '../../model/verdict.ts';
import { wholeScore } from '../../posture/scores.ts';
import { groupBy } from './group-by.ts';
import type { ScanFinding, ScanFramework, ScanResult, ScanUnknown } from './scan-result.ts';

export interface TableOptions {
  /** Whether the reader is a terminal that shows colours. */
  readonly colours: boolean;
  /** Characters in a line. */
  readonly width: number;
}

type Colours = ReturnType<typeof pc.createColors>;

/** The result for people: findings, scores, and what could not be judged. */
export function toTable(result: ScanResult, { colours, width }: TableOptions): string {
  const colour = pc.createColors(colours);
  const { findings, unknown, objects, source } = result;
  const bySeverity = severities
    .map((severity) => ({ severity, count: findings.filter((one) => one.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => paint(severity, `${count} ${severity}`, colour));
  const summary =
    findings.length === 0
      ? colour.green('no findings')
      : `${counted(findings.length, 'finding')} (${bySeverity.join(', ')})`;
  const { baseline } = result;
  const news = findings.filter(({ isNew }) => isNew === true).length;
  const compared =
    baseline === undefined
      ? ''
      : `; against ${baseline.file}: ${news} new, ${baseline.still} still there, ${baseline.gone} gone`;
  const parts = [
    ...(findings.length === 0 ? [] : [findingTable(findings, width, colour)]),
    scoreTable(result.frameworks, colour),
    ...(unknown.length === 0 ? [] : [notJudged(unknown, width, colour)]),
    `${counted(objects, 'object')} of ${source.name}, ${counted(result.controls.length, 'control')}: ${summary}${compared}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Shares of the width for control, object, path, place and message; the severity has what it needs. */
const shares = [0.2, 0.18, 0.24, 0.18, 0.2];
const severityWidth = 10;
/** Spaces between columns. */
const gap = 2;

function findingTable(findings: readonly ScanFinding[], width: number, colour: Colours): string {
  const isPlaced = findings.some(({ place }) => place !== undefined);
  const used = shares.filter((_share, i) => isPlaced || i !== 3);
  const sum = used.reduce((total, share) => total + share, 0);
  const room = Math.max(width, 80) - severityWidth - 1;
  const widths = [severityWidth, ...used.map((share) => Math.floor((room * share) / sum))];
  const inner = (column: number): number => Math.max(8, (widths[column] ?? 0) - gap);
  const head = ['SEVERITY', 'CONTROL', 'OBJECT', 'PATH', ...(isPlaced ? ['WHERE'] : []), 'MESSAGE'];
  const table = plainTable(head, widths, colour);
  for (const { severity, control, object, evidence, place } of findings) {
    table.push([
      paint(severity, severity, colour),
      `${control.id} ${control.name}`,
      broken(formatRef(object), inner(2)),
      broken(evidence.path, inner(3)),
      ...(isPlaced ? [broken(place === undefined ? '' : `${place.file}:${place.line}`, inner(4))] : []),
      evidence.message,
    ]);
  }
  return tidy(table.toString());
}

function scoreTable(frameworks: readonly ScanFramework[], colour: Colours): string {
  const head = ['FRAMEWORK', 'COMPLIANCE', 'HONEST', 'PASSED', 'FAILED', 'UNKNOWN', 'NOTHING TO JUDGE'];
  const table = plainTable(head, [], colour);
  for (const { name, compliance, honest, controls } of frameworks) {
    table.push([
      name,
      `${wholeScore(compliance)} %`,
      honest === undefined ? '—' : `${wholeScore(honest)} %`,
      controls.pass,
      controls.fail,
      controls.unknown,
      controls['not-applicable'],
    ]);
  }
  const note = colour.dim(
    'Compliance is as Kubescape counts it; honest counts what could not be judged as not passed.',
  );
  return `${tidy(table.toString())}\n${note}`;
}

function notJudged(unknown: readonly ScanUnknown[], width: number, colour: Colours): string {
  const controls = new Set(unknown.map(({ control }) => control.id)).size;
  const lines = [...groupBy(unknown, ({ reason }) => reason)].flatMap(([reason, all]) => {
    const ids = [...new Set(all.map(({ control }) => control.id))].join(', ');
    const objects = all.filter(({ object }) => object.name !== '*');
    const about = objects.length === 0 ? '' : ` (${counted(objects.length, 'object')})`;
    return [`  ${reason}${about}:`, ...wrap(ids, width - 4).map((line) => `    ${line}`)];
  });
  const title = `Not judged, and not counted as passed: something in ${counted(controls, 'control')}`;
  return [colour.yellow(title), ...lines].join('\n');
}

function plainTable(head: string[], colWidths: number[], colour: Colours): Table.Table {
  const none = '';
  return new Table({
    head: head.map((text) => colour.bold(text)),
    ...(colWidths.length === 0 ? {} : { colWidths, wordWrap: true }),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: none,
    },
  });
}

/** A path or name in lines of `width`, broken after its own separators where that is possible. */
function broken(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(/(?<=[/.\] -])/).flatMap((word) => chunks(word, width))) {
    if (line !== '' && line.length + part.trimEnd().length > width) {
      lines.push(line);
      line = part;
    } else line += part;
  }
  return [...lines, line].join('\n');
}

function chunks(word: string, width: number): string[] {
  const count = Math.max(1, Math.ceil(word.length / width));
  return Array.from({ length: count }, (_, i) => word.slice(i * width, (i + 1) * width));
}

/** Cells are filled up with spaces, which have no use at the end of a line. */
function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function paint(severity: Severity, text: string, colour: Colours): string {
  switch (severity) {
    case 'critical':
      return colour.bold(colour.red(text));
    case 'high':
      return colour.red(text);
    case 'medium':
      return colour.yellow(text);
    case 'low':
    case 'unknown':
      return colour.cyan(text);
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
