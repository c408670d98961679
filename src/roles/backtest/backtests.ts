import { randomBytes } from 'node:crypto';
import type { AlertingConfig } from '../../alerting/config/alerting-config.ts';
import type { BacktestInputJson, BacktestJson, BacktestsJson } from '../../api/skopos/contract.ts';
import { BadInputError, messageOf, NotFoundError, UnavailableError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { formatDuration, parseDuration } from '../../kit/duration.ts';
import type { Labels } from '../../model/labels.ts';
import { Engine } from '../../promql/engine.ts';
import type { Queryable } from '../../promql/queryable.ts';
import { RecordedHistory } from '../../rules/backtest/recorded-history.ts';
import { parseRuleFile, type RuleFile } from '../../rules/rule-file.ts';
import { runBacktest } from './run-backtest.ts';

export interface BacktestsOptions {
  readonly clock: Clock;
  readonly store: Queryable;
  /** Where the samples came from, for people. */
  readonly storeName: string;
  /** When the oldest sample is from. */
  readonly oldestMs: () => number | undefined;
  /** The rules that run now. */
  readonly running: () => readonly RuleFile[];
  readonly alerting: () => AlertingConfig;
  readonly evaluationIntervalMs: number;
  readonly externalLabels: Labels;
}

interface Job {
  json: BacktestJson;
  readonly stop: AbortController;
}

const keptJobs = 5;
/** What one query of a back-test may hold beside all else that the process does; it asks again in halves. */
const maxSamples = 2_000_000;
const maxRecordedSamples = 1_000_000;

/** Back-tests of the running process over its own store: one at a time, the newest few kept. */
export class Backtests {
  readonly #options: BacktestsOptions;
  readonly #engine = new Engine({ maxSamples });
  readonly #jobs: Job[] = [];

  constructor(options: BacktestsOptions) {
    this.#options = options;
  }

  /** @throws {BadInputError} for rules that do not load, {UnavailableError} while another one runs. */
  start({ rules, group, rule, since }: BacktestInputJson): BacktestJson {
    const sinceMs = parseDuration(since);
    if (sinceMs === undefined || sinceMs === 0)
      throw new BadInputError('since', `expected a duration such as 24h or 7d, got "${since}"`);
    const files = narrowed(
      rules === undefined ? this.#options.running() : [parseRuleFile(rules, 'rules.yml')],
      { group, rule },
    );
    const busy = this.#jobs.find(({ json }) => json.state === 'running');
    if (busy !== undefined)
      throw new UnavailableError(
        `a back-test is running already (${busy.json.what}); wait for it, or cancel it`,
      );
    const endMs = this.#options.clock.now();
    const oldestMs = this.#options.oldestMs();
    if (oldestMs === undefined) throw new BadInputError('since', 'there are no samples yet');
    const startMs = Math.max(endMs - sinceMs, Math.min(oldestMs, endMs - 60_000));
    const job: Job = {
      stop: new AbortController(),
      json: {
        id: randomBytes(8).toString('hex'),
        startedAtMs: endMs,
        state: 'running',
        what: rules === undefined ? (rule ?? group ?? 'all rules that run') : 'rules as typed',
        since: formatDuration(sinceMs),
        progress: { done: 0, atMs: startMs },
        problem: '',
      },
    };
    this.#jobs.unshift(job);
    this.#jobs.splice(keptJobs);
    void this.#run(job, files, { startMs, endMs });
    return job.json;
  }

  list(): BacktestsJson {
    return {
      items: this.#jobs.map(({ json: { result: _result, ...json } }) => json),
      groups: this.#options
        .running()
        .flatMap(({ groups }) => groups)
        .map(({ name, rules }) => ({
          name,
          rules: rules.filter(({ kind }) => kind === 'alerting').map((one) => one.name),
        }))
        .filter(({ rules }) => rules.length > 0),
    };
  }

  /** @throws {NotFoundError} */
  get(id: string): BacktestJson {
    return this.#find(id).json;
  }

  /** @throws {NotFoundError} */
  cancel(id: string): BacktestJson {
    const job = this.#find(id);
    job.stop.abort();
    if (job.json.state === 'running') job.json = { ...job.json, state: 'cancelled' };
    return job.json;
  }

  /** Ends what runs. */
  stop(): void {
    for (const { stop } of this.#jobs) stop.abort();
  }

  #find(id: string): Job {
    const job = this.#jobs.find(({ json }) => json.id === id);
    if (job === undefined)
      throw new NotFoundError(`there is no back-test ${id}; the newest ${keptJobs} are kept`);
    return job;
  }

  async #run(
    job: Job,
    files: readonly RuleFile[],
    range: { readonly startMs: number; readonly endMs: number },
  ): Promise<void> {
    const { store, storeName, alerting, evaluationIntervalMs, externalLabels } = this.#options;
    try {
      const result = await runBacktest({
        ...range,
        files,
        history: new RecordedHistory({
          name: storeName,
          store,
          engine: this.#engine,
          maxSamples: maxRecordedSamples,
        }),
        alerting: alerting(),
        evaluationIntervalMs,
        externalLabels,
        signal: job.stop.signal,
        progress(progress) {
          job.json = { ...job.json, progress };
        },
      });
      if (!job.stop.signal.aborted) job.json = { ...job.json, state: 'done', result };
    } catch (error) {
      if (!job.stop.signal.aborted) job.json = { ...job.json, state: 'failed', problem: messageOf(error) };
    }
  }
}

/** @throws {BadInputError} when nothing is left. */
function narrowed(
  files: readonly RuleFile[],
  { group, rule }: { readonly group: string | undefined; readonly rule: string | undefined },
): readonly RuleFile[] {
  const left = files.map((file) => ({
    ...file,
    groups: file.groups
      .filter(({ name }) => group === undefined || name === group)
      .map((one) => ({
        ...one,
        // What rules that run record is in the store already.
        rules: one.rules.filter(
          ({ kind, name }) => rule === undefined || (kind === 'alerting' && name === rule),
        ),
      })),
  }));
  if (left.some(({ groups }) => groups.some(({ rules }) => rules.some(({ kind }) => kind === 'alerting'))))
    return left;
  throw new BadInputError(
    rule === undefined ? (group === undefined ? 'rules' : 'group') : 'rule',
    `there is no alert ${rule === undefined ? '' : `"${rule}" `}${group === undefined ? 'among these rules' : `in group "${group}"`}`,
  );
}
