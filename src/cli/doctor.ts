import type { DoctorJson } from '../api/skopos/doctor-contract.ts';
import type { ConfigFlags } from '../config/load-config.ts';
import { BadInputError, UnavailableError } from '../kit/app-error.ts';
import { callApi } from './api-client.ts';
import { defaultUrl } from './api-options.ts';
import { examineConfig } from './doctor/examine-config.ts';
import { toText } from './doctor/to-text.ts';
import { type AddCommand, CommandEnd } from './program.ts';

interface Flags
  extends Pick<ConfigFlags, 'config' | 'folder' | 'kubeconfig' | 'context' | 'data' | 'alertmanager'> {
  readonly url?: string;
  readonly token?: string;
  readonly output: string;
}

const formats = ['text', 'json'];

/** `skopos doctor`: exits 0 when every check is well or only warns, 1 when one failed or could not be made. */
export const doctorCommand: AddCommand = (program, { cwd, signal }) => {
  program
    .command('doctor')
    .description('say what keeps Skopos from working as it should, and what to do about it')
    .option('--url <address>', `of a running Skopos (${defaultUrl}); without one, what a start would find`)
    .option('--token <token>', 'API token (or SKOPOS_TOKEN)')
    .option('--config <file>', 'examine this configuration instead of a running Skopos')
    .option('--folder <dir>', '… with objects from this folder')
    .option('--kubeconfig <file>', '… with the cluster of this kubeconfig')
    .option('--context <name>', '… of this context')
    .option('--data <dir>', '… with state in this folder')
    .option('--alertmanager <file>', '… with this alertmanager.yml')
    .option('-o, --output <format>', `${formats.join(' or ')}`, 'text')
    .action(async (flags: Flags) => {
      if (!formats.includes(flags.output))
        throw new BadInputError('--output', `expected one of ${formats.join(', ')}, got "${flags.output}"`);
      const found = await examine(flags, cwd, signal);
      process.stdout.write(
        flags.output === 'json' ? `${JSON.stringify(found, undefined, 2)}\n` : toText(found),
      );
      if (found.state === 'fail' || found.state === 'unknown') throw new CommandEnd(1);
    });
};

/** A running Skopos, or what the flags name; where neither is named nor running, what a start would find. */
async function examine(
  { url, token, output: _output, ...flags }: Flags,
  cwd: string,
  signal: AbortSignal,
): Promise<DoctorJson> {
  const direct = async () => await examineConfig(flags, cwd, process.env);
  const isDirect = Object.values(flags).some((value) => value !== undefined);
  if (isDirect && url !== undefined)
    throw new BadInputError('--url', 'a running Skopos has its own configuration; leave the other flags out');
  if (isDirect) return await direct();
  const api = { url: url ?? defaultUrl, ...(token === undefined ? {} : { token }) };
  return await ask(api, url === undefined ? direct : undefined, signal);
}

/** @param otherwise what to do where nobody was named and nobody answers */
async function ask(
  api: { readonly url: string; readonly token?: string },
  otherwise: (() => Promise<DoctorJson>) | undefined,
  signal: AbortSignal,
): Promise<DoctorJson> {
  try {
    return await callApi<DoctorJson>(api, 'api/skopos/v1/doctor', { signal });
  } catch (error) {
    if (!(error instanceof UnavailableError) || otherwise === undefined) throw error;
    process.stderr.write(`nobody answers at ${api.url}; this is what a start here would find\n`);
    return await otherwise();
  }
}
