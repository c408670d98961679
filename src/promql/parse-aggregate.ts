import type { AggregateExpr, AggregateOp, Expr } from './ast.ts';
import type { TokenReader } from './token-reader.ts';

/** Aggregation operators, and whether they take a parameter before the vector. */
export const aggregators: ReadonlyMap<string, boolean> = new Map([
  ['sum', false],
  ['avg', false],
  ['count', false],
  ['min', false],
  ['max', false],
  ['group', false],
  ['stddev', false],
  ['stdvar', false],
  ['topk', true],
  ['bottomk', true],
  ['count_values', true],
  ['quantile', true],
  ['limitk', true],
  ['limit_ratio', true],
]);

/** `sum by (a) (expr)`, `sum(expr) without (a)`, `topk(3, expr)`. */
export function parseAggregate(
  reader: TokenReader,
  parseInner: (reader: TokenReader, least: number) => Expr,
): AggregateExpr {
  const token = reader.next();
  const op = token.text.toLowerCase() as AggregateOp;
  let modifier = takeGrouping(reader);
  const open = reader.expect('(', 'aggregation');
  const args: Expr[] = [];
  while (reader.peek().text !== ')' || reader.peek().type !== 'punctuation') {
    args.push(parseInner(reader, 0));
    if (reader.peek().text !== ',') break;
    reader.next();
    if (reader.peek().text === ')')
      throw reader.fault(reader.peek().start, 'trailing commas not allowed in function call args');
  }
  let { end } = reader.expect(')', 'aggregation');
  if (modifier === undefined) {
    modifier = takeGrouping(reader);
    if (modifier !== undefined) end = reader.peek(-1).end;
  }
  const wanted = aggregators.get(op) === true ? 2 : 1;
  if (args.length === 0) throw reader.fault(open.start, 'no arguments for aggregate expression provided');
  const expr = args[wanted - 1];
  if (args.length !== wanted || expr === undefined) {
    throw reader.fault(
      token.start,
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
    );
  }
  return {
    kind: 'aggregate',
    span: { start: token.start, end },
    op,
    expr,
    param: wanted === 2 ? args[0] : undefined,
    grouping: modifier?.labels ?? [],
    without: modifier?.without ?? false,
  };
}

function takeGrouping(reader: TokenReader): { without: boolean; labels: string[] } | undefined {
  const word = reader.takeWord('by', 'without');
  return word === undefined ? undefined : { without: word === 'without', labels: parseLabelNames(reader) };
}

/** `(a, "b.c", by)`: words of the language are names here too. */
export function parseLabelNames(reader: TokenReader): string[] {
  const context = 'grouping opts';
  reader.expect('(', context);
  const names: string[] = [];
  for (;;) {
    const token = reader.peek();
    if (token.text === ')' && token.type === 'punctuation') break;
    if (token.type === 'string') {
      const name = reader.stringOf(token);
      if (name === '') throw reader.fault(token.start, 'invalid label name for grouping: ""');
      names.push(name);
    } else if (token.type === 'word' || (token.type === 'number' && /^[a-z]/i.test(token.text)))
      names.push(token.text);
    else throw reader.unexpected(context, 'label');
    reader.next();
    if (reader.peek().text !== ',') break;
    reader.next();
  }
  const close = reader.peek();
  if (close.text !== ')') throw reader.unexpected(context, '"," or ")"');
  reader.next();
  return names;
}
