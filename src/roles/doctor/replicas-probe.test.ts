import { describe, expect, it } from 'vitest';
import { type Lease, microTime } from '../../kube/lease.ts';
import { type ReplicasLook, replicasCheck } from './replicas-probe.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');

const lease = (name: string, holder: string, agoMs = 1000): Lease => ({
  metadata: { name },
  spec: {
    holderIdentity: holder,
    leaseDurationSeconds: 15,
    acquireTime: '2026-11-21T09:00:00.000000Z',
    renewTime: microTime(nowMs - agoMs),
  },
});
const members = (...agoMs: number[]) => agoMs.map((ms, i) => lease(`skopos-r${i}`, `r${i}`, ms));
const look = (changes: Partial<ReplicasLook>) =>
  replicasCheck({ name: 'skopos', leases: [], members: [], nowMs, problem: '', ...changes });

describe('replicas', () => {
  it('are well where one leads and all renew', () => {
    const found = look({ leases: [lease('skopos', 'r1')], members: members(1000, 2000, 29_000) });
    expect(found).toMatchObject({
      state: 'ok',
      message: 'r1 leads since 2026-11-21T09:00:00Z, renewed 1s ago; 3 replicas',
      advice: '',
    });
    expect(found.items?.map(({ name }) => name)).toEqual(['r0', 'r1', 'r2']);
  });

  it.each([
    ['there was never one', [], 'there is no Lease skopos'],
    ['it was given back', [lease('skopos', '')], 'was given back'],
    ['it died', [lease('skopos', 'r1', 90_000)], 'r1 had the Lease skopos, and renewed it last 1m30s ago'],
    ['another group has one', [lease('other', 'x')], 'there is no Lease skopos'],
  ])('have no leader: %s', (_name, leases, message) => {
    expect(look({ leases })).toMatchObject({ state: 'fail', message: expect.stringContaining(message) });
  });

  it('have several leaders where their leases have different names', () => {
    const leases = [lease('skopos', 'r1'), lease('skopos-2', 'x1'), lease('old', 'y', 90_000)];
    const { state, message, advice } = look({ leases });
    expect(state).toBe('warn');
    expect(message).toMatch(/r1 leads .* by skopos; x1 leads .* by skopos-2$/);
    expect(advice).toContain('replicas.name');
  });

  it('are told of when they go without a word, and when this one cannot renew', () => {
    const leases = [lease('skopos', 'r1')];
    expect(look({ leases, members: members(1000, 40_000) })).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('1 replica, and 1 that went without a word'),
      items: [{ state: 'ok' }, { state: 'warn' }],
    });
    expect(look({ leases, problem: '403: no' })).toMatchObject({
      state: 'warn',
      message: expect.stringMatching(/but 403: no$/),
    });
  });
});
