import { Cron } from 'croner';
import { BadInputError } from '../../kit/app-error.ts';
import { fnv1a64 } from '../../kit/hash.ts';

/** Names that stand for a schedule, as a CronJob takes them. */
const named = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What both a CronJob and the built-in scheduler understand: no seconds, none of croner's own letters. */
const fieldForm = /^[0-9*,/?-]+$/;
const monthOrDayForm = /^(?:[0-9*,/?-]|[A-Za-z]{3})+$/;

/** The zone that is meant when none is named. */
export const defaultTimeZone = 'UTC';

/** When a recurring scan falls due. */
export interface CronTimes {
  /** The first time after, in Unix ms; undefined when there is none any more. */
  next(afterMs: number): number | undefined;
}

/**
 * Reads the five fields of a cron schedule, in a zone of IANA. Where clocks go forward, a time that does not exist is the first one that
 * does; where they go back, one that comes twice counts once, unless the hour is left open (each hour really passes).
 *
 * @throws {BadInputError} saying which part is wrong.
 */
export function cronTimes(cron: string, timeZone: string): CronTimes {
  checkForm(cron);
  const zone = timeZone === '' ? defaultTimeZone : timeZone;
  checkZone(zone);
  let pattern: Cron;
  try {
    pattern = new Cron(cron, { timezone: zone, paused: true });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^\w+: /, '') : String(error);
    throw new BadInputError('cron', `"${cron}" is no schedule: ${why}`, { cause: error });
  }
  return { next: (afterMs) => pattern.nextRun(new Date(afterMs))?.getTime() };
}

/** A schedule once a day, at a minute that its name gives, so that those of many clusters do not run at once. */
export function spreadDaily(name: string): string {
  const number = Number.parseInt(fnv1a64([name]).slice(-8), 16);
  return `${number % 60} ${Math.floor(number / 60) % 24} * * *`;
}

function checkForm(cron: string): void {
  if (named.includes(cron)) return;
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5)
    throw new BadInputError(
      'cron',
      `expected five fields (minute, hour, day of the month, month, day of the week) or one of ${named.join(', ')}, got "${cron}"`,
    );
  for (const [i, field] of fields.entries())
    if (!(i >= 3 ? monthOrDayForm : fieldForm).test(field))
      throw new BadInputError('cron', `"${field}" in "${cron}" is not understood`);
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (error) {
    throw new BadInputError('timeZone', `"${zone}" is no time zone; expected one as Europe/Berlin`, {
      cause: error,
    });
  }
}
