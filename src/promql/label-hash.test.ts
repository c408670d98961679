import { expect, it } from 'vitest';
import { hashLabels, xxHash64 } from './label-hash.ts';

// Vectors that implementations of XXH64 share.
it.each([
  ['', 0xef46db3751d8e999n],
  ['a', 0xd24ec4f1a98c6e5bn],
  ['as', 0x1c330fb2d66be179n],
  ['asd', 0x631c37ce72a97393n],
  ['asdf', 0x415872f599cea71en],
  ['Call me Ishmael. Some years ago--never mind how long precisely-', 0x02a2e85470d6fd96n],
])('hashes %j', (text, hash) => {
  expect(xxHash64(new TextEncoder().encode(text))).toBe(hash);
});

it('hashes label sets with the length before each text', () => {
  const flat = (texts: readonly string[]) =>
    Uint8Array.from(texts.flatMap((text) => [text.length, ...new TextEncoder().encode(text)]));
  expect(hashLabels({ job: 'b', __name__: 'up' })).toBe(xxHash64(flat(['__name__', 'up', 'job', 'b'])));
  const long = 'x'.repeat(300);
  const bytes = Uint8Array.from([1, 97, 255, 44, 1, 0, ...new TextEncoder().encode(long)]);
  expect(hashLabels({ a: long })).toBe(xxHash64(bytes));
});
