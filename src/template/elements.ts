import { bare, entriesOf, itemsOf, kindOf } from './value.ts';

/**
 * What `range` goes over: index and element of a list, key and element of a map, or numbers up to an int.
 *
 * @param variables how many the range declares
 */
export function* elementsOf(
  value: unknown,
  variables: number,
  fail: (problem: string) => never,
  show: (value: unknown) => string,
): Generator<readonly [unknown, unknown]> {
  switch (kindOf(value)) {
    case 'invalid':
      return;
    case 'slice': {
      let i = 0;
      for (const item of itemsOf(value)) yield [i++, item];
      return;
    }
    case 'map':
      yield* entriesOf(value);
      return;
    case 'int': {
      if (variables > 1) fail(`can't use ${show(value)} to iterate over more than one variable`);
      const end = Number(bare(value));
      for (let i = 0; i < end; i++) yield [undefined, i];
      return;
    }
    default:
      fail(`range can't iterate over ${show(value)}`);
  }
}
