import { z } from 'zod';
import { BadInputError } from '../../kit/app-error.ts';
import type { ScheduleChange } from '../job.ts';
import { withNames } from './any-case.ts';
import type { Command } from './command.ts';
import { registryOf } from './registry-info.ts';
import { scopeOfRequest } from './scan-request.ts';

/** A command that changes recurring scans of one kind. */
const kinds = [
  { form: /^(set|update|delete)KubescapeCronJob$/i, kind: 'posture', runs: 'kubescapeScan' },
  { form: /^(set|update|delete)VulnScanCronJob$/i, kind: 'images', runs: 'scan' },
  { form: /^(set|update|delete)RegistryScanCronJob$/i, kind: 'registry', runs: 'scanRegistry' },
] as const;

const paramsSchema = z.looseObject({
  name: z.string().nullish(),
  cronTabSchedule: z.string().nullish(),
});

/** What a set…, update… or delete…CronJob command asks for. @throws {BadInputError} */
export function scheduleChangeOf(command: Command): ScheduleChange {
  const found = kinds.find(({ form }) => form.test(command.commandName));
  const action = found?.form.exec(command.commandName)?.[1]?.toLowerCase();
  if (found === undefined || action === undefined)
    throw new BadInputError('commandName', `"${command.commandName}" changes no recurring scan`);
  const { name, cron } = parametersOf(command);
  if (action === 'set')
    return {
      action,
      kind: found.kind,
      ...(name === '' ? {} : { name }),
      ...(cron === '' ? {} : { cron }),
      commands: runOf(command, found.kind, found.runs),
    };
  if (name === '') throw new BadInputError('args', 'the name of the recurring scan has to be given');
  if (action === 'delete') return { action, name };
  if (cron === '') throw new BadInputError('args', 'cronTabSchedule has to be given');
  return { action: 'update', name, cron };
}

/** What each run sends: the scan itself, as the command would have it. */
function runOf(
  command: Command,
  kind: 'posture' | 'images' | 'registry',
  commandName: string,
): readonly unknown[] {
  const { args, designators, wlid } = command;
  const about = {
    ...(wlid === '' ? {} : { wlid }),
    ...(designators.length === 0
      ? {}
      : {
          designators: designators.map(({ attributes }) => ({
            designatorType: 'Attributes',
            attributes: Object.fromEntries(
              Object.entries(attributes).filter(([attribute]) => attribute !== 'cronTabSchedule'),
            ),
          })),
        }),
  };
  if (kind === 'images') return [{ commandName, ...about }];
  if (kind === 'registry') {
    registryOf(args);
    return [{ commandName, ...about, args: { 'registryInfo-v1': args['registryInfo-v1'] } }];
  }
  scopeOfRequest(args['scanV1']);
  return [{ commandName, ...about, args: { scanV1: args['scanV1'] ?? {} } }];
}

/** Each place where a name and a schedule may stand, the one that is meant for it first. */
function parametersOf({ args, designators }: Command): { readonly name: string; readonly cron: string } {
  const given = args['kubescapeJobParams'] ?? args['jobParams'] ?? args['cronJobParams'] ?? {};
  const parsed = paramsSchema.safeParse(withNames(given, ['name', 'cronTabSchedule']));
  if (!parsed.success) throw new BadInputError('args', 'expected {"name": "…", "cronTabSchedule": "…"}');
  const besides = args['cronTabSchedule'];
  return {
    name: parsed.data.name ?? '',
    cron:
      parsed.data.cronTabSchedule ||
      (typeof besides === 'string' ? besides : '') ||
      (designators[0]?.attributes['cronTabSchedule'] ?? ''),
  };
}
