import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defaultAlertingConfig } from '../alerting/config/default-config.ts';
import { BadInputError, messageOf, NotFoundError } from '../kit/app-error.ts';
import type { BacktestProgress } from '../model/backtest.ts';
import { Engine } from '../promql/engine.ts';
import { runBacktest } from '../roles/backtest/run-backtest.ts';
import type { History } from '../rules/backtest/history.ts';
import { RecordedHistory } from '../rules/backtest/recorded-history.ts';
import type { RuleFile } from '../rules/rule-file.ts';
import { serverHistory } from './backtest/server-history.ts';
import { backtestTable } from './backtest/to-table.ts';
import { durationFlag, readRuleFiles } from './lint/rule-files.ts';
import { openData, readAlerting, type SeriesFlags, serverOf } from './lint/stored-series.ts';
import { type AddCommand, CommandEnd } from './program.ts';
import { readTime } from './query/times.ts';

interface Flags extends SeriesFlags {
  readonly since: string;
  readonly end?: string;
  readonly interval: string;
  readonly alertmanager?: string;
  readonly externalLabel?: readonly string[];
  readonly rule?: readonly string[];
  readonly format: string;
  readonly output?: string;
  readonly quiet?: true;
}

const local = 'http://127.0.0.1:9600';
/** Samples that one query may hold: less than at work, as a back-test asks again in halves. */
const maxSamples = 10_000_000;

/** `skopos backtest`: exits 1 when a rule could not be evaluated. */
export const backtestCommand: AddCommand = (program, { cwd, signal }) => {
  program
    .command('backtest')
    .description('what rules and routing would have done over stored history')
    .argument('<files or folders...>', 'Prometheus rule files')
    .option('--since <duration>', 'how far back', '7d')
    .option(
      '--end <time>',
      'RFC 3339 or Unix seconds; now, or the newest sample of a data folder, when left out',
    )
    .option(
      '--server <url>',
      `a running Skopos or Prometheus (${local} when neither this nor --data is given)`,
    )
    .option('--data <folder>', 'a data directory of Skopos or Prometheus instead of a server')
    .option('--alertmanager <file>', 'the alerting configuration; everything goes to the inbox without one')
    .option('--external-label <name=value>', 'added to every alert; may be given several times', gather)
    .option('--interval <duration>', 'evaluation interval of groups that set none', '1m')
    .option('--rule <name>', 'only alerts of this name; may be given several times', gather)
    .option('-f, --format <format>', 'table or json', 'table')
    .option('-o, --output <file>', 'where the result goes, instead of to standard output')
    .option('-q, --quiet', 'say nothing of how far it is')
    .option('--token <token>', 'API token of the server (or SKOPOS_TOKEN)')
    .action(async (paths: readonly string[], flags: Flags) => {
      if (flags.format !== 'table' && flags.format !== 'json')
        throw new BadInputError('--format', `expected table or json, got "${flags.format}"`);
      const files = chosen(readRuleFiles(paths, cwd), flags.rule ?? []);
      const sinceMs = durationFlag('--since', flags.since);
      const { history, newestMs, close } = historyOf(flags, cwd);
      const endMs = endOf(flags, newestMs);
      try {
        const result = await runBacktest({
          ...{ files, history, signal, endMs, startMs: endMs - sinceMs },
          alerting:
            flags.alertmanager === undefined
              ? defaultAlertingConfig()
              : readAlerting(flags.alertmanager, cwd),
          evaluationIntervalMs: durationFlag('--interval', flags.interval),
          externalLabels: labelsOf(flags.externalLabel ?? []),
          progress: flags.quiet ? () => {} : progressBar(),
        });
        const text =
          flags.format === 'json' ? `${JSON.stringify({ version: 1, ...result })}\n` : backtestTable(result);
        if (flags.output === undefined) process.stdout.write(text);
        else writeFileSync(resolve(cwd, flags.output), text);
        if (result.rules.some(({ problem }) => problem !== '')) throw new CommandEnd(1);
      } finally {
        close();
      }
    });
};

function historyOf(
  flags: Flags,
  cwd: string,
): { readonly history: History; readonly newestMs?: number; readonly close: () => void } {
  if (flags.data === undefined) return { history: serverHistory(serverOf(flags, local)), close: () => {} };
  if (flags.server !== undefined) throw new BadInputError('--data', 'give --server or --data, not both');
  const store = openData(flags.data, cwd);
  const newestMs = store.figures().maxMs;
  if (newestMs === undefined) throw new NotFoundError(`${flags.data}: there are no samples in it`);
  const engine = new Engine({ maxSamples });
  return {
    history: new RecordedHistory({ name: flags.data, store, engine }),
    newestMs: newestMs + 1,
    close: () => store.close(),
  };
}

function endOf({ end }: Flags, newestMs: number | undefined): number {
  try {
    return readTime(end, 'end time') ?? Math.min(Date.now(), newestMs ?? Number.POSITIVE_INFINITY);
  } catch (error) {
    throw new BadInputError('--end', messageOf(error), { cause: error });
  }
}

/** Without alerting rules of other names. @throws {BadInputError} for a name that no rule has. */
function chosen(files: readonly RuleFile[], names: readonly string[]): readonly RuleFile[] {
  const all = files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
  for (const name of names)
    if (!all.some((rule) => rule.kind === 'alerting' && rule.name === name))
      throw new BadInputError('--rule', `no alert is named "${name}"`);
  if (!all.some(({ kind }) => kind === 'alerting'))
    throw new BadInputError('', 'there is no alert among these rules');
  if (names.length === 0) return files;
  return files.map((file) => ({
    ...file,
    groups: file.groups.map((group) => ({
      ...group,
      rules: group.rules.filter(({ kind, name }) => kind === 'recording' || names.includes(name)),
    })),
  }));
}

function labelsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new BadInputError('--external-label', `expected name=value, got "${text}"`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** On a terminal a line that changes; otherwise a line now and then, so that a build log shows that it lives. */
function progressBar(): (progress: BacktestProgress) => void {
  const { stderr } = process;
  let shown = -1;
  return ({ done, atMs }) => {
    const percent = Math.floor(done * 100);
    if (percent === shown || (!stderr.isTTY && percent < shown + 20)) return;
    shown = percent;
    const day = new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
    if (stderr.isTTY) stderr.write(done >= 1 ? '\r\u001b[K' : `\r${String(percent).padStart(3)} %  ${day}`);
    else if (done < 1) stderr.write(`${percent} %  ${day}\n`);
  };
}

function gather(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
