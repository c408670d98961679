import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { BadInputError } from '../../kit/app-error.ts';
import type { Control } from '../../posture/control.ts';
import { controls } from '../../posture/controls/index.generated.ts';
import {
  canExport,
  exportPolicy,
  type ValidationAction,
} from '../../posture/custom/export/export-policies.ts';
import { controlOf, controlsOf, frameworkOf } from '../../posture/frameworks/index.ts';
import type { CliContext } from '../program.ts';

interface Flags {
  readonly framework?: readonly string[];
  readonly action: ValidationAction;
  readonly output?: string;
}

/** `skopos export vap`: those of our controls that CEL can say, as policies for `kubectl apply`. */
export function addVapCommand(verb: Command, { cwd }: CliContext): void {
  verb
    .command('vap')
    .description('controls that CEL can express, as ValidatingAdmissionPolicies with bindings')
    .argument('[controls...]', 'their ids; all that can be expressed when left out')
    .option('--framework <name>', 'those of this framework; may be given several times', gather)
    .addOption(
      new Option('--action <action>', 'what the bindings ask for')
        .choices(['Deny', 'Warn', 'Audit'])
        .default('Warn'),
    )
    .option('-o, --output <file>', 'where it goes, instead of to standard output')
    .action((ids: readonly string[], { framework, action, output }: Flags) => {
      const chosen = chosenControls(ids, framework);
      const left = chosen.filter((control) => !canExport(control));
      const objects = chosen.flatMap((control) => exportPolicy(control, action) ?? []);
      if (objects.length === 0)
        throw new BadInputError('', 'none of these controls can be said by an expression alone');
      if (left.length > 0)
        process.stderr.write(
          `left out, as no expression can say them: ${left.map(({ id }) => id).join(', ')}\n`,
        );
      const text = objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
      if (output === undefined) process.stdout.write(text);
      else writeFileSync(resolve(cwd, output), text);
    });
}

/** @throws {BadInputError} for a control or framework that does not exist. */
function chosenControls(ids: readonly string[], frameworks: readonly string[] = []): readonly Control[] {
  if (ids.length === 0 && frameworks.length === 0) return controls.filter(canExport);
  return [
    ...new Set([
      ...ids.map((id) => controlOf(id)),
      ...frameworks.flatMap((name) => controlsOf(frameworkOf(name, '--framework'))),
    ]),
  ];
}

function gather(name: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, name];
}
