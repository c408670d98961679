import type { HostRoot } from './host-root.ts';
import { readValue } from './reading.ts';

/** Names of users and groups by their numbers. */
export interface Accounts {
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

/** Large installations keep their people elsewhere; more is not read. */
const mostBytes = 1024 * 1024;

/** Those of the host's own files. A number that they do not name stands for itself. */
export async function readAccounts(files: HostRoot): Promise<Accounts> {
  const [users, groups] = await Promise.all([
    files.text('/etc/passwd', mostBytes),
    files.text('/etc/group', mostBytes),
  ]);
  return { users: parseAccounts(readValue(users) ?? ''), groups: parseAccounts(readValue(groups) ?? '') };
}

/**
 * Names by numbers of `/etc/passwd` or `/etc/group`: `name:password:number:…`. The first line of a number counts, as for
 * getpwuid; lines that are none are passed over. Source: https://man7.org/linux/man-pages/man5/passwd.5.html
 */
export function parseAccounts(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name = '', , number = ''] = line.split(':');
    if (name === '' || name.startsWith('#') || !/^\d{1,10}$/.test(number)) continue;
    if (!names.has(Number(number))) names.set(Number(number), name);
  }
  return names;
}
