import { checkAlertmanager } from './check/check-alertmanager.ts';
import { checkConfig } from './check/check-config.ts';
import { checkRules } from './check/check-rules.ts';
import { type CheckOutcome, printOutcome } from './check/outcome.ts';
import { type AddCommand, CommandEnd } from './program.ts';

/** `skopos check`: exits 1 when something would be refused. */
export const checkCommand: AddCommand = (program, { cwd }) => {
  const check = program
    .command('check')
    .description('say whether files would be accepted, and what is wrong');
  check
    .command('config')
    .description('skopos.yaml and every file that it points to')
    .argument('[file]', 'skopos.yaml of the working directory when left out')
    .action(async (file: string | undefined) => end([await checkConfig(file, cwd)]));
  check
    .command('alertmanager')
    .description('Alertmanager configurations and their templates')
    .argument('<files...>')
    .action((files: readonly string[]) => end(files.map((file) => checkAlertmanager(file, cwd))));
  check
    .command('rules')
    .description('Prometheus rule files')
    .argument('<files...>')
    .option('--ignore-unknown-fields', 'pass over keys that are not known')
    .action((files: readonly string[], { ignoreUnknownFields = false }: { ignoreUnknownFields?: boolean }) =>
      end(files.map((file) => checkRules(file, cwd, { ignoreUnknownFields }))),
    );
};

function end(outcomes: readonly CheckOutcome[]): void {
  for (const outcome of outcomes) printOutcome(outcome);
  if (outcomes.some(({ problems }) => problems.length > 0)) throw new CommandEnd(1);
}
