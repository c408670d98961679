import { formatRef } from '../../model/object.ts';
import { wholeScore } from '../../posture/scores.ts';
import { groupBy } from './group-by.ts';
import type { ScanResult } from './scan-result.ts';

/** The result as Markdown with tables, for comments on merge requests and job summaries. */
export function toMarkdown(result: ScanResult): string {
  const { findings, unknown, frameworks, source, objects } = result;
  const scores = frameworks.map(({ name, compliance, honest, controls }) => [
    text(name),
    `${wholeScore(compliance)} %`,
    honest === undefined ? '—' : `${wholeScore(honest)} %`,
    ...[controls.pass, controls.fail, controls.unknown, controls['not-applicable']].map(String),
  ]);
  const sections = [...groupBy(findings, ({ control }) => control.id).values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const { control, severity } = first;
    return [
      `### ${control.id} ${text(control.name)} (${severity})`,
      `${text(control.why)}\n\n**What to do:** ${text(control.fix)}`,
      table(
        ['Object', 'Path', 'Where', 'Message'],
        all.map(({ object, evidence, place }) => [
          text(formatRef(object)),
          code(evidence.path),
          place === undefined ? '' : code(`${place.file}:${place.line}`),
          text(evidence.message),
        ]),
      ),
    ];
  });
  const missing = [...groupBy(unknown, ({ reason }) => reason)].map(
    ([reason, all]) =>
      `- ${text(reason)}: ${[...new Set(all.map(({ control }) => control.id))].sort().join(', ')}`,
  );
  const parts = [
    `# Scan of ${text(source.name)}`,
    `${objects} objects, ${result.controls.length} controls, **${findings.length} findings**.`,
    table(['Framework', 'Compliance', 'Honest', 'Passed', 'Failed', 'Unknown', 'Nothing to judge'], scores),
    ...(findings.length === 0 ? [] : ['## Findings', ...sections]),
    ...(missing.length === 0 ? [] : ['## Not judged, and not counted as passed', missing.join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as it is, whatever it holds: nothing of it becomes markup. Code between backticks stays code. */
function text(raw: string): string {
  return raw
    .replace(/\s*\n\s*/g, ' ')
    .split(/(`[^`]+`)/)
    .map((part, i) =>
      i % 2 === 1 ? part.replaceAll('|', '\\|') : part.replace(/[\\*_|[\]<>#`]/g, (char) => `\\${char}`),
    )
    .join('');
}

function code(raw: string): string {
  return raw === '' ? '' : `\`${raw.replaceAll('`', "'").replaceAll('|', '\\|').replaceAll('\n', ' ')}\``;
}
