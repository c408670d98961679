import { z } from 'zod';
import { BadInputError } from '../kit/app-error.ts';
import { timeIntervalSchema } from './config/time-interval-schema.ts';
import type { Range, TimeInterval } from './time-interval.ts';

/** A recurring window as `time_intervals` of alertmanager.yml write it. */
export interface WindowJson {
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[];
  readonly weekdays?: readonly string[];
  readonly days_of_month?: readonly string[];
  readonly months?: readonly string[];
  readonly years?: readonly string[];
  readonly location?: string;
}

/** @throws {BadInputError} saying which field is wrong. */
export function parseWindows(value: unknown): readonly TimeInterval[] {
  const result = z.array(timeIntervalSchema).safeParse(value ?? []);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new BadInputError(
    ['windows', ...(issue?.path ?? [])].join('.'),
    issue?.message ?? 'not a list of windows',
  );
}

export function windowJson(window: TimeInterval): WindowJson {
  const { times, weekdays, daysOfMonth, months, years, location } = window;
  const list = (name: string, ranges: readonly Range[], word: (value: number) => string) =>
    ranges.length === 0
      ? {}
      : {
          [name]: ranges.map(({ begin, end }) =>
            begin === end ? word(begin) : `${word(begin)}:${word(end)}`,
          ),
        };
  return {
    ...(times.length === 0
      ? {}
      : { times: times.map(({ begin, end }) => ({ start_time: clock(begin), end_time: clock(end) })) }),
    ...list('weekdays', weekdays, (day) => weekdayNames[day] ?? ''),
    ...list('days_of_month', daysOfMonth, String),
    ...list('months', months, String),
    ...list('years', years, String),
    ...(location === 'UTC' ? {} : { location }),
  };
}

const weekdayNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
