import fc from 'fast-check';
import { expect, it } from 'vitest';
import { liveIndex } from './live-index.ts';

it('finds what is in the list now, whatever was done to it since', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(6), fc.boolean())), (edits) => {
      const list: { readonly key: string }[] = [];
      const find = liveIndex(list, ({ key }) => key);
      for (const [n, isAdded] of edits) {
        const key = String(n);
        const at = list.findIndex((one) => one.key === key);
        if (isAdded && at < 0) list.push({ key });
        if (!isAdded && at >= 0) list.splice(at, 1);
        for (let other = 0; other <= 6; other++)
          expect(find(String(other))).toBe(list.find((one) => one.key === String(other)));
      }
    }),
  );
});
