import { expect, it } from 'vitest';
import { messageOf } from '../kit/app-error.ts';
import { Engine } from './engine.ts';
import { signatures } from './signatures.ts';

const written: Readonly<Record<string, string>> = {
  scalar: '1',
  vector: 'x',
  matrix: 'x[1m]',
  string: '"a"',
};

it.each([...signatures])('%s, which may be written, can be evaluated', (name, { args }) => {
  const call = `${name}(${args.map((type) => written[type] ?? '1').join(', ')})`;
  const evaluate = (): string => {
    try {
      new Engine({}).instant({ select: () => [] }, call, 0);
      return 'evaluated';
    } catch (error) {
      return messageOf(error);
    }
  };
  expect(evaluate()).not.toMatch(/not implemented|unknown function|expected \d+ argument/);
});
