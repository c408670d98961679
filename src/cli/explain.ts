import { BadInputError } from '../kit/app-error.ts';
import { didYouMean } from '../kit/nearest.ts';
import type { Control } from '../posture/control.ts';
import { controls } from '../posture/controls/index.generated.ts';
import { controlOf } from '../posture/frameworks/index.ts';
import { colours as pc } from './colours.ts';
import { type ControlFacts, factsOf } from './explain/control-facts.ts';
import type { AddCommand } from './program.ts';
import { readPolicies } from './scan/read-policies.ts';

interface Flags {
  readonly json?: true;
  readonly policies?: readonly string[];
}

/** `skopos explain`: what a control asks, why, how to mend it, and who asks for it. */
export const explainCommand: AddCommand = (program, { cwd }) => {
  program
    .command('explain')
    .description('what a control asks, why, how to mend it, where frameworks have it, with examples')
    .argument('<control>', 'its id (C-0016), or its name')
    .option('--json', 'print it as JSON')
    .option('--policies <path>', 'ValidatingAdmissionPolicies to look in too', gather)
    .action(async (text: string, { json, policies = [] }: Flags) => {
      const own = policies.length === 0 ? [] : (await readPolicies(policies, undefined, cwd)).controls;
      const control = controlNamed(text, own);
      const facts = factsOf(control);
      process.stdout.write(json ? asJson(control, facts) : asText(control, facts));
    });
};

function gather(path: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, path];
}

/** @throws {BadInputError} that names the nearest there is. */
function controlNamed(text: string, own: readonly Control[]): Control {
  if (/^c-?\d/i.test(text)) return controlOf(text.replace(/^c-?/i, 'C-'), 'explain');
  const all = [...controls, ...own];
  const found = all.filter(({ id, name }) =>
    [id, name].some((one) => one.toLowerCase() === text.toLowerCase()),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (found.length > 1)
    throw new BadInputError('', `several controls have this name: ${found.map(({ id }) => id).join(', ')}`);
  const names = all.flatMap(({ id, name }) => [id, name]);
  throw new BadInputError('', `there is no control "${text}"${didYouMean(text, names)}`);
}

function asJson({ id, name, baseScore, category, why, fix, examples }: Control, facts: ControlFacts): string {
  const { severity, kinds, needs, manual, places } = facts;
  const document = {
    ...{ id, name, severity, baseScore, category, why, fix, kinds, needs, manual },
    frameworks: places,
    examples: { fail: examples.fail, pass: examples.pass, unknown: examples.unknown ?? [] },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function asText({ id, name, baseScore, category, why, fix, examples }: Control, facts: ControlFacts): string {
  const { severity, kinds, needs, manual, places } = facts;
  const width = Math.max(0, ...places.map(({ framework }) => framework.length));
  const row = (label: string, value: string) => (value === '' ? [] : [`${pc.dim(label.padEnd(9))} ${value}`]);
  const lines = [
    pc.bold(`${id} ${name}`),
    ...row('severity', `${severity} (${baseScore})`),
    ...row('category', category),
    ...row('judges', kinds.join(', ')),
    ...row('needs', needs.join(', ')),
    ...section('Why', [why]),
    ...section('What to do', [fix]),
    ...section('Only a person can find out', manual),
    ...section(
      'Frameworks',
      places.map(({ framework, number = '', section: chapter = '' }) =>
        [framework.padEnd(width), number, chapter]
          .filter((part) => part !== '')
          .join('  ')
          .trimEnd(),
      ),
    ),
    ...examples.fail.flatMap(({ yaml, paths }) =>
      section(paths.length === 0 ? 'Fails' : `Fails at ${paths.join(', ')}`, yaml.trimEnd().split('\n')),
    ),
    ...examples.pass.flatMap((yaml) => section('Passes', yaml.trimEnd().split('\n'))),
    ...(examples.unknown ?? []).flatMap((yaml) =>
      section('Is for a person to judge', yaml.trimEnd().split('\n')),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', pc.bold(title), ...lines.map((line) => `  ${line}`.trimEnd())];
}
