import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memberOf } from './shard.ts';

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 });

it('gives each namespace to one member, whatever the order in which members are named', () => {
  fc.assert(
    fc.property(names, fc.string(), (members, namespace) => {
      const found = memberOf(namespace, members);
      expect(members).toContain(found);
      expect(memberOf(namespace, members.toReversed())).toBe(found);
    }),
  );
});

it('moves only what a member had when it goes', () => {
  fc.assert(
    fc.property(names, fc.array(fc.string(), { maxLength: 30 }), fc.nat(), (members, namespaces, at) => {
      const gone = members[at % members.length];
      const left = members.filter((member) => member !== gone);
      for (const namespace of namespaces) {
        const before = memberOf(namespace, members);
        if (before !== gone) expect(memberOf(namespace, left)).toBe(before);
      }
    }),
  );
});

it('spreads namespaces evenly over pods of one deployment', () => {
  const members = ['skopos-6c9f7d-aaaaa', 'skopos-6c9f7d-aaaab', 'skopos-6c9f7d-aaaac'];
  const counts = new Map<string, number>();
  for (let i = 0; i < 3000; i++) {
    const member = memberOf(`team-${i}`, members) ?? '';
    counts.set(member, (counts.get(member) ?? 0) + 1);
  }
  for (const member of members) {
    expect(counts.get(member)).toBeGreaterThan(850);
    expect(counts.get(member)).toBeLessThan(1150);
  }
});

it('keeps the control plane where cluster-scoped objects are', () => {
  fc.assert(
    fc.property(names, (members) => {
      expect(memberOf('kube-system', members)).toBe(memberOf('', members));
    }),
  );
});
