import { expect, it } from 'vitest';
import { effectOf } from './code-execution.ts';

it.each([
  'A remote code execution flaw in the parser.',
  'May allow ARBITRARY CODE to be run.',
  'OS Command Injection in the installer',
  'Insufficient checks lead to RCE.',
])('knows that strangers can run code by: %s', (text) => {
  expect(effectOf(text)).toBe('code-execution');
});

it.each(['An infinite loop in the resource parser.', 'A SOURCE of confusion', 'Fierce crashes'])(
  'reads no such thing out of: %s',
  (text) => {
    expect(effectOf(text)).toBeUndefined();
  },
);

it('does not take silence for good news', () => {
  expect(effectOf(' \n')).toBe('undescribed');
});
