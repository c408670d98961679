import type { JobJson, ScheduleJson, SchedulesJson } from '../api/skopos/operator-contract.ts';
import { BadInputError } from '../kit/app-error.ts';
import { callApi } from './api-client.ts';
import { type ApiFlags, answering, reaching, tell } from './api-options.ts';
import { colours as pc } from './colours.ts';
import { tellStarted } from './jobs.ts';
import type { AddCommand } from './program.ts';
import { type RegistryFlags, registryOf, scoped } from './registry-scope.ts';

interface WishFlags extends ApiFlags, RegistryFlags {
  readonly cron?: string;
  readonly timeZone?: string;
  readonly namespace?: readonly string[];
  readonly framework?: readonly string[];
  readonly control?: readonly string[];
  readonly registry?: string;
  readonly pause?: true;
  readonly resume?: true;
  readonly wait?: true;
}

const base = 'api/skopos/v1/schedules';

/** `skopos schedules`: recurring scans of a running Skopos. */
export const schedulesCommand: AddCommand = (program, { signal }) => {
  const schedules = program.command('schedules').description('recurring scans of a running Skopos');

  answering(
    schedules
      .command('list', { isDefault: true })
      .description('recurring scans, their next and their last run'),
  ).action(async (flags: ApiFlags) => {
    const found = await callApi<SchedulesJson>(flags, base, { signal });
    tell(flags, found, listText(found));
  });

  scoped(
    answering(
      schedules.command('create').description('a recurring scan of configuration, images or a registry'),
    ),
  )
    .argument('<name>', 'up to 52 lower-case letters, digits and "-"')
    .argument('<kind>', 'posture, images or registry')
    .option('--cron <schedule>', 'five fields, or @daily and the like; once a day when left out')
    .option('--time-zone <zone>', 'of IANA, as Europe/Berlin; UTC when left out')
    .option('--namespace <name...>', 'only these namespaces')
    .option('--framework <name...>', 'only the controls of these frameworks')
    .option('--control <id...>', 'only these controls')
    .option(
      '--registry <address>',
      'which registry; --newest, --include, --exclude and --platform say what of it',
    )
    .action(async (name: string, kind: string, flags: WishFlags) => {
      const body = {
        ...{ name, kind },
        ...given({ cron: flags.cron, timeZone: flags.timeZone, namespaces: flags.namespace }),
        ...given({ frameworks: flags.framework, controls: flags.control }),
        ...(flags.registry === undefined ? {} : { registry: registryOf(flags.registry, flags) }),
      };
      const made = await callApi<ScheduleJson>(flags, base, { method: 'POST', body, signal });
      tell(flags, made, scheduleText(made));
    });

  answering(schedules.command('update').description('another time, or a pause'))
    .argument('<name>')
    .option('--cron <schedule>', 'five fields, or @daily and the like')
    .option('--time-zone <zone>', 'of IANA')
    .option('--pause', 'run it no more until it is resumed')
    .option('--resume', 'run it again')
    .action(async (name: string, flags: WishFlags) => {
      if (flags.pause === true && flags.resume === true)
        throw new BadInputError('', 'give --pause or --resume, not both');
      const isPaused = flags.pause === true ? true : flags.resume === true ? false : undefined;
      const body = given({ cron: flags.cron, timeZone: flags.timeZone, isPaused });
      if (Object.keys(body).length === 0) throw new BadInputError('', 'say what is to be changed');
      const changed = await callApi<ScheduleJson>(flags, pathOf(name), { method: 'PATCH', body, signal });
      tell(flags, changed, scheduleText(changed));
    });

  reaching(schedules.command('delete').description('forget a recurring scan, with its CronJob and ConfigMap'))
    .argument('<name>')
    .action(async (name: string, flags: ApiFlags) => {
      await callApi(flags, pathOf(name), { method: 'DELETE', signal });
      process.stdout.write(`${name} is deleted.\n`);
    });

  answering(schedules.command('run').description('run it now, besides its times'))
    .argument('<name>')
    .option('--wait', 'wait for the end; exit 1 unless it is done')
    .action(async (name: string, flags: WishFlags) => {
      const { items } = await callApi<{ readonly items: readonly JobJson[] }>(flags, `${pathOf(name)}/run`, {
        method: 'POST',
        signal,
      });
      await tellStarted(items, flags, signal);
    });
};

function pathOf(name: string): string {
  return `${base}/${encodeURIComponent(name)}`;
}

function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function listText({ items, problem }: SchedulesJson): string {
  const note = problem === '' ? '' : pc.yellow(`${problem}\n`);
  if (items.length === 0)
    return `${note}There are no recurring scans; "skopos schedules create" makes one.\n`;
  return `${note}${items.map(scheduleText).join('')}`;
}

function scheduleText({
  name,
  kind,
  cron,
  timeZone,
  about,
  runBy,
  nextMs,
  isPaused,
  lastRun,
  problem,
}: ScheduleJson): string {
  const next = isPaused
    ? 'paused'
    : nextMs === undefined
      ? 'no more'
      : `next ${new Date(nextMs).toISOString()}`;
  const last = lastRun === undefined ? 'never run' : `last ${lastRun.state}`;
  const by = runBy === 'cronjob' ? 'CronJob' : 'built-in';
  const zone = timeZone === '' ? '' : ` ${timeZone}`;
  return [
    `${pc.bold(name)}  ${kind}: ${about}  ${pc.dim(`${cron}${zone}, ${by}`)}`,
    `  ${next}, ${last}`,
    ...(problem === '' ? [] : [pc.red(`  ${problem}`)]),
    '',
  ].join('\n');
}
