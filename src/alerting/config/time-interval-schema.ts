import { z } from 'zod';
import { isLocation, type Range, type TimeInterval } from '../time-interval.ts';
import { list, text } from './fields.ts';

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const timeOfDay = text.transform((value, context) => {
  const match = /^(?:(\d{2}):(\d{2}))$/.exec(value);
  const minutes = Number(match?.[1]) * 60 + Number(match?.[2]);
  if (match !== null && Number(match[2]) < 60 && minutes <= 24 * 60) return minutes;
  context.addIssue({ code: 'custom', message: `expected a time of day from 00:00 to 24:00, got "${value}"` });
  return z.NEVER;
});

const timeRange = z
  .strictObject({ start_time: timeOfDay, end_time: timeOfDay })
  .superRefine(({ start_time, end_time }, context) => {
    if (start_time >= end_time)
      context.addIssue({ code: 'custom', message: 'start_time must be before end_time', path: ['end_time'] });
  })
  .transform(({ start_time, end_time }): Range => ({ begin: start_time, end: end_time }));

function range(
  what: string,
  read: (word: string) => number | undefined,
  isOrdered: (range: Range) => boolean,
) {
  return text.transform((value, context): Range => {
    const parts = value.toLowerCase().split(':');
    const begin = read(parts[0]?.trim() ?? '');
    const end = parts.length === 1 ? begin : read(parts[1]?.trim() ?? '');
    if (parts.length <= 2 && begin !== undefined && end !== undefined) {
      if (isOrdered({ begin, end })) return { begin, end };
      context.addIssue({ code: 'custom', message: `the start of "${value}" comes after its end` });
      return z.NEVER;
    }
    context.addIssue({
      code: 'custom',
      message: `expected ${what} or a range such as a:b of them, got "${value}"`,
    });
    return z.NEVER;
  });
}

const rising = ({ begin, end }: Range) => begin <= end;

const weekday = range(
  'a day of the week',
  (word) => (weekdays.includes(word) ? weekdays.indexOf(word) : undefined),
  rising,
);

const month = range(
  'a month by name or number',
  (word) => (months.includes(word) ? months.indexOf(word) + 1 : whole(word, 1, 12)),
  rising,
);

const year = range('a year', (word) => whole(word, 1, 9999), rising);

const dayOfMonth = range(
  'a day of the month, 1 to 31 or -31 to -1',
  (word) => whole(word, 1, 31) ?? whole(word, -31, -1),
  // A range from one end of the month to the other is ordered by the longest month; `-1:1` is not one.
  ({ begin, end }) => (begin < 0 && end > 0 ? false : (begin + 32) % 32 <= (end + 32) % 32),
);

function whole(word: string, least: number, most: number): number | undefined {
  const value = /^-?\d+$/.test(word) ? Number(word) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

export const timeIntervalSchema = z
  .strictObject({
    times: list(timeRange),
    weekdays: list(weekday),
    days_of_month: list(dayOfMonth),
    months: list(month),
    years: list(year),
    location: text
      .refine(isLocation, { error: 'expected a time zone such as Europe/Berlin, UTC or Local' })
      .nullish(),
  })
  .transform(
    (value): TimeInterval => ({
      times: value.times,
      weekdays: value.weekdays,
      daysOfMonth: value.days_of_month,
      months: value.months,
      years: value.years,
      location: value.location || 'UTC',
    }),
  );
