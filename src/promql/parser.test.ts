import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExpr } from './format.ts';
import { movesWithTime, selectorsOf, selectorUsesOf } from './inspect.ts';
import { parseExpr, parseSelector } from './parser.ts';

describe('the parser', () => {
  it.each([
    ['', '1:1: parse error: no expression found in input'],
    ['1+', '1:3: parse error: unexpected end of input'],
    ['*1', '1:1: parse error: unexpected <op:*>'],
    ['(1))', "1:4: parse error: unexpected right parenthesis ')'"],
    ['((1)', '1:5: parse error: unclosed left parenthesis'],
    ['sum(\n  up{', '2:6: parse error: unexpected end of input inside braces'],
    ['up{a=b}', '1:6: parse error: unexpected identifier "b" in label matching, expected string'],
    ['up{a*"b"}', "1:5: parse error: unexpected character inside braces: '*'"],
    ['up{a=~"("}', /^1:4: parse error: bad regular expression/],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['up{__name__="down"}', '1:1: parse error: metric name must not be set twice: "up" or "down"'],
    ['up[5mm]', '1:4: parse error: bad number or duration syntax: "5mm"'],
    ['up[5m', '1:6: parse error: unclosed left bracket'],
    ['(a + b)[5m]', '1:1: parse error: ranges only allowed for vector selectors'],
    ['up offset 1m offset 2m', '1:1: parse error: offset may not be set multiple times'],
    ['up @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times'],
    ['1 offset 1m', /offset modifier must be preceded by an instant vector selector/],
    ['"x', '1:1: parse error: unterminated quoted string'],
    ['1 and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['1 == 1', '1:1: parse error: comparisons between scalars must use BOOL modifier'],
    ['a + bool b', '1:1: parse error: bool modifier can only be used on comparison operators'],
    ['a and on(x) group_left b', '1:1: parse error: no grouping allowed for "and" operation'],
    ['a + on(x) group_left(x) b', /label "x" must not occur in ON and GROUP clause at once/],
    ['a == on(x) 1', '1:1: parse error: vector matching only allowed between instant vectors'],
    ['-"x"', /unary expression only allowed on expressions of type scalar or instant vector, got "string"/],
    [
      'rate(up)',
      '1:6: parse error: expected type range vector in call to function "rate", got instant vector',
    ],
    ['floor()', '1:1: parse error: expected 1 argument(s) in call to "floor", got 0'],
    ['hour(a, b)', '1:1: parse error: expected at most 1 argument(s) in call to "hour", got 2'],
    [
      'label_join(a, "b")',
      '1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2',
    ],
    ['raet(up[5m])', '1:1: parse error: unknown function with name "raet"'],
    ['topk(up)', /wrong number of arguments for aggregate expression provided, expected 2, got 1/],
    ['topk(up, up)', '1:6: parse error: expected type scalar in aggregation parameter, got instant vector'],
    [
      'deriv(up[5m] anchored)',
      /anchored modifier can only be used with: changes, delta, increase, rate, resets/,
    ],
  ])('refuses %j with Prometheus’ words', (text, message) => {
    const found = messageFor(text);
    if (typeof message === 'string') expect(found).toBe(message);
    else expect(found).toMatch(message);
  });

  it.each([
    ['-1 ^ 2', '-1 ^ 2', 'unary'],
    ['-a * b', '-a * b', 'binary'],
    ['2^3^2', '2 ^ 3 ^ 2', 'binary'],
    ['SUM(a) BY (b, by)', 'sum by (b, by) (a)', 'aggregate'],
    ['sum without() (a)', 'sum without () (a)', 'aggregate'],
    ['a + on(x) group_left(y) b', 'a + on (x) group_left (y) b', 'binary'],
    ['rate(a{b="c"}[5m] offset -1m)', 'rate(a{b="c"}[5m] offset -1m)', 'call'],
    ['a[1h:5m] @ end() offset 1d', 'a[1h:5m] @ end() offset 1d', 'subquery'],
    ['{"my.metric", "a b"=~"c|d"}', '{"my.metric","a b"=~"c|d"}', 'selector'],
    ['0x1f + 1_000 + 5m # a comment', '31 + 1000 + 5m', 'binary'],
    ['`a\\n` ', '"a\\\\n"', 'string'],
    ["'it\\'s'", '"it\'s"', 'string'],
    ['fill + fill(0) fill', 'fill + fill (0) fill', 'binary'],
    ['and and and', '{"and"} and {"and"}', 'binary'],
  ])('reads %j as %j', (text, printed, kind) => {
    const expr = parseExpr(text);
    expect(formatExpr(expr)).toBe(printed);
    expect(expr.kind).toBe(kind);
  });

  it('breaks long expressions into indented lines', () => {
    const long = 'a_rather_long_metric_name_of_some_service{label="value"}';
    expect(formatExpr(parseExpr(`sum by (x) (rate(${long}[5m])) / on (x) sum by (x) (${long})`), true)).toBe(
      [`  sum by (x) (rate(${long}[5m]))`, '/ on (x)', `  sum by (x) (${long})`].join('\n'),
    );
  });
});

it('refuses what is nested or chained beyond reason, and takes what is not', () => {
  expect(messageFor('('.repeat(5000) + '1' + ')'.repeat(5000))).toMatch(/nested more than 300 deep/);
  expect(messageFor(`${'-'.repeat(100_000)}1`)).toMatch(/nested more than 300 deep/);
  expect(messageFor(`1${'+1'.repeat(100_000)}`)).toMatch(/more than 1000 operators in a row/);
  expect(messageFor(`a[${'('.repeat(5000)}1m${')'.repeat(5000)}]`)).toMatch(/nested more than 300 deep/);
  expect(messageFor(`a${' or a'.repeat(900)}`)).toMatch(/^a or a/);
  expect(messageFor('('.repeat(200) + '1' + ')'.repeat(200))).toMatch(/^\(\(/);
});

it('reads a bare selector, and nothing else as one', () => {
  expect(parseSelector('up{job="a"}')).toEqual([
    { name: 'job', op: '=', value: 'a' },
    { name: '__name__', op: '=', value: 'up' },
  ]);
  expect(() => parseSelector('sum(up)')).toThrow(/expected a series selector/);
  expect(() => parseSelector('up offset 1m')).toThrow(/expected a series selector/);
});

it('tells which series an expression reads, and how far back', () => {
  const expr = parseExpr('sum(rate(a[5m] offset 1m)) > max_over_time(b[1h:1m]) or c @ 5');
  expect(selectorsOf(expr).map(([first]) => first?.value)).toEqual(['a', 'b', 'c']);
  expect(selectorUsesOf(expr).map(({ reachMs, pinned }) => [reachMs, pinned])).toEqual([
    [360_000, false],
    [3_600_000, false],
    [0, true],
  ]);
});

it.each([
  ['a == 1', false],
  ['sum by (x) (a) > 2', false],
  ['rate(a[5m])', true],
  ['a offset 5m', true],
  ['time() - a', true],
])('says whether %s changes without new samples: %s', (text, moves) => {
  expect(movesWithTime(parseExpr(text))).toBe(moves);
});

const name = fc.constantFrom(
  'up',
  'a:b',
  'my.metric',
  'sum',
  'by',
  'offset',
  'fill',
  'start',
  'nan',
  'é',
  'on',
);
const label = fc.constantFrom('a', 'job', 'x.y', 'by', 'é"');
const duration = fc.constantFrom('5m', '1h30m', '90', '(2 * 1m)', 'max_of(step(), 1m)', '1d');
const selector = fc
  .record({
    name,
    label,
    op: fc.constantFrom('=', '!=', '=~', '!~'),
    value: fc.constantFrom('', 'x', 'a|b', 'q"\\\n', 'é'),
    suffix: fc.constantFrom('', ' offset 5m', ' offset -1h', ' @ 12.5', ' @ start() offset (1m + 5)'),
    range: fc.option(duration),
  })
  .map((it) => ({
    text: `{${JSON.stringify(it.name)}, ${JSON.stringify(it.label)}${it.op}${JSON.stringify(it.value).replaceAll('|', '\\u007c')}}`,
    suffix: it.suffix,
    range: it.range,
  }));

const { vector } = fc.letrec<{ vector: string; scalar: string }>((tie) => ({
  scalar: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('1', '-0.5', '1e30', 'Inf', 'NaN', '5m', 'time()', 'pi()'),
    fc
      .tuple(tie('scalar'), fc.constantFrom('+', '-', '*', '/', '^', '%', 'atan2', '== bool'), tie('scalar'))
      .map((it) => it.join(' ')),
    tie('scalar').map((it) => `-(${it})`),
    tie('vector').map((it) => `scalar(${it})`),
  ),
  vector: fc.oneof(
    { depthSize: 'small' },
    selector.map(({ text, suffix }) => text + suffix),
    selector.map(({ text, suffix, range }) => `rate(${text}[${range ?? '5m'}]${suffix})`),
    fc.tuple(tie('vector'), duration).map(([inner, range]) => `max_over_time((${inner})[${range}:])`),
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom(
          '+',
          '^',
          '> bool',
          '== on (a)',
          '/ ignoring (a) group_left (b)',
          'and',
          'unless on ()',
          '- fill (0)',
        ),
        tie('vector'),
      )
      .map((it) => `(${it[0]}) ${it[1]} (${it[2]})`),
    fc.tuple(tie('vector'), fc.constantFrom('*', '>', '<= bool'), tie('scalar')).map((it) => it.join(' ')),
    fc
      .tuple(fc.constantFrom('sum', 'avg by (a)', 'count without ("x.y")'), tie('vector'))
      .map(([op, it]) => `${op} (${it})`),
    fc.tuple(tie('scalar'), tie('vector')).map(([k, it]) => `topk by (a) (${k}, ${it})`),
    tie('vector').map((it) => `-${it}`),
    tie('vector').map((it) => `label_replace(${it}, "a", "$1", "b", "(.*)")`),
  ),
}));

it('prints what reads back as the same expression, plain and pretty', () => {
  fc.assert(
    fc.property(vector, (text) => {
      const expr = parseExpr(text);
      const printed = formatExpr(expr);
      expect(withoutSpans(parseExpr(printed))).toEqual(withoutSpans(expr));
      expect(formatExpr(parseExpr(printed))).toBe(printed);
      expect(formatExpr(parseExpr(formatExpr(expr, true)))).toBe(printed);
    }),
    { numRuns: 500 },
  );
});

it('keeps an infinite base as the base when a long power is broken into lines', () => {
  const text = `up * Inf ^ scalar(${'a_long_name_'.repeat(10)})`;
  expect(formatExpr(parseExpr(formatExpr(parseExpr(text), true)))).toBe(text);
});

it('never fails but with a parse error', () => {
  const piece = fc.constantFrom(
    'up',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ',',
    '5m',
    '"a"',
    '=',
    '+',
    '-',
    'sum',
    'by',
    '@',
    ':',
    'offset',
    'rate',
    ' ',
    '#',
    "'",
    '\\',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        parseExpr(pieces.join(''));
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_QUERY' });
      }
    }),
    { numRuns: 2000 },
  );
});

function messageFor(text: string): string {
  try {
    return formatExpr(parseExpr(text));
  } catch (error) {
    return (error as Error).message;
  }
}

/** Where something stands may differ; what it is may not. */
function withoutSpans(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      key === 'span' ? undefined : typeof item === 'number' && !Number.isFinite(item) ? String(item) : item,
    ),
  );
}
