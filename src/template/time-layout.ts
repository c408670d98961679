/** Go's time layouts: how the reference time `Mon Jan 2 15:04:05 MST 2006` would be written. Source: https://pkg.go.dev/time#Layout */

/** A time taken apart in its zone. */
export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly yearDay: number;
  readonly zone: string;
  readonly offsetSeconds: number;
}

export const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
export const weekdays = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

const part =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|__2|_2(?!006)|2006|2|3|4|5|PM|pm|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,](?:0+|9+)(?![0-9])/g;

export function formatTime(layout: string, time: Civil): string {
  return layout.replace(part, (found) => formatPart(found, time));
}

const two = (value: number): string => String(value).padStart(2, '0');

function formatPart(found: string, time: Civil): string {
  const { month, day, hour, weekday } = time;
  const hour12 = hour % 12 === 0 ? 12 : hour % 12;
  switch (found) {
    case 'January':
      return months[month - 1] ?? '';
    case 'Jan':
      return (months[month - 1] ?? '').slice(0, 3);
    case '1':
      return String(month);
    case '01':
      return two(month);
    case 'Monday':
      return weekdays[weekday] ?? '';
    case 'Mon':
      return (weekdays[weekday] ?? '').slice(0, 3);
    case '2':
      return String(day);
    case '_2':
      return String(day).padStart(2, ' ');
    case '02':
      return two(day);
    case '__2':
      return String(time.yearDay).padStart(3, ' ');
    case '002':
      return String(time.yearDay).padStart(3, '0');
    case '15':
      return two(hour);
    case '3':
      return String(hour12);
    case '03':
      return two(hour12);
    case '4':
      return String(time.minute);
    case '04':
      return two(time.minute);
    case '5':
      return String(time.second);
    case '05':
      return two(time.second);
    case '2006':
      return String(time.year).padStart(4, '0');
    case '06':
      return two(time.year % 100);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return time.zone;
    default:
      return /^[.,]/.test(found) ? fraction(found, time.nanosecond) : offset(found, time.offsetSeconds);
  }
}

/** `.000` shows as many digits; `.999` leaves zeros at the end out, and itself when nothing is left. */
function fraction(form: string, nanosecond: number): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, form.length - 1)
    .padEnd(form.length - 1, '0');
  if (form[1] === '0') return form.slice(0, 1) + digits;
  const short = digits.replace(/0+$/, '');
  return short === '' ? '' : form.slice(0, 1) + short;
}

function offset(form: string, seconds: number): string {
  if (form.startsWith('Z') && seconds === 0) return 'Z';
  const size = Math.abs(seconds);
  const parts = [two(Math.floor(size / 3600)), two(Math.floor(size / 60) % 60), two(size % 60)];
  const count = form.replace(/[^0-9]/g, '').length / 2;
  return (seconds < 0 ? '-' : '+') + parts.slice(0, count).join(form.includes(':') ? ':' : '');
}

/** What each part of a layout reads. Names of zones other than UTC say nothing of their offset, and are read as UTC. */
const readers: Readonly<Record<string, string>> = {
  January: `(?<month>${months.join('|')})`,
  Jan: `(?<month>${months.map((name) => name.slice(0, 3)).join('|')})`,
  '1': '(?<month>\\d{1,2})',
  '01': '(?<month>\\d{2})',
  Monday: `(?:${weekdays.join('|')})`,
  Mon: `(?:${weekdays.map((name) => name.slice(0, 3)).join('|')})`,
  '2': '(?<day>\\d{1,2})',
  _2: ' ?(?<day>\\d{1,2})',
  '02': '(?<day>\\d{2})',
  '002': '(?<yearDay>\\d{3})',
  __2: ' {0,2}(?<yearDay>\\d{1,3})',
  '15': '(?<hour>\\d{2})',
  '3': '(?<hour>\\d{1,2})',
  '03': '(?<hour>\\d{2})',
  '4': '(?<minute>\\d{1,2})',
  '04': '(?<minute>\\d{2})',
  '5': '(?<second>\\d{1,2})(?<fraction>[.,]\\d+)?',
  '05': '(?<second>\\d{2})(?<fraction>[.,]\\d+)?',
  '2006': '(?<year>\\d{4})',
  '06': '(?<shortYear>\\d{2})',
  PM: '(?<half>AM|PM)',
  pm: '(?<half>am|pm)',
  MST: '(?:[A-Z]{3,4}|[+-]\\d{2})',
};

/**
 * Reads a time written in a layout, as UTC where it names no offset. Gives Unix time in milliseconds and the offset.
 *
 * @throws when the text is not in that layout, or names a day that does not exist.
 */
export function parseTime(
  layout: string,
  text: string,
): { readonly unixMs: number; readonly offsetSeconds: number } {
  const failure = new Error(
    `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: it has another form`,
  );
  const found = layoutRegex(layout).exec(text)?.groups;
  if (found === undefined) throw failure;
  const number = (name: string, otherwise: number): number =>
    found[name] === undefined ? otherwise : Number(found[name]);
  const short = number('shortYear', 0);
  // As in Go, 69 to 99 are of the last century.
  const year = found['shortYear'] === undefined ? number('year', 0) : short + (short >= 69 ? 1900 : 2000);
  const name = found['month'] ?? '1';
  const month = /^\d/.test(name) ? Number(name) : months.findIndex((full) => full.startsWith(name)) + 1;
  const hour = hourOf(number('hour', 0), found['half']?.toUpperCase());
  const yearDay = found['yearDay'];
  const day = yearDay === undefined ? number('day', 1) : Number(yearDay);
  const atMs = utcMs(year, yearDay === undefined ? month : 1, day);
  const civil = new Date(atMs);
  const isDay = yearDay !== undefined || (civil.getUTCMonth() + 1 === month && civil.getUTCDate() === day);
  const minute = number('minute', 0);
  const second = number('second', 0);
  if (!isDay || hour > 23 || minute > 59 || second > 59)
    throw new Error(`parsing time ${JSON.stringify(text)}: a part is out of range`);
  const offsetSeconds = readOffset(found['offset']);
  const milliseconds = Math.trunc(Number(`0${(found['fraction'] ?? '').replace(',', '.')}`) * 1000);
  return {
    unixMs: atMs + (hour * 3600 + minute * 60 + second - offsetSeconds) * 1000 + milliseconds,
    offsetSeconds,
  };
}

function layoutRegex(layout: string): RegExp {
  const literal = (text: string): string =>
    text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replace(/ +/g, ' *');
  let pattern = '';
  let last = 0;
  const seen = new Set<string>();
  for (const match of layout.matchAll(part)) {
    pattern += literal(layout.slice(last, match.index));
    const reader = readers[match[0]] ?? readerOf(match[0]);
    // The same part twice: the second has to fit, and the first is what counts.
    pattern += reader.replace(/\?<(\w+)>/g, (group, name: string) => {
      if (seen.has(name)) return '?:';
      seen.add(name);
      return group;
    });
    last = match.index + match[0].length;
  }
  return new RegExp(`^${pattern}${literal(layout.slice(last))}$`);
}

function readerOf(form: string): string {
  if (/^[.,]/.test(form))
    return form[1] === '0' ? `(?<fraction>[.,]\\d{${form.length - 1}})` : '(?<fraction>[.,]\\d+)?';
  const colon = form.includes(':') ? ':' : '';
  const count = form.replace(/[^0-9]/g, '').length / 2;
  const digits = `[+-]${Array.from({ length: count }, () => '\\d{2}').join(colon)}`;
  return form.startsWith('Z') ? `(?<offset>Z|${digits})` : `(?<offset>${digits})`;
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return (hour % 12) + (half === 'PM' ? 12 : 0);
}

function readOffset(text: string | undefined): number {
  if (text === undefined || text === 'Z') return 0;
  const digits = text.replace(/[^0-9]/g, '').padEnd(6, '0');
  const seconds =
    Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2, 4)) * 60 + Number(digits.slice(4));
  return text.startsWith('-') ? -seconds : seconds;
}

/** Unlike `Date.UTC`, takes years below 100 as they are. */
export function utcMs(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}
