import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../../test/support/property-seed.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import type { FindingControl } from './finding-types.ts';
import { Findings } from './findings.ts';

const controlOf = (id: string, isIdle = false): FindingControl => ({ id, name: id, baseScore: 9, isIdle });

const failing = (controlId: string, name = 'web'): Verdict => ({
  controlId,
  object: { group: '', kind: 'Pod', namespace: 'shop', name },
  state: 'fail',
  evidence: [{ path: 'spec.a', stablePath: 'spec.a', message: 'wrong', value: '1' }],
  related: [],
});

const input = (controlId: string, name?: string) => ({
  verdict: failing(controlId, name),
  key: name ?? 'web',
  causeKey: name ?? 'web',
});

const open = (db: Database, controls: readonly FindingControl[]) =>
  new Findings({ db, cluster: 'east', controls });

const ofBaseline = (findings: Findings) =>
  Object.fromEntries(
    findings.list().items.map(({ controlId, object, baseline }) => [`${controlId} ${object.name}`, baseline]),
  );

describe('the first look of a control', () => {
  it('is a baseline where the control is switched on between two runs', () => {
    const db = openDatabase(':memory:');
    open(db, [controlOf('A')]).sync([failing('A')], { cause: 'c', atMs: 1 });
    const after = open(db, [controlOf('A'), controlOf('B')]);
    const { baseline, changes } = after.sync([failing('A'), failing('A', 'db'), failing('B')], {
      cause: 'c',
      atMs: 2,
    });
    expect(baseline).toBe(false);
    expect(changes.map(({ finding }) => finding.object.name)).toEqual(['db']);
    expect(ofBaseline(after)).toEqual({ 'A web': true, 'A db': false, 'B web': true });
    const [later] = after.apply([input('B', 'db')], { cause: 'c', atMs: 3 });
    expect(later?.finding.baseline).toBe(false);
  });

  it('is a baseline where the control comes while we watch, and only once', () => {
    const controls = [controlOf('A')];
    const findings = open(openDatabase(':memory:'), controls);
    findings.sync([], { cause: 'c', atMs: 1 });
    controls.push(controlOf('own'));
    const batch = [input('own'), input('A')];
    const changes = findings.apply(batch, { cause: 'c', atMs: 2, otherControls: true });
    expect(changes.map(({ finding }) => finding.baseline)).toEqual([true, false]);
    const again = findings.apply([input('own', 'db')], { cause: 'c', atMs: 3, otherControls: true });
    expect(again.map(({ finding }) => finding.baseline)).toEqual([false]);
  });

  it('is taken when it finds nothing, too', () => {
    const controls = [controlOf('A')];
    const findings = open(openDatabase(':memory:'), controls);
    findings.sync([], { cause: 'c', atMs: 1 });
    controls.push(controlOf('own'));
    expect(findings.apply([], { cause: 'c', atMs: 2, otherControls: true })).toEqual([]);
    const [later] = findings.apply([input('own')], { cause: 'c', atMs: 3, otherControls: true });
    expect(later?.finding.baseline).toBe(false);
  });

  it('is still to come as long as the control judges nothing', () => {
    const controls = [controlOf('own', true)];
    const findings = open(openDatabase(':memory:'), controls);
    findings.sync([], { cause: 'c', atMs: 1 });
    controls.splice(0, 1, controlOf('own'));
    const [opened] = findings.apply([input('own')], { cause: 'c', atMs: 2, otherControls: true });
    expect(opened?.finding.baseline).toBe(true);
  });

  it('is forgotten with the batch that could not be written', () => {
    const db = openDatabase(':memory:');
    const controls = [controlOf('A')];
    const findings = open(db, controls);
    findings.sync([], { cause: 'c', atMs: 1 });
    controls.push(controlOf('own'));
    const fail = () => {
      throw new Error('no room left');
    };
    expect(() => findings.apply([input('own')], { cause: fail, atMs: 2, otherControls: true })).toThrow();
    expect(findings.sync([failing('own')], { cause: 'c', atMs: 3 }).changes).toEqual([]);
    expect(ofBaseline(findings)).toEqual({ 'own web': true });
  });

  it('is not taken for one where no look was ever noted, though the cluster is known', () => {
    const db = openDatabase(':memory:');
    open(db, []).sync([], { cause: 'c', atMs: 1 });
    db.exec("DELETE FROM finding_facts WHERE name LIKE 'judged:%'");
    expect(open(db, [controlOf('A')]).sync([failing('A')], { cause: 'c', atMs: 2 }).changes).toHaveLength(1);
  });
});

interface Step {
  readonly kind: 'start' | 'live';
  readonly controls: readonly string[];
  readonly failing: readonly (readonly [string, string])[];
}

const ids = ['A', 'B', 'C'];
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('start', 'live'),
  controls: fc.subarray(ids),
  failing: fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom('web', 'db', 'mail')), {
    maxLength: 6,
  }),
});

it('only what a control finds the first time that it judges is baseline, whenever that is', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const db = openDatabase(':memory:');
      const controls: FindingControl[] = [];
      let findings = open(db, controls);
      const known = new Set<string>();
      const expected: Record<string, boolean> = {};
      let isSynced = false;
      steps.forEach(({ kind, controls: on, failing: pairs }, i) => {
        const atMs = i + 1;
        controls.splice(0, controls.length, ...on.map((id) => controlOf(id)));
        const failed = new Set(pairs.filter(([id]) => on.includes(id)).map(([id, name]) => `${id} ${name}`));
        const verdicts = [...failed].map((pair) => failing(pair.slice(0, 1), pair.slice(2)));
        if (kind === 'start' || !isSynced) {
          findings = open(db, controls);
          findings.sync(verdicts, { cause: 'c', atMs });
          for (const key of Object.keys(expected)) if (!failed.has(key)) delete expected[key];
        } else
          findings.apply(
            verdicts.map((verdict) => ({ verdict, key: '', causeKey: '' })),
            { cause: 'c', atMs, otherControls: true },
          );
        // One that had been fixed and comes back was known before, so that it is news.
        for (const key of failed) expected[key] ??= !known.has(key.slice(0, 1));
        for (const id of on) known.add(id);
        isSynced = true;
        expect(ofBaseline(findings)).toEqual(expected);
      });
    }),
    { numRuns: 60 },
  );
});
