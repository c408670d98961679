import type { ScheduleJson } from '../../api/skopos/operator-contract.ts';
import type { OperatorSource } from '../../api/skopos/operator-source.ts';
import type { Clock } from '../../kit/clock.ts';
import { parseCommand } from '../../operator/commands/command.ts';
import { commandsFor, type ScanWish } from '../../operator/commands/commands-for.ts';
import { imageScopeText, planOf } from '../../operator/commands/plan.ts';
import { scopeText } from '../../operator/commands/scan-request.ts';
import { settingsConfigMap } from '../../operator/permissions.ts';
import { cronTimes } from '../../operator/schedules/cron.ts';
import type { ListedSchedule } from '../../operator/schedules/schedule-book.ts';
import type { OperatorRole } from './operator-role.ts';

/** The operator as our own API sees it. */
export function operatorSource(role: OperatorRole, clock: Clock): OperatorSource {
  const { store, jobs, schedules, operator, posture } = role;
  return {
    jobs: (filter) => ({ ...store.list(filter), waiting: jobs.waiting }),
    job(id) {
      const kept = store.get(id);
      if (kept === undefined) return undefined;
      const { work: _, ...job } = kept;
      return { ...job, parts: store.partsOf(id), hasReport: store.hasReport(id) };
    },
    report: (id) => store.report(id),
    start(wish, key) {
      const commands = checked(wish, posture);
      return jobs.submitAll(
        commands.map((command, i) => ({
          spec: planOf(parseCommand(command, i)),
          request: {
            origin: 'api',
            ...(key === undefined ? {} : { id: commands.length === 1 ? key : `${key}.${i}` }),
          },
        })),
      );
    },
    cancel: (id) => jobs.cancel(id),
    async schedules(signal) {
      const { items, ...rest } = await schedules.list(signal);
      return { ...rest, items: items.map(scheduleJson) };
    },
    schedule: async (name, signal) => scheduleJson(await schedules.get(name, signal)),
    async createSchedule({ name, kind, cron, timeZone, isPaused, commands, ...wish }, signal) {
      const made = await schedules.create(
        {
          ...{ kind, timeZone, isPaused },
          commands: commands ?? checked({ kind, ...wish }, posture),
          ...(name === undefined ? {} : { name }),
          ...(cron === undefined ? {} : { cron }),
        },
        signal,
      );
      return scheduleJson(made);
    },
    async updateSchedule(name, edit, signal) {
      const given = Object.entries(edit).filter(([, value]) => value !== undefined);
      return scheduleJson(await schedules.update(name, Object.fromEntries(given), signal));
    },
    deleteSchedule: (name, signal) => schedules.delete(name, signal),
    runSchedule: (name, key, signal) => operator.runNow(name, key === undefined ? {} : { key }, signal),
    nextTimes(cron, timeZone, count) {
      const { next } = cronTimes(cron, timeZone);
      const times: number[] = [];
      for (let atMs = next(clock.now()); atMs !== undefined && times.length < count; atMs = next(atMs))
        times.push(atMs);
      return times;
    },
    operator: () => ({
      namespace: role.namespace,
      configMap: {
        name: settingsConfigMap,
        ...role.settingsState,
        settings: { ...role.settings },
      },
    }),
  };
}

/** The commands of a wish; one that names what is not there is refused at once. @throws {BadInputError} */
function checked(wish: ScanWish, posture: OperatorRole['posture']): readonly unknown[] {
  const commands = commandsFor(wish);
  for (const [i, command] of commands.entries()) {
    const { work } = planOf(parseCommand(command, i));
    if (work.type === 'posture') posture.check(work.scope);
  }
  return commands;
}

function scheduleJson({ commands, ...schedule }: ListedSchedule): ScheduleJson {
  return { ...schedule, commands: [...commands], about: aboutOf(commands) };
}

/** For people: `the cluster`, `the registry quay.io/shop`. */
function aboutOf(commands: readonly unknown[]): string {
  const texts = commands.map((command, i) => {
    try {
      const { work, title } = planOf(parseCommand(command, i));
      if (work.type === 'posture') return scopeText(work.scope);
      if (work.type === 'images') return imageScopeText(work.scope);
      return work.type === 'registry' ? `the registry ${work.registry.name}` : title;
    } catch {
      return 'a command that cannot be read';
    }
  });
  return texts.join(', ');
}
