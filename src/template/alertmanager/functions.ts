/** The functions that Alertmanager gives to templates. Source: https://prometheus.io/docs/alerting/latest/notifications/#functions */

import { messageOf } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { type SafeRegex, safeRegex } from '../../kit/regex.ts';
import { fromBytes, toBytes } from '../bytes.ts';
import { wellFormed } from '../escape.ts';
import { type TemplateFunction, typed } from '../function.ts';
import { goDuration } from '../go-duration.ts';
import { GoTime, timeOf, zeroTimeMs } from '../go-time.ts';
import { defaultLimits } from '../limits.ts';
import { quote } from '../quote.ts';
import { GoNamed, GoSlice } from '../value.ts';
import { humanizeDuration } from './humanize-duration.ts';
import { toJson } from './json.ts';

export interface FunctionOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** The value of a label of the route that the notification takes; '' for one it does not have. */
  readonly routeLabel?: (name: string) => string;
}

export function alertmanagerFunctions({
  clock,
  routeLabel,
}: FunctionOptions): Record<string, TemplateFunction> {
  const now = (): GoTime => new GoTime(clock.now());
  return {
    toUpper: typed(['string'], (text: string) => text.toUpperCase()),
    toLower: typed(['string'], (text: string) => text.toLowerCase()),
    title: typed(['string'], title),
    trimSpace: typed(['string'], (text: string) => text.replace(/^[\s\u0085]+|[\s\u0085]+$/g, '')),
    join: typed(['string', '[]string'], join),
    match: typed(['string', 'string'], (pattern: string, text: string) => regexOf(pattern).finds(text)),
    reReplaceAll: typed(['string', 'string', 'string'], replaceAll),
    safeHtml: typed(['string'], (text: string) => new GoNamed('template.HTML', text)),
    safeUrl: typed(['string'], (text: string) => new GoNamed('template.URL', text)),
    urlUnescape: typed(['string'], urlUnescape),
    stringSlice: typed(['...string'], (...texts: string[]) => new GoSlice('[]string', texts)),
    date: typed(['string', 'time.Time'], (layout: string, time: GoTime) => timeOf(time).format(layout)),
    tz: typed(['string', 'time.Time'], (zone: string, time: GoTime) => timeOf(time).in(zone)),
    now: typed([], now),
    since: typed(['time.Time'], (time: GoTime) =>
      goDuration(BigInt(Math.round(clock.now() - timeOf(time).unixMs)) * 1_000_000n),
    ),
    humanizeDuration: typed(['any'], humanizeDuration),
    toDate: typed(['string', 'string'], (layout: string, text: string) => {
      try {
        return GoTime.parse(layout, text);
      } catch {
        return new GoTime(zeroTimeMs);
      }
    }),
    mustToDate: typed(['string', 'string'], (layout: string, text: string) => GoTime.parse(layout, text)),
    toJson: typed(['any'], (value: unknown) => toJson(value, defaultLimits.output)),
    base64encode: typed(['string'], base64encode),
    base64decode: typed(['string'], base64decode),
    list: typed(['...any'], (...items: unknown[]) => anyList(items)),
    append: typed(['[]interface {}', '...any'], (list: readonly unknown[], ...more: unknown[]) =>
      anyList([...list, ...more]),
    ),
    dict: typed(['...any'], dict),
    routeLabels: typed(['string'], (name: string) => routeLabel?.(name) ?? ''),
  };
}

/** Each word's first letter large, its others small. Apostrophes, points and colons within a word do not end it. */
function title(text: string): string {
  return text.replace(/[\p{L}\p{M}\p{N}_]+(?:['’.:·][\p{L}\p{M}\p{N}_]+)*/gu, (word) =>
    word.toLowerCase().replace(/\p{L}/u, (letter) => {
      const large = letter.toUpperCase();
      // A letter that is two in capitals (ß) has only the first of them large.
      return large.length > letter.length ? large.charAt(0) + large.slice(1).toLowerCase() : large;
    }),
  );
}

function join(separator: string, texts: readonly string[]): string {
  checkLength(separator.length * texts.length + texts.reduce((sum, text) => sum + text.length, 0));
  return texts.join(separator);
}

function replaceAll(pattern: string, replacement: string, text: string): string {
  const regex = regexOf(pattern);
  // Each match may be replaced by the whole of the text, as often as the replacement names a group.
  const groups = (replacement.match(/\$/g) ?? []).length;
  if (regex.finds(text)) checkLength((text.length + 1) * (replacement.length + 1) + groups * text.length * 4);
  return regex.replaceAll(text, replacement);
}

/** What is wrong with a pattern, in Go's words alone. */
function regexOf(pattern: string): SafeRegex {
  try {
    return safeRegex(pattern);
  } catch (error) {
    throw new Error(messageOf(error).replace(/^.*?(?=error parsing regexp)/s, ''));
  }
}

function checkLength(length: number): void {
  if (length > defaultLimits.output * 8)
    throw new Error(`the result could exceed ${defaultLimits.output} characters`);
}

function urlUnescape(text: string): string {
  const bytes: number[] = [];
  for (const [found] of wellFormed(text).matchAll(/%[0-9a-fA-F]{2}|%.{0,2}|\+|[^%+]+/gsu)) {
    if (/^%[0-9a-fA-F]{2}$/.test(found)) bytes.push(Number.parseInt(found.slice(1), 16));
    else if (found.startsWith('%')) throw new Error(`invalid URL escape ${quote(found)}`);
    else bytes.push(...(found === '+' ? [0x20] : toBytes(found)));
  }
  return fromBytes(new Uint8Array(bytes));
}

/** The alphabet that may stand in URLs, with padding. */
function base64encode(text: string): string {
  let binary = '';
  for (const byte of toBytes(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_');
}

function base64decode(text: string): string {
  const clean = text.replace(/[\r\n]/g, '');
  const bad = clean.search(/[^A-Za-z0-9\-_=]/);
  if (bad >= 0 || clean.length % 4 !== 0 || !/^[^=]*={0,2}$/.test(clean))
    throw new Error(`illegal base64 data at input byte ${bad >= 0 ? bad : clean.length}`);
  const binary = atob(clean.replaceAll('-', '+').replaceAll('_', '/'));
  return fromBytes(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}

/** A nil among the elements is one that is there. */
function anyList(items: readonly unknown[]): GoSlice {
  return new GoSlice(
    '[]interface {}',
    items.map((item) => item ?? null),
  );
}

function dict(...pairs: unknown[]): Map<string, unknown> {
  if (pairs.length % 2 !== 0) throw new Error('dict requires an even number of arguments');
  const made = new Map<string, unknown>();
  for (let i = 0; i < pairs.length; i += 2) {
    const key = pairs[i];
    if (typeof key !== 'string') throw new Error('dict keys must be strings');
    made.set(key, pairs[i + 1] ?? null);
  }
  return made;
}
