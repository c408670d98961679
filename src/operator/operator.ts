import type { Command } from './commands/command.ts';
import { parseCommands } from './commands/command.ts';
import { planOf } from './commands/plan.ts';
import type { Job } from './job.ts';
import type { JobRunner } from './job-runner.ts';
import type { Schedule } from './schedules/schedule.ts';
import type { ScheduleBook } from './schedules/schedule-book.ts';

/** How a request came, besides its body. */
export interface TriggerInfo {
  /** The same key again is the same request; each of its commands has an id made of it. */
  readonly key?: string;
  /** The recurring scan that sent it, where it says so. */
  readonly schedule?: string;
}

export interface Triggered {
  readonly job: Job;
  /** False for one that was there already. */
  readonly isNew: boolean;
}

/** Takes commands and makes jobs of them. */
export class Operator {
  readonly #jobs: JobRunner;
  readonly #schedules: ScheduleBook;

  constructor(jobs: JobRunner, schedules: ScheduleBook) {
    this.#jobs = jobs;
    this.#schedules = schedules;
  }

  /**
   * All commands of a request, or none of them. Commands that cannot be done are jobs that fail with the reason.
   *
   * @throws {BadInputError} when the body is none; {QueueFullError} when too many wait.
   */
  async trigger(body: unknown, info: TriggerInfo, signal: AbortSignal): Promise<readonly Triggered[]> {
    const commands = parseCommands(body);
    const named = info.schedule ?? '';
    const schedule =
      named === ''
        ? await this.#schedules.senderOf(
            commands.map(({ raw }) => raw),
            signal,
          )
        : named;
    return this.#submit(commands, { ...info, schedule });
  }

  /** Runs a recurring scan now. @throws {NotFoundError}, and as {@link trigger} */
  async runNow(name: string, info: TriggerInfo, signal: AbortSignal): Promise<readonly Triggered[]> {
    const { commands } = await this.#schedules.get(name, signal);
    return this.start({ name, commands }, info);
  }

  /** One run of a recurring scan. @throws as {@link trigger} */
  start({ name, commands }: Pick<Schedule, 'name' | 'commands'>, info: TriggerInfo): readonly Triggered[] {
    return this.#submit(parseCommands({ commands }), { ...info, schedule: name });
  }

  #submit(commands: readonly Command[], { key = '', schedule = '' }: TriggerInfo): readonly Triggered[] {
    return this.#jobs.submitAll(
      commands.map((command, i) => {
        const id = command.jobId ?? (key === '' ? undefined : commands.length === 1 ? key : `${key}.${i}`);
        return {
          spec: planOf(command),
          request: {
            origin: schedule === '' ? 'command' : 'schedule',
            ...(id === undefined ? {} : { id }),
            ...(command.parentId === undefined ? {} : { parentId: command.parentId }),
            ...(schedule === '' ? {} : { schedule }),
          },
        };
      }),
    );
  }
}
