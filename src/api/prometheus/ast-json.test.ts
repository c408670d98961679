import { expect, it } from 'vitest';
import { parseExpr } from '../../promql/parser.ts';
import { astJson } from './ast-json.ts';

const selector = {
  type: 'vectorSelector',
  name: 'a',
  offset: 0,
  matchers: [{ name: '__name__', value: 'a', type: '=' }],
  timestamp: null,
  startOrEnd: null,
  anchored: false,
  smoothed: false,
};

it.each([
  ['1.5', { type: 'numberLiteral', val: '1.5' }],
  ['1e-9', { type: 'numberLiteral', val: '0.000000001' }],
  ['Inf', { type: 'numberLiteral', val: '+Inf' }],
  ['"x"', { type: 'stringLiteral', val: 'x' }],
  ['-a', { type: 'unaryExpr', op: '-', expr: selector }],
  ['(a)', { type: 'parenExpr', expr: selector }],
  ['a @ 1.5 offset 5m', { ...selector, offset: 300_000, timestamp: 1500 }],
  ['a @ end()', { ...selector, startOrEnd: 'end' }],
  [
    '{"a",b=~"c"}[5m]',
    {
      ...selector,
      type: 'matrixSelector',
      range: 300_000,
      matchers: [
        { name: 'b', value: 'c', type: '=~' },
        { name: '__name__', value: 'a', type: '=' },
      ],
    },
  ],
  [
    'topk by (x) (3, a)',
    {
      type: 'aggregation',
      op: 'topk',
      expr: selector,
      param: { type: 'numberLiteral', val: '3' },
      grouping: ['x'],
      without: false,
    },
  ],
  ['sum(a)', { type: 'aggregation', op: 'sum', expr: selector, param: null, grouping: [], without: false }],
  [
    'a / on(x) group_left(y) a',
    {
      type: 'binaryExpr',
      op: '/',
      lhs: selector,
      rhs: selector,
      bool: false,
      matching: {
        card: 'many-to-one',
        labels: ['x'],
        on: true,
        include: ['y'],
        fillValues: { lhs: null, rhs: null },
      },
    },
  ],
  [
    'a > bool 1',
    {
      type: 'binaryExpr',
      op: '>',
      lhs: selector,
      rhs: { type: 'numberLiteral', val: '1' },
      bool: true,
      matching: null,
    },
  ],
  [
    'round(a)',
    {
      type: 'call',
      func: { name: 'round', argTypes: ['vector', 'scalar'], variadic: 1, returnType: 'vector' },
      args: [selector],
    },
  ],
])('shows %s as Prometheus does', (query, tree) => expect(astJson(parseExpr(query))).toEqual(tree));

it('shows the many-to-many matching of set operators, and subqueries', () => {
  expect(astJson(parseExpr('a and a'))).toMatchObject({ matching: { card: 'many-to-many', on: false } });
  expect(astJson(parseExpr('a[1h:5m] offset 1m'))).toEqual({
    type: 'subquery',
    expr: selector,
    range: 3_600_000,
    step: 300_000,
    offset: 60_000,
    timestamp: null,
    startOrEnd: null,
  });
});

it('shows durations that divide by the step, which is not known here', () => {
  expect(astJson(parseExpr('a[5m / step()]'))).toMatchObject({ type: 'matrixSelector', range: 0 });
});
