import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Matcher } from '../model/matcher.ts';
import { labelTest } from './label-test.ts';
import { MatcherIndex } from './matcher-index.ts';

const name = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('', 'x', 'y', 'z');
const matcher: fc.Arbitrary<Matcher> = fc.oneof(
  fc.record({ name, op: fc.constantFrom('=', '!=') as fc.Arbitrary<'=' | '!='>, value }),
  fc.record({
    name,
    op: fc.constantFrom('=~', '!~') as fc.Arbitrary<'=~' | '!~'>,
    value: fc.constantFrom('x|y', 'x|', '.*', '.+', 'x.*', '(?i)X', 'y'),
  }),
);
const labels = fc.dictionary(name, fc.constantFrom('x', 'y', 'z'));

it('finds exactly the sets that hold, whatever was put in, replaced and taken out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.option(fc.array(matcher, { maxLength: 3 })))),
      fc.array(labels),
      (changes, samples) => {
        const index = new MatcherIndex<number>();
        const plain = new Map<number, readonly Matcher[]>();
        for (const [key, matchers] of changes) {
          if (matchers === null) {
            index.delete(key);
            plain.delete(key);
          } else {
            index.set(key, matchers);
            plain.set(key, matchers);
          }
        }
        for (const sample of samples) {
          const expected = [...plain]
            .filter(([, matchers]) => labelTest(matchers)(sample))
            .map(([key]) => key);
          expect(index.matching(sample).sort()).toEqual(expected.sort());
        }
      },
    ),
  );
});

it('does not ask sets that want other values', () => {
  const index = new MatcherIndex<number>();
  for (let i = 0; i < 1000; i++)
    index.set(i, [
      { name: 'team', op: '=', value: 'db' },
      { name: 'instance', op: '=', value: `host-${i}` },
    ]);
  let asked = 0;
  const counting = new Proxy<Record<string, string>>(
    { team: 'db', instance: 'host-7' },
    {
      get(target, key) {
        asked++;
        return Reflect.get(target, key) as unknown;
      },
    },
  );
  expect(index.matching(counting)).toEqual([7]);
  expect(asked).toBeLessThan(20);
});
