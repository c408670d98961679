import { messageOf } from '../../../../kit/app-error.ts';
import { type SafeRegex, safeRegex } from '../../../../kit/regex.ts';
import { CelError, type Fault } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import type { CelValue } from '../values.ts';

/**
 * Regular expressions, all of RE2: `matches` of the language, `find` and `findAll` of Kubernetes.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-regex-library
 */
export const regex: readonly Overload[] = [
  func('matches', 'string, string -> bool', matches),
  method('matches', 'string, string -> bool', matches),
  method('find', 'string, string -> string', (text: string, pattern: string) =>
    withRegex(pattern, (re) => re.findAll(text, 1)[0] ?? ''),
  ),
  method('findAll', 'string, string -> list(string)', (text: string, pattern: string) =>
    withRegex(pattern, (re) => re.findAll(text)),
  ),
  method('findAll', 'string, string, int -> list(string)', (text: string, pattern: string, most: bigint) =>
    withRegex(pattern, (re) => re.findAll(text, most < 0n ? undefined : Number(most))),
  ),
];

function matches(text: string, pattern: string): CelValue | Fault {
  return withRegex(pattern, (re) => re.finds(text));
}

function withRegex(pattern: string, use: (re: SafeRegex) => CelValue): CelValue | Fault {
  try {
    return use(safeRegex(pattern));
  } catch (error) {
    return new CelError(messageOf(error));
  }
}
