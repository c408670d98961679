import { readTextIfAny } from './host-files.ts';

const zoneFolder = '/usr/share/zoneinfo';

/**
 * What the zone of this process is called now, such as CET or CEST. It is in the last line of the zone's file: names and offsets of
 * standard and summer time. Node would tell it too, but takes several MiB of memory to do so.
 *
 * Source: https://www.rfc-editor.org/rfc/rfc9636#name-tzif-footer
 */
export function zoneName(offsetMinutes: number): string {
  const named = (process.env['TZ'] ?? '').replace(/^:/, '');
  const file = named === '' ? '/etc/localtime' : `${zoneFolder}/${named}`;
  const footer = (readTextIfAny(file) ?? '').split('\n').at(-1) ?? '';
  return nameIn(footer, offsetMinutes) ?? 'UTC';
}

/** `CET-1CEST,M3.5.0,M10.5.0/3`, in which hours count westwards; names that are not letters are `<+03>`. */
function nameIn(footer: string, offsetMinutes: number): string | undefined {
  const [, standard, sign, hours = '0', minutes = '0', summer] =
    /^(<[^>]+>|[A-Za-z]+)([-+]?)(\d+)(?::(\d+))?(?::\d+)?(<[^>]+>|[A-Za-z]+)?/.exec(footer) ?? [];
  if (standard === undefined) return undefined;
  const standardMinutes = (sign === '-' ? 1 : -1) * (Number(hours) * 60 + Number(minutes));
  const name = summer === undefined || standardMinutes === offsetMinutes ? standard : summer;
  return name.replace(/[<>]/g, '');
}
