import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, type ObjectRef } from '../model/object.ts';
import type { Verdict, VerdictState } from '../model/verdict.ts';
import { openDatabase } from '../store/open.ts';
import { type FindingInput, type FindingQuery, Findings } from './findings.ts';

const controls = [
  { id: 'C-1', name: 'Privileged container', baseScore: 9 },
  { id: 'C-2', name: 'Host network', baseScore: 7 },
  { id: 'C-3', name: 'Limits', baseScore: 4 },
];

function open(db = openDatabase(':memory:'), more: { maxFixed?: number; cluster?: string } = {}) {
  return { db, findings: new Findings({ db, cluster: 'east', controls, ...more }) };
}

const ref = (name: string, kind = 'Deployment', namespace = 'shop'): ObjectRef => ({
  group: 'apps',
  kind,
  namespace,
  name,
});

function verdict(
  controlId: string,
  object: ObjectRef,
  state: VerdictState,
  paths: readonly string[] = ['spec.a'],
): Verdict {
  const evidence =
    state === 'fail'
      ? paths.map((path) => ({ path, stablePath: path, message: `${path} is wrong`, value: '1' }))
      : [];
  return { controlId, object, state, evidence, related: [] };
}

function change(now: Verdict, before?: VerdictState, removed?: true): FindingInput {
  return {
    verdict: now,
    key: keyOf(now.object),
    causeKey: keyOf(now.object),
    ...(before === undefined ? {} : { before }),
    ...(removed === undefined ? {} : { removed }),
  };
}

const at = (atMs: number, cause = `c${atMs}`) => ({ cause, atMs });
const told = (changes: ReturnType<Findings['apply']>) =>
  changes.map(
    ({ kind, finding }) =>
      `${kind} ${finding.controlId} ${finding.object.name} ${finding.evidence.stablePath}`,
  );

describe('a finding', () => {
  it('opens, changes, is fixed and comes back under one id', () => {
    const { findings } = open();
    const [opened] = findings.apply([change(verdict('C-1', ref('web'), 'fail'))], at(1000));
    expect(opened).toMatchObject({
      kind: 'opened',
      cause: 'c1000',
      atMs: 1000,
      finding: { severity: 'critical' },
    });
    const id = opened?.finding.id ?? '';
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    const moved = verdict('C-1', ref('web'), 'fail');
    const [evidence] = moved.evidence;
    const other = {
      ...moved,
      evidence: [
        {
          path: 'spec.b',
          stablePath: 'spec.a',
          message: 'still wrong',
          ...(evidence?.value === undefined ? {} : { value: '2' }),
        },
      ],
    };
    expect(told(findings.apply([change(other, 'fail')], at(2000)))).toEqual(['changed C-1 web spec.a']);
    expect(findings.get(id)).toMatchObject({
      openedMs: 1000,
      evidence: { path: 'spec.b', value: '2' },
      cause: 'c1000',
    });
    expect(told(findings.apply([change(verdict('C-1', ref('web'), 'pass'), 'fail')], at(3000)))).toEqual([
      'fixed C-1 web spec.a',
    ]);
    expect(findings.get(id)).toMatchObject({ status: 'fixed', fixedAtMs: 3000, firstSeenMs: 1000 });
    const [again] = findings.apply([change(verdict('C-1', ref('web'), 'fail'), 'pass')], at(4000));
    expect(again).toMatchObject({
      kind: 'reappeared',
      finding: { id, firstSeenMs: 1000, openedMs: 4000, reappeared: 1, status: 'open', cause: 'c4000' },
    });
    expect(again?.finding).not.toHaveProperty('fixedAtMs');
  });

  it('is one for each place, and those that are mended are fixed alone', () => {
    const { findings } = open();
    findings.apply([change(verdict('C-1', ref('web'), 'fail', ['a', 'b']))], at(1));
    expect(
      told(findings.apply([change(verdict('C-1', ref('web'), 'fail', ['b', 'c']), 'fail')], at(2))),
    ).toEqual(['opened C-1 web c', 'fixed C-1 web a']);
  });

  it('is fixed when its object is gone', () => {
    const { findings } = open();
    const failing = verdict('C-1', ref('web'), 'fail');
    findings.apply([change(failing)], at(1));
    expect(told(findings.apply([change(failing, 'fail', true)], at(2)))).toEqual(['fixed C-1 web spec.a']);
  });

  it('stays as it was while it cannot be judged, and says when it was last known to be so', () => {
    const { findings } = open();
    findings.apply([change(verdict('C-1', ref('web'), 'fail'))], at(1000));
    findings.confirm(5000);
    expect(findings.list().items[0]).toMatchObject({ lastSeenMs: 5000 });
    expect(findings.apply([change(verdict('C-1', ref('web'), 'unknown'), 'fail')], at(6000))).toEqual([]);
    findings.confirm(9000);
    expect(findings.list().items[0]).toMatchObject({ status: 'open', lastSeenMs: 5000 });
    findings.apply([change(verdict('C-1', ref('web'), 'fail'), 'unknown')], at(10_000));
    expect(findings.list().items[0]).toMatchObject({ openedMs: 1000, lastSeenMs: 10_000, reappeared: 0 });
  });

  it('takes the cause of the change that brought it about', () => {
    const { findings } = open();
    const causes: Record<string, string> = { 'apps/Deployment/shop/web': 'c-a' };
    const [opened] = findings.apply([change(verdict('C-1', ref('web'), 'fail'))], {
      atMs: 1,
      cause: (key) => causes[key] ?? 'none',
    });
    expect(opened?.cause).toBe('c-a');
  });

  it('of a drill is in no list unless asked for, and goes with the drill', () => {
    const { findings } = open();
    findings.apply([change(verdict('C-1', ref('web'), 'fail'))], at(1));
    const [opened] = findings.apply([change(verdict('C-1', ref('web'), 'fail'))], { ...at(2), drill: 'd1' });
    expect(opened).toMatchObject({ kind: 'opened', finding: { drill: 'd1' } });
    expect(findings.list().total).toBe(1);
    expect(findings.list({ drill: 'd1' }).items.map(({ id }) => id)).toEqual([opened?.finding.id]);
    expect(findings.openCounts().critical).toBe(1);
    expect(findings.openObjects({ limit: 9 })).toHaveLength(1);
    findings.clearDrill('d1');
    expect(findings.get(opened?.finding.id ?? '')).toBeUndefined();
    expect(findings.list().total).toBe(1);
  });
});

describe('a complete look', () => {
  it('is the baseline the first time, and news afterwards', () => {
    const { db, findings } = open();
    expect(findings.hasBaseline).toBe(false);
    const first = findings.sync(
      [verdict('C-1', ref('old'), 'fail'), verdict('C-1', ref('both'), 'fail')],
      at(1000),
    );
    expect(first).toEqual({
      baseline: true,
      counts: { opened: 2, reappeared: 0, changed: 0, fixed: 0 },
      changes: [],
    });
    const second = open(db).findings;
    const result = second.sync(
      [verdict('C-1', ref('both'), 'fail'), verdict('C-2', ref('fresh'), 'fail')],
      at(9000),
    );
    expect(result.baseline).toBe(false);
    expect(told([...result.changes])).toEqual(['opened C-2 fresh spec.a', 'fixed C-1 old spec.a']);
    const byName = new Map(second.list({ status: 'all' }).items.map((one) => [one.object.name, one]));
    expect(byName.get('both')).toMatchObject({ firstSeenMs: 1000, baseline: true });
    expect(byName.get('fresh')).toMatchObject({ firstSeenMs: 9000, baseline: false });
  });

  it('leaves alone what it could not see', () => {
    const { db, findings } = open();
    findings.sync(
      [
        verdict('C-1', ref('web'), 'fail'),
        verdict('C-2', ref('web'), 'fail'),
        verdict('C-3', ref('set', 'StatefulSet'), 'fail'),
      ],
      at(1000),
    );
    const result = open(db).findings.sync(
      [
        verdict('C-1', ref('web'), 'unknown'),
        verdict('C-3', { ...ref('*', 'StatefulSet', ''), group: '' }, 'unknown'),
      ],
      at(2000),
    );
    expect(told([...result.changes])).toEqual(['fixed C-2 web spec.a']);
  });

  it('of one cluster does not touch the findings of another', () => {
    const { db, findings } = open();
    findings.sync([verdict('C-1', ref('web'), 'fail')], at(1));
    const west = open(db, { cluster: 'west' }).findings;
    expect(west.sync([], at(2)).baseline).toBe(true);
    expect(west.list().total).toBe(0);
    expect(findings.list().total).toBe(1);
  });

  it('makes a baseline finding new when it comes back', () => {
    const { findings } = open();
    findings.sync([verdict('C-1', ref('web'), 'fail')], at(1));
    findings.apply([change(verdict('C-1', ref('web'), 'pass'), 'fail')], at(2));
    findings.apply([change(verdict('C-1', ref('web'), 'fail'), 'pass')], at(3));
    expect(findings.list().items[0]?.baseline).toBe(false);
    expect(findings.newCounts(0).critical).toBe(1);
  });
});

it('keeps only so many fixed findings, the latest', () => {
  const { findings } = open(undefined, { maxFixed: 2 });
  for (let i = 0; i < 5; i++) {
    findings.apply([change(verdict('C-1', ref(`w${i}`), 'fail'))], at(i * 10));
    findings.apply([change(verdict('C-1', ref(`w${i}`), 'pass'), 'fail')], at(i * 10 + 5));
  }
  findings.sync([], at(100));
  expect(findings.list({ status: 'fixed', sort: 'object' }).items.map(({ object }) => object.name)).toEqual([
    'w3',
    'w4',
  ]);
  findings.sync([], at(100 * 86_400_000));
  expect(findings.list({ status: 'fixed' }).total).toBe(0);
});

describe('a list', () => {
  const { findings } = open();
  findings.sync([verdict('C-3', ref('cart'), 'fail', ['spec.x', 'spec.y'])], at(1000));
  findings.apply(
    [
      change(verdict('C-1', ref('web'), 'fail')),
      change(verdict('C-2', ref('web', 'Pod', 'blog'), 'fail')),
      change(verdict('C-2', ref('db_1', 'Pod', 'blog'), 'fail')),
    ],
    at(2000),
  );
  const names = (query: FindingQuery) =>
    findings
      .list(query)
      .items.map(({ controlId, object, evidence }) => `${controlId} ${object.name} ${evidence.path}`);

  it('is most severe first unless told otherwise', () => {
    expect(names({})).toEqual([
      'C-1 web spec.a',
      'C-2 web spec.a',
      'C-2 db_1 spec.a',
      'C-3 cart spec.x',
      'C-3 cart spec.y',
    ]);
    expect(names({ order: 'asc', limit: 1 })).toEqual(['C-3 cart spec.x']);
    expect(names({ sort: 'newest', order: 'asc', limit: 1 })).toEqual(['C-3 cart spec.x']);
    expect(names({ sort: 'object', limit: 2 })).toEqual(['C-2 db_1 spec.a', 'C-2 web spec.a']);
    expect(names({ sort: 'control', offset: 3 })).toEqual(['C-3 cart spec.x', 'C-3 cart spec.y']);
  });

  it('finds words anywhere, as they stand', () => {
    expect(names({ q: 'WEB blog' })).toEqual(['C-2 web spec.a']);
    expect(names({ q: 'privileged' })).toEqual(['C-1 web spec.a']);
    expect(names({ q: 'b_1' })).toEqual(['C-2 db_1 spec.a']);
    expect(names({ q: '%' })).toEqual([]);
    const many = Array.from({ length: 2000 }, (_, i) => `w${i}`).join(' ');
    expect(names({ q: many })).toEqual([]);
    expect(names({ q: 'b_1 '.repeat(2000) })).toEqual(['C-2 db_1 spec.a']);
    expect(names({ q: "'; DROP TABLE findings" })).toEqual([]);
  });

  it('counts each filter under the others', () => {
    const page = findings.list({ severity: ['high'], namespace: ['blog', 'shop'] });
    expect(page.total).toBe(2);
    expect(page.facets.severity).toEqual([
      { value: 'critical', label: 'critical', count: 1 },
      { value: 'high', label: 'high', count: 2 },
      { value: 'medium', label: 'medium', count: 2 },
    ]);
    expect(page.facets.control).toEqual([{ value: 'C-2', label: 'Host network', count: 2 }]);
    expect(page.facets.namespace).toEqual([{ value: 'blog', label: 'blog', count: 2 }]);
  });

  it('tells what is new', () => {
    expect(findings.list({ newSinceMs: 1500 }).total).toBe(3);
    expect(findings.list({ newSinceMs: 2500 }).total).toBe(0);
    expect(findings.newCounts(0)).toEqual({ critical: 1, high: 2, medium: 0, low: 0, unknown: 0 });
    expect(findings.openCounts()).toEqual({ critical: 1, high: 2, medium: 2, low: 0, unknown: 0 });
  });
});

it('ends, by changes or by looks, where the verdicts end', { timeout: 60_000 }, () => {
  const step = fc.record({
    control: fc.constantFrom('C-1', 'C-2'),
    name: fc.constantFrom('a', 'b'),
    state: fc.constantFrom<VerdictState>('fail', 'pass', 'not-applicable'),
    paths: fc.subarray(['x', 'y', 'z'], { minLength: 1 }),
    restart: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      let { db, findings } = open();
      findings.sync([], at(0));
      const now = new Map<string, Verdict>();
      for (const [i, { control, name, state, paths, restart }] of steps.entries()) {
        const next = verdict(control, ref(name), state, paths);
        const before = now.get(`${control} ${name}`)?.state;
        now.set(`${control} ${name}`, next);
        if (restart) {
          findings = open(db).findings;
          findings.sync(
            [...now.values()].filter((one) => one.state === 'fail'),
            at(i + 1),
          );
        } else findings.apply([change(next, before)], at(i + 1));
      }
      const expected = [...now.values()].flatMap((one) =>
        one.evidence.map(({ stablePath }) => `${one.controlId} ${one.object.name} ${stablePath}`),
      );
      const held = findings.list({ limit: 1000 });
      const found = held.items.map((one) => `${one.controlId} ${one.object.name} ${one.evidence.stablePath}`);
      expect(found.sort()).toEqual(expected.sort());
      expect(held.total).toBe(expected.length);
      db.close();
    }),
    { numRuns: 60 },
  );
});
