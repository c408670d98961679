import { expect, it } from 'vitest';
import { timeIntervalSchema } from './config/time-interval-schema.ts';
import { isWithin } from './time-interval.ts';

const within = (interval: unknown, at: string) =>
  isWithin(timeIntervalSchema.parse(interval), Date.parse(at));

it.each([
  [{}, '2026-03-04T05:06:07Z', true],
  [{ times: [{ start_time: '09:00', end_time: '17:00' }] }, '2026-03-04T09:00:00Z', true],
  [{ times: [{ start_time: '09:00', end_time: '17:00' }] }, '2026-03-04T17:00:00Z', false],
  [{ times: [{ start_time: '22:00', end_time: '24:00' }] }, '2026-03-04T23:59:59Z', true],
  [{ weekdays: ['monday:friday'] }, '2026-03-04T12:00:00Z', true],
  [{ weekdays: ['monday:friday'] }, '2026-03-07T12:00:00Z', false],
  [{ weekdays: ['Saturday', 'sunday'] }, '2026-03-08T12:00:00Z', true],
  [{ days_of_month: ['-1'] }, '2026-02-28T12:00:00Z', true],
  [{ days_of_month: ['-1'] }, '2028-02-28T12:00:00Z', false],
  [{ days_of_month: ['1:-2'] }, '2026-02-27T12:00:00Z', true],
  [{ days_of_month: ['29:31'] }, '2026-02-28T12:00:00Z', false],
  [{ months: ['1:2', 'december'] }, '2026-12-01T00:00:00Z', true],
  [{ months: ['1:2', 'december'] }, '2026-03-01T00:00:00Z', false],
  [{ years: ['2020:2025', 2027] }, '2026-03-01T00:00:00Z', false],
  [
    { times: [{ start_time: '00:00', end_time: '01:00' }], location: 'Europe/Berlin' },
    '2026-07-01T22:30:00Z',
    true,
  ],
  [{ weekdays: ['thursday'], location: 'Asia/Tokyo' }, '2026-03-04T16:00:00Z', true],
  [{ weekdays: ['monday'], months: ['march'] }, '2026-03-04T16:00:00Z', false],
])('%j at %s: %s', (interval, at, expected) => {
  expect(within(interval, at)).toBe(expected);
});

it.each([
  { weekdays: ['friday:monday'] },
  { weekdays: ['someday'] },
  { days_of_month: ['0'] },
  { days_of_month: ['-1:1'] },
  { days_of_month: ['5:3'] },
  { months: ['13'] },
  { times: [{ start_time: '9:00', end_time: '10:00' }] },
  { times: [{ start_time: '23:00', end_time: '24:01' }] },
])('refuses %j', (interval) => {
  expect(timeIntervalSchema.safeParse(interval).success).toBe(false);
});
