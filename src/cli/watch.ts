import type { LedgerRowJson, LiveFeedJson } from '../api/skopos/contract.ts';
import { BadInputError, UnavailableError } from '../kit/app-error.ts';
import { backoffMs } from '../kit/backoff.ts';
import { systemClock } from '../kit/clock.ts';
import { formatDuration } from '../kit/duration.ts';
import { sleep } from '../kit/sleep.ts';
import { kindOfKey, namespaceOfKey } from '../model/feed.ts';
import { type ApiOptions, callApi } from './api-client.ts';
import { reaching } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { eventStream } from './event-stream.ts';
import type { AddCommand } from './program.ts';

interface Flags extends ApiOptions {
  readonly output: string;
  readonly namespace?: readonly string[];
  readonly kind?: readonly string[];
  readonly control?: readonly string[];
  readonly allHops?: true;
  readonly limit?: string;
}

/** Hops that are told without `--all-hops`: what changed, what was found in it, and who was told. */
const told = new Set(['change', 'verdict', 'finding', 'receipt']);

/** Changes that are remembered, so that what comes of them can be told with the time since. */
const mostChanges = 5000;

/** `skopos watch`: changes and their verdicts as they come, until it is stopped or has told of as many as asked for. */
export const watchCommand: AddCommand = (program, { signal }) => {
  reaching(program.command('watch'))
    .description(
      'tell of every change as it comes: its verdicts, findings and messages, each with its time since',
    )
    .option('-o, --output <format>', 'text, or json: one object a line', 'text')
    .option('-n, --namespace <names...>', 'only changes in these namespaces, and what comes of them')
    .option('--kind <kinds...>', 'only changes of objects of these kinds')
    .option('--control <ids...>', 'only verdicts and findings of these controls')
    .option('--all-hops', 'series, rules, alerts and routes too')
    .option('--limit <number>', 'end after so many lines')
    .action(async (flags: Flags) => {
      if (flags.output !== 'text' && flags.output !== 'json')
        throw new BadInputError('--output', `expected text or json, got "${flags.output}"`);
      const most = flags.limit === undefined ? Number.POSITIVE_INFINITY : Number(flags.limit);
      if (!(most > 0)) throw new BadInputError('--limit', `expected a number above 0, got "${flags.limit}"`);
      // Says at once when nobody is there, or the token is wrong.
      await callApi<LiveFeedJson>(flags, 'api/skopos/v1/live-feed?limit=1', { signal });
      await follow(flags, most, signal);
    });
};

/** Takes the stream up again when it breaks, and says so. */
async function follow(flags: Flags, most: number, signal: AbortSignal): Promise<void> {
  const teller = new Teller(flags);
  for (let attempts = 0; !signal.aborted && teller.lines < most; attempts++) {
    try {
      await once(flags, teller, most, signal);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      process.stderr.write(`${error.message}; trying again\n`);
    }
    if (teller.lines < most)
      await sleep(backoffMs(Math.min(attempts, 4), { initialMs: 500, maxMs: 5000 }), signal, systemClock);
  }
}

/** Until the stream ends or enough has been told. */
async function once(flags: Flags, teller: Teller, most: number, signal: AbortSignal): Promise<void> {
  for await (const { name, data } of eventStream(flags, signal)) {
    const line = name === 'ledger' ? teller.tell(JSON.parse(data) as LedgerRowJson) : undefined;
    if (line !== undefined) process.stdout.write(`${line}\n`);
    if (teller.lines >= most) return;
  }
}

/** Which rows are told of, and how. */
class Teller {
  readonly #flags: Flags;
  /** When each change that is told of came, by its cause. */
  readonly #changes = new Map<string, number>();
  #lines = 0;

  constructor(flags: Flags) {
    this.#flags = flags;
  }

  get lines(): number {
    return this.#lines;
  }

  tell(row: LedgerRowJson): string | undefined {
    if (row.hop === 'change' && this.#isWanted(row)) this.#remember(row);
    const sinceMs = this.#changes.get(row.cause);
    if (sinceMs === undefined || !this.#isTold(row)) return undefined;
    this.#lines++;
    const afterMs = Math.max(0, row.atMs - sinceMs);
    return this.#flags.output === 'json' ? JSON.stringify({ ...row, afterMs }) : textOf(row, afterMs);
  }

  #isWanted({ subject }: LedgerRowJson): boolean {
    const { namespace, kind } = this.#flags;
    return (
      (namespace === undefined || namespace.includes(namespaceOfKey(subject))) &&
      (kind === undefined || kind.includes(kindOfKey(subject)))
    );
  }

  #isTold({ hop, detail }: LedgerRowJson): boolean {
    const { allHops, control } = this.#flags;
    if (allHops !== true && !told.has(hop)) return false;
    const isJudged = hop === 'verdict' || hop === 'finding';
    return control === undefined || !isJudged || control.includes(String(detail['control']));
  }

  #remember({ cause, atMs }: LedgerRowJson): void {
    this.#changes.set(cause, atMs);
    const oldest = this.#changes.keys().next().value;
    if (this.#changes.size > mostChanges && oldest !== undefined) this.#changes.delete(oldest);
  }
}

function textOf({ atMs, hop, subject, decision, detail }: LedgerRowJson, afterMs: number): string {
  const { object, control, before, receiver, severity } = detail;
  const what = [control, object, receiver].filter((value) => typeof value === 'string').join(' · ');
  const more = [
    ...(typeof before === 'string' ? [`was ${before}`] : []),
    ...(typeof severity === 'string' ? [severity] : []),
  ].join(', ');
  const when =
    hop === 'change'
      ? new Date(atMs).toISOString().slice(11, 23)
      : `+${formatDuration(Math.round(afterMs))}`.padStart(12);
  return `${when}  ${hop.padEnd(8)} ${tone(decision)(decision.padEnd(10))} ${what === '' ? subject : what}${more === '' ? '' : pc.dim(` (${more})`)}`;
}

const bad = new Set(['fail', 'opened', 'reappeared', 'failed']);
const good = new Set(['pass', 'fixed', 'delivered']);

function tone(decision: string): (text: string) => string {
  if (bad.has(decision)) return pc.red;
  if (good.has(decision)) return pc.green;
  return decision === 'unknown' ? pc.yellow : (text) => text;
}
