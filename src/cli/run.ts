import { CommanderError } from 'commander';
import { messageOf } from '../kit/app-error.ts';
import { checkCommand } from './check.ts';
import { diffCommand } from './diff.ts';
import { drillCommand } from './drill.ts';
import { explainCommand } from './explain.ts';
import { fixCommand } from './fix.ts';
import { notifyCommand } from './notify.ts';
import { CommandEnd, exitCodeOf, program } from './program.ts';
import { queryCommand } from './query.ts';
import { routeCommand } from './route.ts';
import { scanCommand } from './scan.ts';
import { templateCommand } from './template.ts';
import { testCommand } from './test.ts';
import { tsdbCommand } from './tsdb.ts';
import { upCommand } from './up.ts';
import { whyCommand } from './why.ts';

const verbs = [
  upCommand,
  scanCommand,
  explainCommand,
  diffCommand,
  fixCommand,
  drillCommand,
  checkCommand,
  testCommand,
  queryCommand,
  tsdbCommand,
  whyCommand,
  routeCommand,
  notifyCommand,
  templateCommand,
] as const;

/** Runs the verb of the command line until it ends or a signal stops it, and sets the process's exit code. */
export async function runCommandLine(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

  const context = { cwd: process.env['INIT_CWD'] ?? process.cwd(), signal: stop.signal };
  const cli = program();
  for (const add of verbs) add(cli, context);

  try {
    await cli.parseAsync();
  } catch (error) {
    // The command line's own errors have been printed, with the usage.
    const isPrinted = error instanceof CommandEnd || error instanceof CommanderError;
    if (!isPrinted) process.stderr.write(`skopos: ${messageOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
