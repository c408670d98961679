import { BadInputError } from '../kit/app-error.ts';
import { safeRegex } from '../kit/regex.ts';
import { formatMatcher, type Matcher, type MatchOp } from '../model/matcher.ts';

export interface ReadMatchers {
  readonly matchers: readonly Matcher[];
  /** What is odd about how they are written; for people. */
  readonly warning?: string;
}

/**
 * Reads matchers as they stand in `alertmanager.yml`, in queries of the API and in amtool's arguments: `a="b"`, `a=b,c=~"d|e"`,
 * `{a!="b"}`. Names may be any text when quoted. What the newer syntax refuses is tried in the older one, and where the two read
 * something else, the older one counts: both as in Alertmanager.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#label-matchers
 * @throws {BadInputError} saying what is wrong.
 */
export function readMatchers(text: string): ReadMatchers {
  const classic = parseClassic(text);
  let current: readonly Matcher[];
  try {
    current = parseCurrent(text);
  } catch (error) {
    if (classic === undefined) throw error;
    return {
      matchers: checked(classic),
      warning: `the matchers ${text} are in the older syntax; write ${suggestion(classic)}`,
    };
  }
  if (classic === undefined || isSame(classic, current)) return { matchers: checked(current) };
  return {
    matchers: checked(classic),
    warning: `the matchers ${text} mean something else in the newer syntax; the older one counts. Write ${suggestion(classic)}`,
  };
}

/**
 * The matchers of {@link readMatchers} alone.
 *
 * @throws {BadInputError} saying what is wrong.
 */
export function parseMatchers(text: string): readonly Matcher[] {
  return readMatchers(text).matchers;
}

function checked(matchers: readonly Matcher[]): readonly Matcher[] {
  for (const { op, value } of matchers) if (op === '=~' || op === '!~') safeRegex(value, { dotAll: true });
  return matchers;
}

function isSame(one: readonly Matcher[], other: readonly Matcher[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, op, value }, i) => {
      const beside = other[i];
      return name === beside?.name && op === beside.op && value === beside.value;
    })
  );
}

function suggestion(matchers: readonly Matcher[]): string {
  return matchers.map(formatMatcher).join(',');
}

/**
 * Reads exactly one matcher.
 *
 * @throws {BadInputError}
 */
export function parseMatcher(text: string): Matcher {
  const [matcher, second] = parseMatchers(text);
  if (matcher === undefined || second !== undefined)
    throw new BadInputError('', `expected one matcher such as severity="critical", got "${text}"`);
  return matcher;
}

/** What Go takes for a space, and the signs of the syntax. */
const blank = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const reserved = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000{}!=~,\\"'`]/;

/** The syntax since 0.27: label names in UTF-8. */
function parseCurrent(text: string): readonly Matcher[] {
  let at = 0;
  const fail = (problem: string): never => {
    throw new BadInputError('', `bad matcher "${text}": ${problem} at character ${at + 1}`);
  };
  const skipBlanks = (): void => {
    while (blank.test(text[at] ?? '')) at++;
  };

  const readText = (what: string): string => {
    skipBlanks();
    if (text[at] === '"') return readQuoted();
    const from = at;
    while (at < text.length && !reserved.test(text[at] ?? '')) at++;
    return at > from ? text.slice(from, at) : fail(`expected ${what}`);
  };

  const readQuoted = (): string => {
    const from = at;
    for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    if (at >= text.length) return fail('missing closing quote');
    at++;
    return unquote(text.slice(from + 1, at - 1)) ?? fail('bad escape in quotes');
  };

  const readOp = (): MatchOp => {
    skipBlanks();
    const op = /^(?:=~|!=|!~|=)/.exec(text.slice(at, at + 2))?.[0];
    if (op === undefined) return fail('expected one of = != =~ !~');
    at += op.length;
    return op as MatchOp;
  };

  const matchers: Matcher[] = [];
  skipBlanks();
  const braced = text[at] === '{';
  if (braced) at++;
  for (;;) {
    skipBlanks();
    if (at >= text.length || text[at] === '}') break;
    const name = readText('a label name');
    if (name === '') fail('a label name cannot be empty');
    const op = readOp();
    matchers.push({ name, op, value: readText('a value') });
    skipBlanks();
    if (text[at] !== ',') break;
    at++;
  }
  skipBlanks();
  if (braced) {
    if (text[at] !== '}') fail('expected a comma or }');
    at++;
    skipBlanks();
  }
  if (at < text.length) fail(`unexpected "${text[at]}"`);
  if (matchers.length === 0 && !braced) fail('expected a matcher such as severity="critical"');
  return matchers;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** Go's rules for what stands between double quotes; undefined when an escape is not one of them. */
function unquote(inner: string): string | undefined {
  if (inner.includes('\n')) return undefined;
  let isBad = false;
  const out = inner.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.?))/g,
    (_all, hex?: string, short?: string, long?: string, octal?: string, single?: string) => {
      const digits = hex ?? short ?? long;
      const code = digits !== undefined ? Number.parseInt(digits, 16) : Number.parseInt(octal ?? '', 8);
      if (!Number.isNaN(code)) {
        if (code <= 0x10ffff) return String.fromCodePoint(code);
        isBad = true;
        return '';
      }
      const plain = escapes[single ?? ''];
      if (plain === undefined) isBad = true;
      return plain ?? '';
    },
  );
  return isBad ? undefined : out;
}

/**
 * The syntax before 0.27: plain names, values that may go without quotes and hold blanks, braces that may stand on one side only.
 * Undefined when `text` is not that either.
 */
function parseClassic(text: string): readonly Matcher[] | undefined {
  const inner = text.replace(/^\{/, '').replace(/\}$/, '');
  const parts = splitOutsideQuotes(inner);
  if (parts.at(-1)?.trim() === '') parts.pop();
  if (parts.length === 0 && inner === text) return undefined;
  const matchers = parts.map(parseClassicOne);
  return matchers.every((matcher) => matcher !== undefined) ? matchers : undefined;
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let isQuoted = false;
  let isEscaped = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === ',' && !isQuoted) {
      parts.push(text.slice(from, i));
      from = i + 1;
    } else if (char === '\\') isEscaped = !isEscaped;
    else {
      if (char === '"' && !isEscaped) isQuoted = !isQuoted;
      isEscaped = false;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function parseClassicOne(text: string): Matcher | undefined {
  const match = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([\s\S]*?)\s*$/.exec(text);
  const [, name, op, raw] = match ?? [];
  if (name === undefined || raw === undefined) return undefined;
  const isQuoted = raw.startsWith('"');
  const end =
    isQuoted && raw.length > 1 && /[^\\](?:\\\\)*"$|^"(?:\\\\)*"$/.test(raw) ? raw.length - 1 : raw.length;
  if (isQuoted && end === raw.length) return undefined;
  const inner = raw.slice(isQuoted ? 1 : 0, end);
  if (/(?:^|[^\\])(?:\\\\)*"/.test(inner)) return undefined;
  const value = inner.replace(/\\(["n\\])/g, (_all, char: string) => (char === 'n' ? '\n' : char));
  return { name, op: op as MatchOp, value };
}
