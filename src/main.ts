import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { checkCommand } from './cli/check.ts';
import { drillCommand } from './cli/drill.ts';
import { CommandEnd, exitCodeOf, program } from './cli/program.ts';
import { queryCommand } from './cli/query.ts';
import { scanCommand } from './cli/scan.ts';
import { testCommand } from './cli/test.ts';
import { upCommand } from './cli/up.ts';
import { messageOf } from './kit/app-error.ts';

// V8 lets a heap grow to four times what is alive in it and the space for new objects to 48 MiB. What is alive here hardly changes
// after the start, so the room would be held for nothing (figures in bench/README.md).
setFlagsFromString('--heap-growing-percent=30');
setFlagsFromString('--semi-space-growth-factor=1');

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const context = { cwd: process.env['INIT_CWD'] ?? process.cwd(), signal: stop.signal };
const cli = program();
for (const add of [upCommand, scanCommand, drillCommand, checkCommand, testCommand, queryCommand]) add(cli, context);

try {
  await cli.parseAsync();
} catch (error) {
  // The command line's own errors have been printed, with the usage.
  const isPrinted = error instanceof CommandEnd || error instanceof CommanderError;
  if (!isPrinted) process.stderr.write(`skopos: ${messageOf(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
