import { Command, CommanderError } from 'commander';
import { AppError, BadInputError, NotFoundError } from '../kit/app-error.ts';
import { version } from '../roles/version.ts';

/** What every verb is given. */
export interface CliContext {
  /** Relative paths of the command line are relative to this. */
  readonly cwd: string;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Standard input, where it is another than the process's. */
  readonly stdin?: NodeJS.ReadableStream;
}

/** Adds one verb. */
export type AddCommand = (program: Command, context: CliContext) => void;

/** Ends the process with `code` when everything that was to be said has been said. */
export class CommandEnd extends AppError {
  readonly code = 'COMMAND_END';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`ended with status ${exitCode}`);
    this.exitCode = exitCode;
  }
}

export function program(): Command {
  return new Command('skopos')
    .description('Kubernetes security monitoring and alerting: from a bad change to a page.')
    .version(version)
    .showHelpAfterError('(skopos --help shows what there is)')
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
}

/** 0 well, 1 findings or a failed check, 2 bad input, 3 could not. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandEnd) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof BadInputError || error instanceof NotFoundError ? 2 : 3;
}
