import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type {
  ExceptionInputJson,
  ExceptionPreviewJson,
  SilenceInputJson,
  SilencePreviewJson,
  SuppressionJson,
  SuppressionsJson,
} from '../api/skopos/contract.ts';
import { BadInputError } from '../kit/app-error.ts';
import { parseDuration } from '../kit/duration.ts';
import { formatRef } from '../model/object.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import type { AddCommand } from './program.ts';

interface ListFlags extends ApiFlags {
  readonly kind?: string;
  readonly state?: string;
}

interface DecisionFlags extends ApiFlags {
  readonly for: string;
  readonly reason: string;
  readonly owner: string;
  readonly by?: string;
  readonly notice: string;
  readonly confirm?: true;
  readonly dryRun?: true;
}

interface ExceptFlags extends DecisionFlags {
  readonly control: readonly string[];
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly container?: string;
  readonly label: readonly string[];
}

const api = 'api/skopos/v1';

/** `skopos suppressions`: silences and exceptions as one list, making them, and ending them. */
export const suppressionsCommand: AddCommand = (program, { signal }) => {
  const command = program
    .command('suppressions')
    .description('silences of alerts and exceptions of verdicts: what is knowingly not told, and until when');

  answering(command.command('list', { isDefault: true }).description('list them, those in force first'))
    .option('--kind <kind>', 'silence or exception')
    .option('--state <state>', 'active, pending or expired; left out: active and pending')
    .action(async ({ kind = '', state = '', ...flags }: ListFlags) => {
      const query = new URLSearchParams({ kind, state });
      const found = await callApi<SuppressionsJson>(flags, `${api}/suppressions?${query}`, { signal });
      const items = state === '' ? found.items.filter((one) => one.state !== 'expired') : found.items;
      tell(flags, { items }, listed(items));
    });

  deciding(command.command('silence').description('hold back alerts that match'), '2h')
    .argument('<matchers...>', 'such as alertname="DiskFull"; all must hold')
    .action(async (matchers: readonly string[], flags: DecisionFlags) => {
      const body: SilenceInputJson = { matchers, ...decisionOf(flags) };
      if (flags.dryRun) {
        const { endsAtMs } = body;
        const preview = { matchers, endsAtMs };
        const found = await post<SilencePreviewJson>(flags, 'silences/preview', preview, signal);
        const names = found.alerts.map(({ name, labels }) => `${name} ${pc.dim(JSON.stringify(labels))}`);
        tell(flags, found, previewText('alerts that fire', found, names));
        return;
      }
      tell(flags, ...(await made(flags, 'silences', body, signal)));
    });

  deciding(command.command('except').description('take failing verdicts out of findings and alerts'), '30d')
    .option('--control <id>', 'a control; may be given several times; left out: every one', gather, [])
    .option('--namespace <pattern>', 'RE2 pattern of the whole, as --kind and --name')
    .option('--kind <pattern>')
    .option('--name <pattern>')
    .option('--container <name>', 'only what is wrong with this container')
    .option('--label <name=value>', 'a label or annotation; may be given several times', gather, [])
    .action(async (flags: ExceptFlags) => {
      const { control: controls, dryRun } = flags;
      const body: ExceptionInputJson = { controls, resources: [placeOf(flags)], ...decisionOf(flags) };
      if (dryRun) {
        const { resources, endsAtMs } = body;
        const preview = { controls, resources, endsAtMs };
        const found = await post<ExceptionPreviewJson>(flags, 'exceptions/preview', preview, signal);
        const names = found.verdicts.map((one) => `${one.controlId} ${formatRef(one.object)}`);
        tell(flags, found, previewText('failing verdicts', found, names));
        return;
      }
      tell(flags, ...(await made(flags, 'exceptions', body, signal)));
    });

  answering(command.command('end').description('end one now').argument('<id>')).action(
    async (id: string, flags: ApiFlags) => {
      const { items } = await callApi<SuppressionsJson>(flags, `${api}/suppressions`, { signal });
      const one = items.find((item) => item.id === id);
      if (one === undefined) throw new BadInputError('id', `there is no silence or exception ${id}`);
      const path = `${one.kind}s/${encodeURIComponent(id)}/expire`;
      tell(flags, await post<unknown>(flags, path, {}, signal), `${one.kind} ${id} has ended\n`);
    },
  );
};

function deciding(command: Command, span: string): Command {
  return answering(command)
    .requiredOption('--reason <text>', 'why')
    .option('--for <duration>', 'for how long, from now; never: without an end', span)
    .option('--owner <name>', 'who answers for it', '')
    .option('--by <name>', 'who makes it; the user of the system when left out')
    .option('--notice <duration>', 'how long before its end to say so; 0: not at all', '1h')
    .option('--confirm', 'needed for one that never ends or holds back very much')
    .option('--dry-run', 'only show what it would hold back now');
}

function decisionOf(flags: DecisionFlags) {
  const isEndless = flags.for === 'never';
  return {
    endsAtMs: isEndless ? null : Date.now() + span('--for', flags.for),
    reason: flags.reason,
    owner: flags.owner,
    createdBy: flags.by ?? userInfo().username,
    noticeMs: isEndless ? 0 : span('--notice', flags.notice),
    confirm: flags.confirm ?? false,
  };
}

function placeOf({ namespace, kind, name, container, label }: ExceptFlags) {
  const labels = label.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new BadInputError('--label', `expected name=value, got "${text}"`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
    ...(container === undefined ? {} : { container }),
    ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }),
  };
}

function span(flag: string, text: string): number {
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms === undefined) throw new BadInputError(flag, `expected a duration such as 2h or 30d, got "${text}"`);
  return ms;
}

function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function post<Reply>(flags: ApiFlags, path: string, body: object, signal: AbortSignal): Promise<Reply> {
  return callApi<Reply>(flags, `${api}/${path}`, { method: 'POST', body, signal });
}

async function made(
  flags: ApiFlags,
  what: 'silences' | 'exceptions',
  body: object,
  signal: AbortSignal,
): Promise<readonly [answer: unknown, text: string]> {
  const answer = await post<{ readonly id: string }>(flags, what, body, signal);
  return [answer, `${answer.id}\n`];
}

function previewText(
  what: string,
  { total, warnings }: Pick<SilencePreviewJson, 'total' | 'warnings'>,
  names: readonly string[],
): string {
  const more = total - names.length;
  return [
    `It would hold back ${total} ${what}.`,
    ...names.map((name) => `  ${name}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...warnings.map(({ text }) => pc.yellow(text)),
    '',
  ].join('\n');
}

function listed(items: readonly SuppressionJson[]): string {
  if (items.length === 0) return 'Nothing is held back.\n';
  return items.map(oneText).join('');
}

function oneText(one: SuppressionJson): string {
  const state = one.state === 'active' ? pc.yellow(one.state) : pc.dim(one.state);
  const end = one.isEndless ? pc.red('never') : new Date(one.endsAtMs).toISOString();
  const source = one.source === '' ? '' : `, in ${one.source}`;
  const held = `${one.holdsBack} ${one.kind === 'silence' ? 'alerts' : 'verdicts'}`;
  return [
    `${state}  ${one.kind} ${pc.bold(one.id)}  ${one.scope.join('; ')}`,
    `    holds back ${held}, ends ${end}, owner ${one.owner || one.createdBy || 'nobody'}${source}`,
    `    ${pc.dim(one.reason)}`,
    '',
  ].join('\n');
}
