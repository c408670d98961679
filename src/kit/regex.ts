import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { BadInputError } from './app-error.ts';

/** A compiled regular expression from a user: linear time whatever the pattern. */
export interface SafeRegex {
  readonly source: string;
  /** Whether the whole of `text` matches. */
  matches(text: string): boolean;
  /** Whether any part of `text` matches. */
  finds(text: string): boolean;
  /** The parts of `text` that match, from left to right without overlap, at most `limit` of them. */
  findAll(text: string, limit?: number): readonly string[];
  /** Every match replaced; `$1`, `${1}` and `${name}` stand for groups, as in Go's `ReplaceAllString`. */
  replaceAll(text: string, replacement: string): string;
  /** The groups of a match of the whole text (index 0 is all of it), or undefined; a group that took no part is ''. */
  groups(text: string): readonly string[] | undefined;
  /** Names of the groups by index; '' where unnamed. */
  readonly groupNames: readonly string[];
}

const cache = new LRUCache<string, SafeRegex>({ max: 2000 });

/**
 * Compiles a user's RE2 pattern (Go syntax). `dotAll` is how Prometheus and Alertmanager read matchers: `.` also takes newlines.
 *
 * @throws {BadInputError} saying what is wrong with the pattern.
 */
export function safeRegex(pattern: string, options: { readonly dotAll?: boolean } = {}): SafeRegex {
  const key = `${options.dotAll ? 's' : '-'}${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const compiled = compile(pattern, options.dotAll ?? false);
  cache.set(key, compiled);
  return compiled;
}

function compile(pattern: string, dotAll: boolean): SafeRegex {
  let re: RE2JS;
  try {
    re = RE2JS.compile(pattern, dotAll ? RE2JS.DOTALL : 0);
  } catch (error) {
    throw new BadInputError('', `bad regular expression "${pattern}": ${(error as Error).message}`, {
      cause: error,
    });
  }
  const named: Record<string, number> = re.namedGroups();
  const groupNames = Array.from({ length: re.groupCount() + 1 }, () => '');
  for (const [name, index] of Object.entries(named)) groupNames[index] = name;
  return {
    source: pattern,
    groupNames,
    matches: (text) => re.matches(text),
    finds: (text) => re.matcher(text).find(),
    findAll(text, limit = Number.POSITIVE_INFINITY) {
      const found: string[] = [];
      const matcher = re.matcher(text);
      while (found.length < limit && matcher.find()) found.push(matcher.group() ?? '');
      return found;
    },
    groups(text) {
      const matcher = re.matcher(text);
      if (!matcher.matches()) return undefined;
      return groupNames.map((_, i) => matcher.group(i) ?? '');
    },
    replaceAll(text, replacement) {
      const matcher = re.matcher(text);
      let out = '';
      let from = 0;
      while (matcher.find()) {
        out +=
          text.slice(from, matcher.start()) + expand(replacement, groupNames, (i) => matcher.group(i) ?? '');
        from = matcher.end();
      }
      return out + text.slice(from);
    },
  };
}

/** Go's template of `ReplaceAllString`: `$name` takes the longest run of word characters; `$$` is a dollar; an unknown group is ''. */
export function expand(
  template: string,
  groupNames: readonly string[],
  group: (index: number) => string,
): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return whole === '$$' ? '$' : whole;
    const index = /^\d+$/.test(name) ? Number(name) : groupNames.indexOf(name);
    return index >= 0 && index < groupNames.length ? group(index) : '';
  });
}
