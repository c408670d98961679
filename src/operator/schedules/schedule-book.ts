import { BadInputError, messageOf, NotFoundError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { parseCommands } from '../commands/command.ts';
import { planOf } from '../commands/plan.ts';
import type { Job, ScheduleChange } from '../job.ts';
import type { JobStore } from '../job-store.ts';
import type { BuiltInKeeper } from './built-in-keeper.ts';
import { cronTimes, spreadDaily } from './cron.ts';
import type { CronJobKeeper } from './cron-job-keeper.ts';
import { longestName } from './kubescape-names.ts';
import type { Schedule, ScheduleEdit, ScheduleKeeper, WantedSchedule } from './schedule.ts';

/** Where new recurring scans are kept: `auto` takes CronJobs where there are the rights to. */
export type KeeperChoice = 'auto' | 'cronjobs' | 'built-in';

export interface ScheduleBookOptions {
  readonly builtIn: BuiltInKeeper;
  /** Absent where there is no cluster. */
  readonly cluster?: CronJobKeeper;
  readonly choice: KeeperChoice;
  readonly store: JobStore;
  readonly clock: Clock;
}

/** A recurring scan with what pages show of it. */
export interface ListedSchedule extends Schedule {
  /** Absent while it is paused, and when it never falls due again. */
  readonly nextMs?: number;
  readonly lastRun?: Job;
  /** What is wrong with it; '' when nothing is. */
  readonly problem: string;
}

export interface ScheduleList {
  readonly items: readonly ListedSchedule[];
  /** Where new ones are kept. */
  readonly keeper: 'cronjobs' | 'built-in';
  /** Why those of the cluster, or CronJobs, are not to be had; '' when they are, or there is no cluster. */
  readonly problem: string;
}

export interface NewSchedule extends Omit<WantedSchedule, 'name' | 'cron'> {
  readonly name?: string;
  readonly cron?: string;
}

const nameForm = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** For how long what was found of rights and schedules is believed. */
const believedMs = 60_000;

/** Every recurring scan, whoever keeps and runs it. */
export class ScheduleBook {
  readonly #options: ScheduleBookOptions;
  #rights: { readonly atMs: number; readonly missing: readonly string[] } | undefined;
  #listed: { readonly atMs: number; readonly items: readonly Schedule[] } | undefined;

  constructor(options: ScheduleBookOptions) {
    this.#options = options;
  }

  /** By name. Never fails: what could not be read is said in `problem`. */
  async list(signal: AbortSignal): Promise<ScheduleList> {
    const { builtIn, store } = this.#options;
    const own = builtIn.all();
    const { items, problem } = await this.#ofCluster(signal);
    const { keeper, why } = await this.#keeperFor(signal).then(
      (found) => ({ keeper: found.name, why: found.why }),
      (error: unknown) => ({ keeper: 'built-in' as const, why: messageOf(error) }),
    );
    const all = [...own, ...items].sort((a, b) => (a.name < b.name ? -1 : 1));
    const runs = store.lastRuns(all.map(({ name }) => name));
    return {
      items: all.map((schedule) => this.#listedOf(schedule, runs.get(schedule.name))),
      keeper,
      problem: problem === '' ? why : problem,
    };
  }

  /** @throws {NotFoundError | UnavailableError | KubeError} */
  async get(name: string, signal: AbortSignal): Promise<ListedSchedule> {
    const [schedule] = await this.#find(name, signal);
    return this.#listedOf(schedule, this.#options.store.lastRuns([name]).get(name));
  }

  /** @throws {BadInputError} naming the field that is wrong; {KubeError} when the cluster refuses. */
  async create(wanted: NewSchedule, signal: AbortSignal): Promise<ListedSchedule> {
    const name = wanted.name ?? `${wanted.kind}-${Math.floor(this.#options.clock.now()).toString(36)}`;
    checkName(name);
    const cron = wanted.cron ?? spreadDaily(name);
    checkTimes(cron, wanted.timeZone, this.#options.clock.now());
    checkCommands(wanted.commands);
    if (this.#options.builtIn.all().some((one) => one.name === name))
      throw new BadInputError('name', `there is a recurring scan "${name}" already`);
    const { keeper } = await this.#keeperFor(signal);
    this.#listed = undefined;
    return this.#listedOf(await keeper.create({ ...wanted, name, cron }, signal), undefined);
  }

  /** @throws as {@link create}; {NotFoundError} */
  async update(name: string, edit: ScheduleEdit, signal: AbortSignal): Promise<ListedSchedule> {
    const [schedule, keeper] = await this.#find(name, signal);
    const { cron, timeZone } = { ...schedule, ...edit };
    checkTimes(cron, timeZone, this.#options.clock.now());
    if (edit.commands !== undefined) checkCommands(edit.commands);
    this.#listed = undefined;
    return this.#listedOf(
      await keeper.update(name, edit, signal),
      this.#options.store.lastRuns([name]).get(name),
    );
  }

  /** @throws {NotFoundError} */
  async delete(name: string, signal: AbortSignal): Promise<void> {
    const [, keeper] = await this.#find(name, signal);
    this.#listed = undefined;
    await keeper.delete(name, signal);
  }

  /** Carries out a command; what it was about is named in the result. @throws as the methods above */
  async apply(
    change: ScheduleChange,
    jobId: string,
    signal: AbortSignal,
  ): Promise<{ readonly schedules: readonly string[]; readonly warnings: readonly string[] }> {
    if (change.action === 'delete') {
      await this.delete(change.name, signal);
      return { schedules: [change.name], warnings: [] };
    }
    if (change.action === 'update') {
      await this.update(change.name, { cron: change.cron, jobId }, signal);
      return { schedules: [change.name], warnings: [] };
    }
    const { kind, name, cron, commands } = change;
    const made = await this.create(
      {
        ...{ kind, commands, jobId, timeZone: '', isPaused: false },
        ...(name === undefined ? {} : { name: fitName(name) }),
        ...(cron === undefined ? {} : { cron }),
      },
      signal,
    );
    return { schedules: [made.name], warnings: [] };
  }

  /** The recurring scan that sends exactly this, when there is just one; '' otherwise, and when the cluster cannot be asked. */
  async senderOf(commands: readonly unknown[], signal: AbortSignal): Promise<string> {
    const { clock } = this.#options;
    const listed = this.#listed;
    const items =
      listed !== undefined && clock.now() - listed.atMs < believedMs
        ? listed.items
        : (await this.#ofCluster(signal)).items;
    const text = JSON.stringify(commands);
    const [only, another] = items.filter((schedule) => JSON.stringify(schedule.commands) === text);
    return another === undefined ? (only?.name ?? '') : '';
  }

  async #find(name: string, signal: AbortSignal): Promise<readonly [Schedule, ScheduleKeeper]> {
    const { builtIn, cluster } = this.#options;
    const own = builtIn.all().find((one) => one.name === name);
    if (own !== undefined) return [own, builtIn];
    const found = await cluster?.list(signal);
    const schedule = found?.find((one) => one.name === name);
    if (cluster === undefined || schedule === undefined)
      throw new NotFoundError(`there is no recurring scan "${name}"`);
    return [schedule, cluster];
  }

  async #ofCluster(
    signal: AbortSignal,
  ): Promise<{ readonly items: readonly Schedule[]; readonly problem: string }> {
    const { cluster, choice, clock } = this.#options;
    if (cluster === undefined || choice === 'built-in') return { items: [], problem: '' };
    try {
      const items = await cluster.list(signal);
      this.#listed = { atMs: clock.now(), items };
      return { items, problem: '' };
    } catch (error) {
      return { items: [], problem: `CronJobs cannot be read: ${messageOf(error)}` };
    }
  }

  /** @throws {BadInputError} when CronJobs are chosen and there are not the rights. */
  async #keeperFor(signal: AbortSignal): Promise<{
    readonly keeper: ScheduleKeeper;
    readonly name: 'cronjobs' | 'built-in';
    readonly why: string;
  }> {
    const { builtIn, cluster, choice } = this.#options;
    const own = { keeper: builtIn, name: 'built-in' } as const;
    if (choice === 'built-in') return { ...own, why: '' };
    if (cluster === undefined) {
      if (choice === 'auto') return { ...own, why: '' };
      throw new BadInputError('operator.schedules', 'it says cronjobs, but no cluster is watched');
    }
    const missing = await this.#missingRights(cluster, signal);
    if (missing.length === 0) return { keeper: cluster, name: 'cronjobs', why: '' };
    const why = `no rights in the namespace ${cluster.namespace} to ${missing.join(', ')}`;
    if (choice === 'auto') return { ...own, why };
    throw new BadInputError('operator.schedules', `it says cronjobs, but there are ${why}`);
  }

  async #missingRights(cluster: CronJobKeeper, signal: AbortSignal): Promise<readonly string[]> {
    const nowMs = this.#options.clock.now();
    if (this.#rights !== undefined && nowMs - this.#rights.atMs < believedMs) return this.#rights.missing;
    const missing = await cluster.missingRights(signal);
    this.#rights = { atMs: nowMs, missing };
    return missing;
  }

  #listedOf(schedule: Schedule, lastRun: Job | undefined): ListedSchedule {
    const last = lastRun === undefined ? {} : { lastRun };
    try {
      if (schedule.commands.length === 0)
        return {
          ...schedule,
          ...last,
          problem: 'the ConfigMap of its request is missing or holds no commands',
        };
      const nextMs = schedule.isPaused
        ? undefined
        : cronTimes(schedule.cron, schedule.timeZone).next(this.#options.clock.now());
      return { ...schedule, ...last, ...(nextMs === undefined ? {} : { nextMs }), problem: '' };
    } catch (error) {
      return { ...schedule, ...last, problem: messageOf(error) };
    }
  }
}

/** A name as a CronJob may have it, from any text. */
export function fitName(text: string): string {
  const fitted = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longestName)
    .replace(/^-+|-+$/g, '');
  return fitted === '' ? 'scan' : fitted;
}

function checkName(name: string): void {
  if (nameForm.test(name) && name.length <= longestName) return;
  throw new BadInputError(
    'name',
    `expected at most ${longestName} lower-case letters, digits and "-", got "${name}"`,
  );
}

function checkTimes(cron: string, timeZone: string, nowMs: number): void {
  if (cronTimes(cron, timeZone).next(nowMs) === undefined)
    throw new BadInputError('cron', `"${cron}" never falls due`);
}

/** Refuses what would fail at every run. */
function checkCommands(commands: readonly unknown[]): void {
  for (const [index, command] of parseCommands({ commands }).entries()) {
    const { work } = planOf(command);
    if (work.type === 'unsupported') throw new BadInputError(`commands.${index}`, work.reason);
    if (work.type === 'schedule')
      throw new BadInputError(`commands.${index}`, 'a recurring scan cannot change recurring scans');
  }
}
