import { Cron } from 'croner';
import { parseDuration } from '../../../kit/duration.ts';

/** What a schedule says: the second that it is due at next, or that it cannot be read. */
export type NextSchedule = { readonly atSeconds: number } | 'never' | 'invalid';

const shorthands: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/**
 * When a CronJob is due next after a time. `timeZone` '' stands for that of this process, as the controller's own is not known.
 *
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
export function nextSchedule(schedule: string, timeZone: string, afterSeconds: number): NextSchedule {
  const every = /^@every (.+)$/.exec(schedule)?.[1];
  if (every !== undefined) {
    const everyMs = parseDuration(every);
    return everyMs === undefined || everyMs < 1000
      ? 'invalid'
      : { atSeconds: afterSeconds + Math.floor(everyMs / 1000) };
  }
  try {
    const pattern = shorthands[schedule] ?? schedule;
    const cron = new Cron(pattern, {
      mode: '5-part',
      paused: true,
      ...(timeZone === '' ? {} : { timezone: timeZone }),
    });
    const next = cron.nextRun(new Date(afterSeconds * 1000));
    cron.stop();
    return next === null ? 'never' : { atSeconds: Math.floor(next.getTime() / 1000) };
  } catch {
    return 'invalid';
  }
}
