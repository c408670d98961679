import { BadInputError } from '../../kit/app-error.ts';
import { safeRegex } from '../../kit/regex.ts';

/**
 * A pattern of paths as shells with `**` have it: `*` and `?` within one part, `**` for any parts, `[…]`, `{a,b}`.
 *
 * @throws {BadInputError} when brackets are not closed.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  if (pattern.length > 1000) throw new BadInputError('location', 'the pattern is too long');
  const regex = safeRegex(toRegex(pattern));
  return (path) => regex.matches(path);
}

const tokens = /\*\*\/|\/\*\*$|\*\*|\*|\?|\[[^\]/]+\]|\{|\}|,|\\.|[^*?[\]{},\\]+|[\]\\[]/g;

function toRegex(pattern: string): string {
  let depth = 0;
  return (pattern.match(tokens) ?? [])
    .map((token) => {
      if (token === '{') depth++;
      if (token === '}') depth = Math.max(0, depth - 1);
      return translated(token, depth);
    })
    .join('');
}

function translated(token: string, depth: number): string {
  switch (token) {
    case '**/':
      return '(?:.*/)?';
    case '/**':
      return '(?:/.*)?';
    case '**':
      return '.*';
    case '*':
      return '[^/]*';
    case '?':
      return '[^/]';
    case '{':
      return '(?:';
    case '}':
      return ')';
    case ',':
      return depth > 0 ? '|' : ',';
    default:
      return /^\[.+\]$/.test(token) ? token.replace(/^\[!/, '[^') : escaped(token);
  }
}

function escaped(token: string): string {
  return token.replace(/^\\(?=.)/, '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
