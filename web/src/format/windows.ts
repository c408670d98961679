import type { WindowJson } from '../api/types.ts';

/** `01:00–03:30, saturday (Europe/Athens)`. */
export function windowText(window: WindowJson): string {
  const { times = [], weekdays = [], days_of_month: days = [], months = [], years = [], location } = window;
  const parts = [
    times.map(({ start_time, end_time }) => `${start_time}–${end_time}`).join(', '),
    weekdays.join(', '),
    days.length === 0 ? '' : `day ${days.join(', ')} of the month`,
    months.length === 0 ? '' : `month ${months.join(', ')}`,
    years.join(', '),
  ].filter((part) => part !== '');
  return `${parts.length === 0 ? 'always' : parts.join(', ')} (${location ?? 'UTC'})`;
}
