import { describe, expect, it } from 'vitest';
import type { Verdict } from '../model/verdict.ts';
import { openDatabase } from '../store/open.ts';
import { Findings } from './findings.ts';

const pod = { group: '', kind: 'Pod' };
const policy = { group: 'networking.k8s.io', kind: 'NetworkPolicy' };
const controls = [{ id: 'C-1', name: 'Privileged container', baseScore: 9 }];

const failing = (name: string): Verdict => ({
  controlId: 'C-1',
  object: { ...pod, namespace: 'shop', name },
  state: 'fail',
  evidence: [{ path: 'spec.a', stablePath: 'spec.a', message: 'wrong', value: '1' }],
  related: [],
});

const input = (name: string) => ({ verdict: failing(name), key: name, causeKey: name });

describe('the first look at a kind', () => {
  it('is a baseline of its own where the kind could not be read before', () => {
    const db = openDatabase(':memory:');
    const findings = new Findings({ db, cluster: 'east', controls });
    findings.sync([], { cause: 'c', atMs: 1 });
    findings.kinds.blind([pod]);
    expect(findings.kinds.appeared([pod])).toEqual([]);
    const [opened] = findings.apply([input('web')], { cause: 'c', atMs: 2 });
    expect(opened?.finding.baseline).toBe(true);
    expect(findings.kinds.appeared([])).toEqual([pod]);
    expect(findings.kinds.seen([pod, policy], 3)).toBe(1);
    const [later] = findings.apply([input('db')], { cause: 'c', atMs: 4 });
    expect(later?.finding.baseline).toBe(false);
    // One that was lost from sight later was seen before: what comes meanwhile is news.
    findings.kinds.blind([pod, policy]);
    expect(findings.kinds.appeared([])).toEqual([]);
  });

  it('is remembered, so that a role which is granted while we are down brings no news either', () => {
    const db = openDatabase(':memory:');
    const before = new Findings({ db, cluster: 'east', controls });
    before.sync([], { cause: 'c', atMs: 1 });
    before.kinds.blind([pod]);
    const after = new Findings({ db, cluster: 'east', controls });
    const { changes, counts } = after.sync([failing('web')], { cause: 'c', atMs: 2 });
    expect([changes.length, counts.opened]).toEqual([0, 1]);
    expect(after.list().items.map(({ baseline }) => baseline)).toEqual([true]);
    after.kinds.seen([pod], 3);
    const again = new Findings({ db, cluster: 'east', controls });
    expect(again.sync([failing('web'), failing('db')], { cause: 'c', atMs: 4 }).changes).toHaveLength(1);
  });

  it('of another cluster is another', () => {
    const db = openDatabase(':memory:');
    new Findings({ db, cluster: 'east', controls }).kinds.blind([pod]);
    expect(new Findings({ db, cluster: 'west', controls }).kinds.isUnseen(pod)).toBe(false);
  });
});
