import { severities } from '../../model/verdict.ts';
import type { Control } from '../../posture/control.ts';
import { factsOf } from './control-facts.ts';

const head = "<!-- Written by scripts/generate.mjs from the control's own file; run `npm run generate`. -->";

/** The pages of docs/controls by file name: one for each control, and the list of all. */
export function controlPages(controls: readonly Control[]): Map<string, string> {
  const pages = new Map(controls.map((control) => [fileOf(control), controlPage(control)]));
  return pages.set('README.md', indexPage(controls));
}

function fileOf({ id }: Control): string {
  return `${id.toLowerCase()}.md`;
}

function controlPage(control: Control): string {
  const { id, name, baseScore, category, why, fix, examples } = control;
  const { severity, kinds, needs, manual, places } = factsOf(control);
  const parts = [
    head,
    `# ${id} ${name}`,
    table([
      ['', ''],
      ['Severity', `${severity} (${baseScore})`],
      ['Category', category],
      ['Judges', kinds.map((kind) => `\`${kind}\``).join(', ')],
      ['Needs', needs.map((kind) => `\`${kind}\``).join(', ')],
    ]),
    `## Why\n\n${why}`,
    `## What to do\n\n${fix}`,
    manual.length === 0 ? '' : `Only a person can find out:\n\n${manual.map((one) => `- ${one}`).join('\n')}`,
    places.length === 0
      ? ''
      : `## Frameworks\n\n${table([
          ['Framework', 'Number', 'Chapter'],
          ...places.map(({ framework, number = '', section = '' }) => [framework, number, section]),
        ])}`,
    ...examples.fail.map(({ yaml, paths }) =>
      example(
        'Fails',
        yaml,
        paths.length === 0 ? '' : `At ${paths.map((path) => `\`${path}\``).join(', ')}:`,
      ),
    ),
    ...examples.pass.map((yaml) => example('Passes', yaml)),
    ...(examples.unknown ?? []).map((yaml) => example('Is for a person to judge', yaml)),
    `To judge by it alone:\n\n    skopos scan <target> --framework AllControls --include-controls ${id}`,
    '[All controls](README.md)',
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function example(title: string, yaml: string, text = ''): string {
  return `## ${title}\n\n${text === '' ? '' : `${text}\n\n`}\`\`\`yaml\n${yaml.trimEnd()}\n\`\`\``;
}

function indexPage(controls: readonly Control[]): string {
  const rows = controls.map((control) => {
    const { severity } = factsOf(control);
    return [`[${control.id}](${fileOf(control)})`, control.name, severity, control.category];
  });
  const counts = severities
    .map((severity) => [severity, rows.filter((row) => row[2] === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const parts = [
    head,
    '# Controls',
    `${controls.length} controls: ${counts.join(', ')}. \`skopos explain <control>\` shows a page in the terminal; see [the command line](../cli.md#explain).`,
    table([['Control', 'Name', 'Severity', 'Category'], ...rows]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The first row is the head; rows without a value are left out. */
function table([top = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  const filled = rows.filter(([, ...cells]) => top.length > 2 || cells.some((text) => text !== ''));
  return [line(top), line(top.map(() => '---')), ...filled.map(line)].join('\n');
}
