import { safeRegex } from './regex.ts';

/** What {@link compileMatcher} needs of a label matcher. */
export interface MatcherTest {
  readonly op: '=' | '!=' | '=~' | '!~';
  /** The text to equal, or an RE2 pattern that must match the whole value (`.` takes newlines too). */
  readonly value: string;
}

/** More texts than this are left to the regular expression engine. */
const maxLiterals = 1000;

/**
 * The test of a label matcher, made once and asked often. Patterns that are plain texts, alternatives of them, or texts
 * with `.*` and `.+` between are answered without the regular expression engine. A missing label is the value ''.
 *
 * @throws {BadInputError} when a pattern is not valid.
 */
export function compileMatcher({ op, value }: MatcherTest): (value: string) => boolean {
  if (op === '=') return (text) => text === value;
  if (op === '!=') return (text) => text !== value;
  const matches = compilePattern(value);
  return op === '=~' ? matches : (text) => !matches(text);
}

/**
 * The finite set of texts that a pattern matches, where there is one (`a|b`, `prod-(eu|us)`): what an index looks up
 * directly. Undefined when the pattern has no such set.
 *
 * @throws {BadInputError} when the pattern is not valid.
 */
export function literalsOf(pattern: string): readonly string[] | undefined {
  const globs = globsOf(pattern);
  if (globs === undefined || globs.some(({ gaps }) => gaps.length > 0)) return undefined;
  return [...new Set(globs.map(({ texts }) => texts[0] ?? ''))];
}

function compilePattern(pattern: string): (value: string) => boolean {
  const globs = globsOf(pattern);
  if (globs === undefined) {
    const regex = safeRegex(pattern, { dotAll: true });
    return (text) => regex.matches(text);
  }
  const literals = new Set(globs.filter(({ gaps }) => gaps.length === 0).map(({ texts }) => texts[0] ?? ''));
  const tests = globs.filter(({ gaps }) => gaps.length > 0).map(globTest);
  const [only] = tests;
  if (only === undefined) {
    const [literal] = literals;
    return literals.size === 1 ? (text) => text === literal : (text) => literals.has(text);
  }
  if (literals.size === 0 && tests.length === 1) return only;
  return (text) => literals.has(text) || tests.some((test) => test(text));
}

/** Texts with a gap between each two: `a.*b.+` is texts a, b, '' and gaps 0, 1 (the least number of characters). */
interface Glob {
  readonly texts: readonly string[];
  readonly gaps: readonly number[];
}

const empty: Glob = { texts: [''], gaps: [] };

/** Undefined when the pattern is more than texts, alternatives, `.*` and `.+`. */
function globsOf(pattern: string): readonly Glob[] | undefined {
  const reader = { pattern, at: 0 };
  const globs = readAlternatives(reader);
  return reader.at === pattern.length ? globs : undefined;
}

interface Reader {
  readonly pattern: string;
  at: number;
}

function readAlternatives(reader: Reader): readonly Glob[] | undefined {
  const all: Glob[] = [];
  for (;;) {
    const globs = readSequence(reader);
    if (globs === undefined || all.length + globs.length > maxLiterals) return undefined;
    all.push(...globs);
    if (reader.pattern[reader.at] !== '|') return all;
    reader.at++;
  }
}

function readSequence(reader: Reader): readonly Glob[] | undefined {
  let globs: readonly Glob[] = [empty];
  for (;;) {
    const char = reader.pattern[reader.at];
    if (char === undefined || char === '|' || char === ')') return globs;
    const next = readPiece(reader, char);
    if (next === undefined || /^[*+?{]/.test(reader.pattern.slice(reader.at, reader.at + 1)))
      return undefined;
    if (globs.length * next.length > maxLiterals) return undefined;
    globs = globs.flatMap((left) => next.map((right) => join(left, right)));
    if (globs.some(needsTwo)) return undefined;
  }
}

function readPiece(reader: Reader, char: string): readonly Glob[] | undefined {
  const { pattern } = reader;
  if (char === '(') {
    if (pattern[reader.at + 1] === '?' && pattern[reader.at + 2] !== ':') return undefined;
    reader.at += pattern[reader.at + 1] === '?' ? 3 : 1;
    const inside = readAlternatives(reader);
    if (inside === undefined || pattern[reader.at] !== ')') return undefined;
    reader.at++;
    return inside;
  }
  if (char === '.') {
    const quantifier = pattern[reader.at + 1];
    if (quantifier !== '*' && quantifier !== '+') return undefined;
    reader.at += 2;
    return [{ texts: ['', ''], gaps: [quantifier === '*' ? 0 : 1] }];
  }
  if (char === '\\') {
    const escaped = pattern[reader.at + 1];
    if (escaped === undefined || !/[!-/:-@[-`{-~]/.test(escaped)) return undefined;
    reader.at += 2;
    return [{ texts: [escaped], gaps: [] }];
  }
  if (/[*+?[\]{}^$]/.test(char)) return undefined;
  const text = String.fromCodePoint(pattern.codePointAt(reader.at) ?? 0);
  reader.at += text.length;
  return [{ texts: [text], gaps: [] }];
}

function join(left: Glob, right: Glob): Glob {
  const middle = (left.texts.at(-1) ?? '') + (right.texts[0] ?? '');
  return {
    texts: [...left.texts.slice(0, -1), middle, ...right.texts.slice(1)],
    gaps: [...left.gaps, ...right.gaps],
  };
}

/** Whether a gap wants two characters, as `.+.+` does: lengths are of UTF-16 units, of which one character may have two. */
function needsTwo({ texts, gaps }: Glob): boolean {
  let least = 0;
  return gaps.some((gap, i) => {
    least = (i > 0 && texts[i] === '' ? least : 0) + gap;
    return least > 1;
  });
}

function globTest({ texts, gaps }: Glob): (value: string) => boolean {
  const first = texts[0] ?? '';
  const last = texts.at(-1) ?? '';
  const lastGap = gaps.at(-1) ?? 0;
  const inner = texts.slice(1, -1);
  if (inner.length === 0) {
    const least = first.length + last.length + lastGap;
    return (value) => value.length >= least && value.startsWith(first) && value.endsWith(last);
  }
  return (value) => {
    if (!value.startsWith(first) || !value.endsWith(last)) return false;
    let from = first.length;
    for (let i = 0; i < inner.length; i++) {
      const text = inner[i] ?? '';
      const at = value.indexOf(text, from + (gaps[i] ?? 0));
      // indexOf clamps its start to the end of the text, so an empty text would be found before its gap.
      if (at < from + (gaps[i] ?? 0)) return false;
      from = at + text.length;
    }
    return from + lastGap + last.length <= value.length;
  };
}
