import fc from 'fast-check';
import { expect, it } from 'vitest';
import { locateJsonError } from './locate-json-error.ts';

it.each([
  ['{"kind": }', 9, 'a value'],
  ['{"a": 1', 7, ', or }'],
  ['{"a" 1}', 5, ':'],
  ['{a: 1}', 1, 'a key or }'],
  ['{"a": 1,}', 8, 'a key'],
  ['[1, ]', 4, 'a value'],
  ['[1 2]', 3, ', or ]'],
  ['{"a": 01}', 7, ', or }'],
  ['{"a": "x\ny"}', 6, 'a value'],
  ['{} {}', 3, 'the end'],
  ['', 0, 'a value'],
])('%s goes wrong at %i, where there should be %s', (text, offset, wanted) => {
  expect(locateJsonError(text)).toEqual({ offset, wanted });
});

it('agrees with JSON.parse on what is valid, whole or damaged', () => {
  const text = fc.json({ maxDepth: 4 });
  fc.assert(
    fc.property(text, fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '1', ':', '{'), (json, at, put) => {
      const place = at % (json.length + 1);
      const damaged = json.slice(0, place) + put + json.slice(place + 1);
      expect(locateJsonError(json)).toBeUndefined();
      expect(locateJsonError(damaged) === undefined).toBe(isJson(damaged));
    }),
    { numRuns: 500 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
