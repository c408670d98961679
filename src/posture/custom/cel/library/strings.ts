import { CelError, type Fault } from '../fault.ts';
import { func, method, type Overload } from '../functions.ts';
import { pointsOf } from '../values.ts';
import { formatText } from './format-text.ts';

/**
 * Texts: the functions of the language, and version 2 of cel-go's extension, which is what Kubernetes has. Places are counted in
 * code points.
 *
 * Source: https://pkg.go.dev/github.com/google/cel-go/ext#Strings
 */
export const strings: readonly Overload[] = [
  method('contains', 'string, string -> bool', (text: string, part: string) => text.includes(part)),
  method('startsWith', 'string, string -> bool', (text: string, part: string) => text.startsWith(part)),
  method('endsWith', 'string, string -> bool', (text: string, part: string) => text.endsWith(part)),
  method('charAt', 'string, int -> string', (text: string, at: bigint) => {
    const points = pointsOf(text);
    if (at < 0n || at > BigInt(points.length)) return outOfRange(at);
    return points[Number(at)] ?? '';
  }),
  method('indexOf', 'string, string -> int', (text: string, part: string) => indexOf(text, part, 0n)),
  method('indexOf', 'string, string, int -> int', indexOf),
  method('lastIndexOf', 'string, string -> int', (text: string, part: string) => lastIndexOf(text, part)),
  method('lastIndexOf', 'string, string, int -> int', lastIndexOf),
  method('lowerAscii', 'string -> string', (text: string) =>
    text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  ),
  method('upperAscii', 'string -> string', (text: string) =>
    text.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  ),
  method('replace', 'string, string, string -> string', (text: string, old: string, now: string) =>
    text.split(old).length > 1 && old !== '' ? text.split(old).join(now) : replace(text, old, now, -1n),
  ),
  method('replace', 'string, string, string, int -> string', replace),
  method('split', 'string, string -> list(string)', (text: string, by: string) => split(text, by, -1n)),
  method('split', 'string, string, int -> list(string)', split),
  method('substring', 'string, int -> string', (text: string, from: bigint) =>
    substring(text, from, BigInt(pointsOf(text).length)),
  ),
  method('substring', 'string, int, int -> string', substring),
  method('trim', 'string -> string', (text: string) => text.replace(/^[\s\u0085]+|[\s\u0085]+$/g, '')),
  method('join', 'list(string) -> string', (list: readonly string[]) => list.join('')),
  method('join', 'list(string), string -> string', (list: readonly string[], by: string) => list.join(by)),
  method('format', 'string, list(dyn) -> string', formatText),
  func('strings.quote', 'string -> string', quote),
];

function outOfRange(at: bigint): CelError {
  return new CelError(`index out of range: ${at}`);
}

function indexOf(text: string, part: string, from: bigint): bigint | Fault {
  const [points, wanted] = [pointsOf(text), Array.from(part)];
  if (from < 0n || (from > BigInt(points.length) && part !== '')) return outOfRange(from);
  if (part === '') return from;
  for (let at = Number(from); at <= points.length - wanted.length; at++)
    if (wanted.every((point, i) => points[at + i] === point)) return BigInt(at);
  return -1n;
}

function lastIndexOf(text: string, part: string, last?: bigint): bigint | Fault {
  const [points, wanted] = [pointsOf(text), Array.from(part)];
  const from = last ?? BigInt(points.length);
  if (from < 0n || (last !== undefined && from >= BigInt(points.length) && part !== ''))
    return outOfRange(from);
  if (part === '') return from;
  for (let at = Math.min(Number(from), points.length - wanted.length); at >= 0; at--)
    if (wanted.every((point, i) => points[at + i] === point)) return BigInt(at);
  return -1n;
}

/** Up to so many times, all when negative. An empty text stands between any two code points. */
function replace(text: string, old: string, now: string, most: bigint): string {
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old);
  const limit = most < 0n ? parts.length : Number(most);
  if (old === '') {
    const points = Array.from(text);
    const out = points.map((point, i) => (i < limit ? now + point : point)).join('');
    return points.length < limit ? out + now : out;
  }
  if (parts.length - 1 <= limit) return parts.join(now);
  return [parts.slice(0, limit + 1).join(now), ...parts.slice(limit + 1)].join(old);
}

function split(text: string, by: string, most: bigint): readonly string[] {
  if (most === 0n) return [];
  const parts = by === '' ? Array.from(text) : text.split(by);
  const limit = most < 0n ? parts.length : Number(most);
  if (parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)];
}

function substring(text: string, from: bigint, to: bigint): string | Fault {
  const points = pointsOf(text);
  const size = BigInt(points.length);
  if (from < 0n || from > size) return outOfRange(from);
  if (to < 0n || to > size) return outOfRange(to);
  if (from > to) return new CelError(`invalid substring range. start: ${from}, end: ${to}`);
  const part = points.slice(Number(from), Number(to));
  return typeof part === 'string' ? part : part.join('');
}

const escapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  const inner = Array.from(
    text,
    (point) => escapes[point] ?? (/^[\ud800-\udfff]$/.test(point) ? '\ufffd' : point),
  );
  return `"${inner.join('')}"`;
}
