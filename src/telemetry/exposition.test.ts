import { expect, it } from 'vitest';
import { expositionPieces, expositionText } from './exposition.ts';

it('makes the same text in pieces that are small', () => {
  const samples = Array.from({ length: 20_000 }, (_, value) => ({
    ...{ name: 'm', labels: { object: `a "${value}"`, namespace: 'some-namespace' }, value },
  }));
  const pieces = [
    ...expositionPieces([
      { name: 'm', help: 'Many.', type: 'gauge', samples },
      { name: 'n', help: 'One\nof them.', type: 'unknown', samples: [{ name: 'n', labels: {}, value: 1 }] },
    ]),
  ];
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
  expect(pieces.join('')).toBe(
    [
      '# HELP m Many.\n# TYPE m gauge\n',
      ...samples.map(({ value }) => `m{object="a \\"${value}\\"",namespace="some-namespace"} ${value}\n`),
      '# HELP n One\\nof them.\n# TYPE n untyped\nn 1\n',
    ].join(''),
  );
});

it('has no text without families', () => {
  expect([expositionText([]), [...expositionPieces([])]]).toEqual(['', []]);
});
