import { messageOf } from '../kit/app-error.ts';
import { compileMatcher } from '../kit/compile-matcher.ts';
import { metricName } from '../model/labels.ts';
import type { Matcher, MatchOp } from '../model/matcher.ts';
import type { VectorSelector } from './ast.ts';
import type { Token } from './lexer.ts';
import type { TokenReader } from './token-reader.ts';
import { quote } from './unquote.ts';

/** What stood in braces. A name in quotes on its own is the metric's. */
export interface Braces {
  readonly matchers: readonly Matcher[];
  readonly quotedName: string | undefined;
  readonly end: number;
}

/** `{a="b", "c.d"=~"e", "metric.name"}`; the opening brace has not been taken yet. */
export function parseMatchers(reader: TokenReader): Braces {
  reader.next();
  const matchers: Matcher[] = [];
  let quotedName: string | undefined;
  while (reader.peek().text !== '}' || reader.peek().type !== 'punctuation') {
    const token = reader.peek();
    const following = reader.peek(1);
    if (token.type === 'string' && (following.text === ',' || following.text === '}')) {
      const name = reader.stringOf(token);
      if (quotedName !== undefined)
        throw reader.fault(
          token.start,
          `metric name must not be set twice: ${quote(quotedName)} or ${quote(name)}`,
        );
      quotedName = name;
      reader.next();
    } else matchers.push(parseMatcher(reader));
    if (reader.peek().text !== ',') break;
    reader.next();
  }
  if (reader.peek().text !== '}') throw reader.unexpected('label matching', '"," or "}"');
  return { matchers, quotedName, end: reader.next().end };
}

function parseMatcher(reader: TokenReader): Matcher {
  const nameToken = reader.peek();
  if (nameToken.type !== 'word' && nameToken.type !== 'string')
    throw reader.unexpected('label matching', 'identifier or "}"');
  const name = nameToken.type === 'string' ? reader.stringOf(nameToken) : nameToken.text;
  if (name === '') throw reader.fault(nameToken.start, 'invalid label name: ""');
  reader.next();
  const op = reader.peek();
  if (op.type !== 'op') throw reader.unexpected('label matching', 'label matching operator');
  reader.next();
  const valueToken = reader.peek();
  if (valueToken.type !== 'string') throw reader.unexpected('label matching', 'string');
  reader.next();
  const matcher: Matcher = { name, op: op.text as MatchOp, value: reader.stringOf(valueToken) };
  try {
    compileMatcher(matcher);
  } catch (error) {
    throw reader.fault(nameToken.start, messageOf(error));
  }
  return matcher;
}

/** The selector of a name, braces, or both. */
export function selectorOf(
  reader: TokenReader,
  nameToken: Token | undefined,
  start: number,
  braces: Braces | undefined,
): VectorSelector {
  const end = braces?.end ?? nameToken?.end ?? start;
  let name = nameToken?.text ?? '';
  if (braces?.quotedName !== undefined) {
    if (name !== '')
      throw reader.fault(
        start,
        `metric name must not be set twice: ${quote(name)} or ${quote(braces.quotedName)}`,
      );
    name = braces.quotedName;
  }
  const others = braces?.matchers ?? [];
  const second = others.find((matcher) => matcher.name === metricName);
  if (name !== '' && second !== undefined)
    throw reader.fault(start, `metric name must not be set twice: ${quote(name)} or ${quote(second.value)}`);
  const matchers = name === '' ? others : [...others, { name: metricName, op: '=', value: name } as const];
  return {
    kind: 'selector',
    span: { start, end },
    name,
    matchers,
    offset: undefined,
    at: undefined,
    extension: undefined,
  };
}
