import { resolve } from 'node:path';
import { readText } from '../config/load-config.ts';
import { BadInputError, messageOf } from '../kit/app-error.ts';
import { type ApiOptions, callApi } from './api-client.ts';
import { reaching } from './api-options.ts';
import type { AddCommand } from './program.ts';

interface Flags extends ApiOptions {
  readonly body: string;
  readonly key?: string;
  readonly schedule?: string;
}

interface Triggered {
  readonly jobs: readonly { readonly jobID: string; readonly command: string; readonly isNew: boolean }[];
}

/** `skopos trigger`: what the pods of recurring scans run. */
export const triggerCommand: AddCommand = (program, { cwd, signal, stdin = process.stdin }) => {
  reaching(program.command('trigger'))
    .description(
      "send a file of commands to the operator's /v1/triggerAction, as the pods of recurring scans do",
    )
    .requiredOption('--body <file>', 'the commands, JSON; - for standard input')
    .option('--key <key>', 'the same again starts nothing new (or SKOPOS_REQUEST_KEY)')
    .option('--schedule <name>', 'the recurring scan that it is a run of')
    .action(async (flags: Flags) => {
      const body = bodyOf(
        flags.body === '-' ? await read(stdin) : readText(resolve(cwd, flags.body), '--body'),
        flags.body,
      );
      const key = flags.key ?? process.env['SKOPOS_REQUEST_KEY'];
      const { jobs } = await callApi<Triggered>(flags, 'v1/triggerAction', {
        method: 'POST',
        body,
        signal,
        headers: {
          accept: 'application/json',
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(flags.schedule === undefined ? {} : { 'x-skopos-schedule': flags.schedule }),
        },
      });
      for (const { jobID, command, isNew } of jobs)
        process.stdout.write(`${command} ${jobID}${isNew ? '' : ' (was there already)'}\n`);
    });
};

function bodyOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInputError('--body', `${file} is no JSON: ${messageOf(error)}`, { cause: error });
  }
}

async function read(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}
