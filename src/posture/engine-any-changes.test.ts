import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Unreadable } from '../model/change.ts';
import { keyOf } from '../model/object.ts';
import type { Verdict } from '../model/verdict.ts';
import { PostureEngine, type VerdictChange } from './engine.ts';
import { allStates, clustered, controls, object, selecting, World } from './engine-testing.ts';
import { judge } from './judge-once.ts';

const namespaces = ['shop', 'blog'];
const fields = fc.record(
  {
    bad: fc.constantFrom(1, 2, 'boom'),
    exempt: fc.boolean(),
    role: fc.constantFrom('a', 'b'),
    labels: fc.constantFrom({}, { app: 'a' }, { app: 'b' }),
    podSelector: fc.constantFrom({}, { matchLabels: { app: 'a' } }, { matchLabels: { app: 'b' } }),
  },
  { requiredKeys: [] },
);
const subject = fc
  .tuple(
    fc.constantFrom(
      'Pod',
      'Deployment',
      'ReplicaSet',
      'NetworkPolicy',
      'Role',
      'RoleBinding',
      'Namespace',
      'KubeletInfo',
    ),
    fc.constantFrom(...namespaces),
    fc.constantFrom('a', 'b', 'c'),
    fields,
    fc.constantFrom(undefined, 'Deployment', 'ReplicaSet'),
    fc.constantFrom('1', '2'),
  )
  .map(([kind, namespace, name, content, owner, uid]) => {
    const isOwned = owner !== undefined && owner !== kind && !clustered.has(kind);
    const full = clustered.has(kind) ? (kind === 'Namespace' ? namespace : name) : `${namespace}/${name}`;
    const parent = isOwned ? object(owner, `${namespace}/${name}`) : undefined;
    const made = object(kind, full, content, parent);
    return kind === 'ReplicaSet' ? { ...made, metadata: { ...made.metadata, uid } } : made;
  });
const operation = fc.oneof(
  { weight: 6, arbitrary: subject.map((one) => ({ type: 'put' as const, one })) },
  { weight: 2, arbitrary: subject.map((one) => ({ type: 'delete' as const, one })) },
);
const batch = fc.record({
  operations: fc.array(operation, { maxLength: 6 }),
  unreadable: fc.option(fc.subarray(['NetworkPolicy', 'Role', 'Pod', 'KubeletInfo']), {
    nil: undefined,
    freq: 4,
  }),
});

it('stands, after any sequence of changes, where one look at the end would', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
      const all = [...controls, ...selecting];
      const world = new World();
      const engine = new PostureEngine({ controls: all, inputs: {}, view: world });
      const folded = new Map<string, Verdict>();
      let unreadable: Unreadable[] = [];
      for (const one of batches) {
        const input = one.operations.flatMap(({ type, one: what }) =>
          type === 'put' ? world.put(what) : world.delete(what),
        );
        fold(folded, engine.apply(input));
        if (one.unreadable === undefined) continue;
        unreadable = one.unreadable.map((kind) => ({ group: '', kind, reason: '403', sinceMs: 0 }));
        fold(folded, engine.setUnreadable(unreadable));
      }
      const fresh = judge({
        controls: all,
        inputs: {},
        view: world,
        unreadable,
        objects: [...world.objects.values()],
      });
      fold(folded, engine.apply([]));
      const final = byId(fresh.verdicts({ states: allStates }));
      expect(byId(engine.verdicts({ states: allStates }))).toEqual(final);
      // What was reported on the way adds up to the same.
      expect(byId(folded.values())).toEqual(final);
      expect(counted(engine)).toEqual(counted(fresh));
      expect([...engine.resources()].map((one) => JSON.stringify(one)).sort()).toEqual(
        [...fresh.resources()].map((one) => JSON.stringify(one)).sort(),
      );
      for (const gone of [...world.objects.values()]) engine.apply(world.delete(gone));
      engine.setUnreadable([]);
      expect(engine.held).toEqual({ verdicts: 0, units: 0, sets: 0, tokens: 0 });
    }),
    { numRuns: 150 },
  );
});

function fold(into: Map<string, Verdict>, changes: readonly VerdictChange[]): void {
  for (const { verdict, before, removed } of changes) {
    const id = `${verdict.controlId} ${keyOf(verdict.object)}`;
    expect(into.get(id)?.state).toBe(before);
    if (removed === true) into.delete(id);
    else into.set(id, verdict);
  }
}

function byId(verdicts: Iterable<Verdict>): string[] {
  return [...verdicts].map((verdict) => JSON.stringify(verdict)).sort();
}

function counted(engine: PostureEngine): string[] {
  return [...engine.counts()].map((row) => JSON.stringify(row)).sort();
}
