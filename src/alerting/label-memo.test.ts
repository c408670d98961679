import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LabelMemo } from './label-memo.ts';

const value = fc.constantFrom('', 'a', 'b', '1:a', 'a1:', ':', '11:', 'ÿ');
const labels = fc.record({ team: value, severity: value, pod: value }, { requiredKeys: [] });

it('gives what would be found again, however values run into each other', () => {
  const found = ({ team, severity }: Readonly<Record<string, string>>) =>
    JSON.stringify([team ?? '', severity ?? '']);
  fc.assert(
    fc.property(fc.array(labels, { maxLength: 50 }), (all) => {
      const memo = new LabelMemo<string>(['team', 'severity', 'team']);
      for (const one of all) expect(memo.of(one, found)).toBe(found(one));
    }),
  );
});

it('looks once for values that come again, and forgets them when they do not', () => {
  const memo = new LabelMemo<object>(['team']);
  let looks = 0;
  const look = (): object => ({ look: looks++ });
  for (let i = 0; i < 5000; i++) memo.of({ team: `${i % 10}`, pod: `${i}` }, look);
  expect(looks).toBe(10);
  const each = new LabelMemo<object>(['pod']);
  const first = each.of({ pod: '0' }, look);
  for (let i = 1; i < 5000; i++) each.of({ pod: `${i}` }, look);
  expect(each.of({ pod: '0' }, look)).not.toBe(first);
});

it('does not try where many labels count', () => {
  const memo = new LabelMemo<object>(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  expect(memo.of({ a: '1' }, () => ({}))).not.toBe(memo.of({ a: '1' }, () => ({})));
});
