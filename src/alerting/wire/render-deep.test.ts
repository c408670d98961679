import { expect, it } from 'vitest';
import { renderDeep } from './render-deep.ts';

const render = (template: string) =>
  template.replace('{{ x }}', '[{"a": "b: c"}, 1]').replace('{{ y }}', 'yes');

it.each([
  ['text', 'text'],
  ['12', 12],
  ['1.5', 1.5],
  ['true', true],
  ['{{ y }}', true],
  ['a: b', { a: 'b' }],
  ['a: b: c', 'a: b: c'],
  ['- 1\n- two', [1, 'two']],
  ['{{ x }}', [{ a: 'b: c' }, 1]],
  ['', null],
  ['null', null],
  ['12:30', '12:30'],
  ['2024-01-02', '2024-01-02'],
  ['[FIRING:1] Down', '[FIRING:1] Down'],
  ['"quoted"', '"quoted"'],
  ['{not json', '{not json'],
])('reads what %j gives as %j', (template, expected) => {
  expect(renderDeep(template, render)).toEqual(expected);
});

it('renders keys and values at any depth, and leaves what is no text', () => {
  expect(renderDeep({ '{{ y }}': [{ n: 1, t: '{{ x }}' }], b: false, z: null }, render)).toEqual({
    yes: [{ n: 1, t: [{ a: 'b: c' }, 1] }],
    b: false,
    z: null,
  });
});

it('does not let a text with many references grow', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'.split('').map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
  ].join('\n');
  expect(renderDeep(bomb, (text) => text)).toBe(bomb);
});
