import { CommanderError } from 'commander';
import { messageOf } from '../kit/app-error.ts';
import { printable } from './printable.ts';
import { type AddCommand, CommandEnd, exitCodeOf, program } from './program.ts';

/** Verbs in the order of the help, each with its module, which is loaded for that verb alone: a start should not wait for the others. */
const verbs: Readonly<Record<string, () => Promise<AddCommand>>> = {
  up: async () => (await import('./up.ts')).upCommand,
  scan: async () => (await import('./scan.ts')).scanCommand,
  image: async () => (await import('./image.ts')).imageCommand,
  db: async () => (await import('./db.ts')).dbCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  diff: async () => (await import('./diff.ts')).diffCommand,
  fix: async () => (await import('./fix.ts')).fixCommand,
  access: async () => (await import('./access.ts')).accessCommand,
  exposure: async () => (await import('./exposure.ts')).exposureCommand,
  watch: async () => (await import('./watch.ts')).watchCommand,
  admission: async () => (await import('./admission.ts')).admissionCommand,
  node: async () => (await import('./node.ts')).nodeCommand,
  drill: async () => (await import('./drill.ts')).drillCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  test: async () => (await import('./test.ts')).testCommand,
  lint: async () => (await import('./lint.ts')).lintCommand,
  backtest: async () => (await import('./backtest.ts')).backtestCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  query: async () => (await import('./query.ts')).queryCommand,
  tsdb: async () => (await import('./tsdb.ts')).tsdbCommand,
  jobs: async () => (await import('./jobs.ts')).jobsCommand,
  registries: async () => (await import('./registries.ts')).registriesCommand,
  schedules: async () => (await import('./schedules.ts')).schedulesCommand,
  trigger: async () => (await import('./trigger.ts')).triggerCommand,
  why: async () => (await import('./why.ts')).whyCommand,
  monitors: async () => (await import('./monitors.ts')).monitorsCommand,
  route: async () => (await import('./route.ts')).routeCommand,
  notify: async () => (await import('./notify.ts')).notifyCommand,
  suppressions: async () => (await import('./suppressions.ts')).suppressionsCommand,
  template: async () => (await import('./template.ts')).templateCommand,
};

/** Runs the verb of the command line until it ends or a signal stops it, and sets the process's exit code. */
export async function runCommandLine(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

  const context = { cwd: process.env['INIT_CWD'] ?? process.cwd(), signal: stop.signal };
  const cli = program();
  const verb = process.argv[2] ?? '';
  const wanted = Object.hasOwn(verbs, verb) ? [verb] : isVersion(verb) ? [] : Object.keys(verbs);
  for (const name of wanted) (await verbs[name]?.())?.(cli, context);

  try {
    await cli.parseAsync();
  } catch (error) {
    // The command line's own errors have been printed, with the usage.
    const isPrinted = error instanceof CommandEnd || error instanceof CommanderError;
    if (!isPrinted) process.stderr.write(`skopos: ${printable(messageOf(error))}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

function isVersion(argument: string): boolean {
  return argument === '--version' || argument === '-V';
}
