import type { Command } from 'commander';
import type { ApiOptions } from './api-client.ts';

export interface ApiFlags extends ApiOptions {
  readonly json?: true;
}

export const defaultUrl = 'http://127.0.0.1:9600';

/** A verb that asks a running Skopos: `--url` and `--token`. */
export function reaching(command: Command): Command {
  return command
    .option('--url <address>', 'where Skopos runs', defaultUrl)
    .option('--token <token>', 'API token (or SKOPOS_TOKEN)');
}

/** One that prints what it answers: `--json` besides. */
export function answering(command: Command): Command {
  return reaching(command).option('--json', 'print the answer as JSON');
}

/** Prints an answer, as JSON where that was asked for. */
export function tell({ json }: Pick<ApiFlags, 'json'>, answer: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : text);
}
