// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Grafana's variables
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeRegex } from '../kit/regex.ts';
import { parseExpr } from '../promql/parser.ts';
import { interpolate, type Scope, variablesIn } from './interpolate.ts';

const scope: Scope = new Map([
  ['job', { values: ['node'] }],
  ['pod', { values: ['a.b', 'c'], texts: ['A', 'C'], isPattern: true }],
  ['all', { values: ['.*'], isVerbatim: true }],
  ['__interval', { values: ['30s'], isVerbatim: true }],
  ['__from', { values: ['1700000000000'], isVerbatim: true }],
]);

describe('in expressions', () => {
  it.each([
    ['up{job="$job"}', 'up{job="node"}'],
    ['up{job="${job}"}', 'up{job="node"}'],
    ['up{job="[[job]]"}', 'up{job="node"}'],
    ['up{pod=~"$pod"}', 'up{pod=~"(a\\\\.b|c)"}'],
    ['up{pod=~"$all"}', 'up{pod=~".*"}'],
    ['rate(x[$__interval])', 'rate(x[30s])'],
    ['up{pod=~"${pod:pipe}"}', 'up{pod=~"a.b|c"}'],
    ['up{pod=~"${pod:regex}"}', 'up{pod=~"(a\\.b|c)"}'],
    ['up{x="$nothing"}', 'up{x="$nothing"}'],
    ['label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'],
  ])('%s becomes %s', (text, filled) => {
    expect(interpolate(text, scope, 'promql')).toBe(filled);
  });

  it('puts any values in so that the pattern takes those and no others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
        fc.string(),
        (values, other) => {
          const filled = interpolate(
            'up{pod=~"$v"}',
            new Map([['v', { values, isPattern: true }]]),
            'promql',
          );
          const expr = parseExpr(filled.replaceAll('\n', '\\n'));
          if (expr.kind !== 'selector') throw new Error('no selector');
          const pattern = safeRegex(expr.matchers.find(({ name }) => name === 'pod')?.value ?? '', {
            dotAll: true,
          });
          for (const value of values) expect(pattern.matches(value)).toBe(true);
          expect(pattern.matches(other)).toBe(values.includes(other));
        },
      ),
    );
  });

  it('puts any single value in as text', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const filled = interpolate('up{pod="$v"}', new Map([['v', { values: [value] }]]), 'promql');
        const expr = parseExpr(filled.replaceAll('\n', '\\n'));
        if (expr.kind !== 'selector') throw new Error('no selector');
        expect(expr.matchers.find(({ name }) => name === 'pod')?.value).toBe(value);
      }),
    );
  });
});

describe('formats', () => {
  it.each([
    ['${pod:csv}', 'a.b,c'],
    ['${pod:glob}', '{a.b,c}'],
    ['${pod:json}', '["a.b","c"]'],
    ['${pod:text}', 'A + C'],
    ['${pod:queryparam}', 'var-pod=a.b&var-pod=c'],
    ['${pod:singlequote}', "'a.b','c'"],
    ['${pod:doublequote}', '"a.b","c"'],
    ['${pod:percentencode}', '%7Ba.b%2Cc%7D'],
    ['${pod:raw}', 'a.b,c'],
    ['${pod:unheard}', '${pod:unheard}'],
    ['$pod', '{a.b,c}'],
    ['${__from}', '1700000000000'],
    ['${__from:date}', '2023-11-14T22:13:20.000Z'],
    ['${__from:date:seconds}', '1700000000'],
    ['${__from:date:YYYY-MM-DD}', '2023-11-14'],
  ])('%s is %s', (text, filled) => {
    expect(interpolate(text, scope, 'text')).toBe(filled);
  });
});

it('names the variables of a text once each', () => {
  expect(variablesIn('$a ${b:csv} [[c]] $a ${d.x}')).toEqual(['a', 'b', 'c', 'd']);
});
