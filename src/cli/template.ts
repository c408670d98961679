import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TemplatePreviewJson } from '../api/skopos/contract.ts';
import { readText } from '../config/load-config.ts';
import { BadInputError } from '../kit/app-error.ts';
import { type ApiOptions, callApi } from './api-client.ts';
import { reaching } from './api-options.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags extends ApiOptions {
  readonly alert?: string;
  readonly receiver?: string;
  readonly file?: string;
  readonly resolved?: true;
  readonly html?: true;
}

/** `skopos template preview`: exits 1 when the template fails. */
export const templateCommand: AddCommand = (program, { cwd, signal }) => {
  reaching(program.command('template').description('notification templates').command('preview'))
    .description('what a template gives for an alert, or for a sample')
    .argument('[template]', 'such as \'{{ template "slack.default.title" . }}\'; "-" reads standard input')
    .option('--file <file>', 'take the template from a file')
    .option('--alert <fingerprint>', 'try it on this alert; on a sample when left out')
    .option('--receiver <name>', 'the receiver that the data names')
    .option('--resolved', 'as when it has resolved')
    .option('--html', 'escape as in HTML')
    .action(async (given: string | undefined, flags: Flags) => {
      const preview = await callApi<TemplatePreviewJson>(flags, 'api/skopos/v1/templates/preview', {
        method: 'POST',
        body: {
          template: templateText(given, flags.file, cwd),
          ...(flags.alert === undefined ? {} : { fingerprint: flags.alert }),
          ...(flags.receiver === undefined ? {} : { receiver: flags.receiver }),
          ...(flags.resolved ? { status: 'resolved' } : {}),
          ...(flags.html ? { html: true } : {}),
        },
        signal,
      });
      if (preview.problem !== '') {
        process.stderr.write(`skopos: the template fails: ${preview.problem}\n`);
        throw new CommandEnd(1);
      }
      process.stdout.write(preview.text.endsWith('\n') ? preview.text : `${preview.text}\n`);
    });
};

function templateText(given: string | undefined, file: string | undefined, cwd: string): string {
  if (file !== undefined && given === undefined) return readText(resolve(cwd, file), 'template');
  if (given === '-') return readFileSync(0, 'utf8');
  if (given === undefined || file !== undefined)
    throw new BadInputError('template', 'give a template, or --file with one, not both');
  return given;
}
