import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { LeaseApi } from './lease.ts';
import { LeaseElector } from './lease-elector.ts';
import { MemoryLeases } from './lease-testing.ts';

function candidate(api: LeaseApi, clock: VirtualClock, identity: string) {
  const elector = new LeaseElector({
    ...{ api, clock, identity, lease: 'skopos', log: silentLogger, random: () => 0 },
  });
  const stop = new AbortController();
  const told: boolean[] = [];
  elector.onChange((isLeader) => told.push(isLeader));
  const running = elector.run(stop.signal);
  return { elector, told, stop: () => stop.abort(), running };
}

/** A candidate with a way of its own to the server, which fails by itself; it can be started anew. */
class Candidate {
  readonly #shared: MemoryLeases;
  readonly #clock: VirtualClock;
  readonly #id: number;
  #isCut = false;
  #now: ReturnType<typeof candidate>;

  constructor(shared: MemoryLeases, clock: VirtualClock, id: number) {
    this.#shared = shared;
    this.#clock = clock;
    this.#id = id;
    this.#now = this.#start();
  }

  get isLeader(): boolean {
    return this.#now.elector.isLeader();
  }

  do(act: 'fail' | 'mend' | 'stop' | 'start'): void {
    if (act === 'fail' || act === 'mend') this.#isCut = act === 'fail';
    else this.#now.stop();
    if (act === 'start') this.#now = this.#start();
  }

  #start() {
    const way = <T>(call: () => Promise<T>) => (this.#isCut ? Promise.reject(new Error('cut')) : call());
    const shared = this.#shared;
    const api: LeaseApi = {
      get: (name) => way(() => shared.get(name)),
      list: (labels) => way(() => shared.list(labels)),
      create: (lease) => way(() => shared.create(lease)),
      update: (lease) => way(() => shared.update(lease)),
      delete: (name) => way(() => shared.delete(name)),
    };
    return candidate(api, this.#clock, `c${this.#id}-${this.#clock.now()}`);
  }
}

describe('leader election', () => {
  it('makes the first the leader, writes the lease as client-go does, and renews it', async () => {
    const [api, clock] = [new MemoryLeases(), new VirtualClock(Date.UTC(2026, 0, 1))];
    const { elector } = candidate(api, clock, 'a');
    await clock.advance(0);
    expect(elector.isLeader()).toBe(true);
    const first = await api.get('skopos');
    expect(first?.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    await clock.advance(60_000);
    const later = await api.get('skopos');
    expect(later?.spec.acquireTime).toBe(first?.spec.acquireTime);
    expect(later?.spec.renewTime).toBe('2026-01-01T00:01:00.000000Z');
  });

  it('hands over at once when the leader releases at its end', async () => {
    const [api, clock] = [new MemoryLeases(), new VirtualClock()];
    const a = candidate(api, clock, 'a');
    await clock.advance(1);
    const b = candidate(api, clock, 'b');
    await clock.advance(0);
    await clock.advance(1000);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
    a.stop();
    await clock.advance(0);
    await clock.advance(2_500);
    await a.running;
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([false, true]);
    expect((await api.get('skopos'))?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
    expect(a.told).toEqual([true, false]);
  });

  it('gives up by itself before others may take over, and others wait for the whole duration', async () => {
    const [api, clock] = [new MemoryLeases(), new VirtualClock()];
    const a = candidate(api, clock, 'a');
    await clock.advance(1);
    api.fault = new Error('no route to host');
    await clock.advance(9_000);
    expect(a.elector.isLeader()).toBe(true);
    await clock.advance(1_100);
    expect(a.elector.isLeader()).toBe(false);
    expect(a.told).toEqual([true, false]);
    expect(a.elector.problem).toBe('no route to host');
  });

  it('takes over a lease whose holder was killed within its duration and one try', async () => {
    const [api, clock] = [new MemoryLeases(), new VirtualClock()];
    await api.create({
      metadata: { name: 'skopos' },
      // Its clock is years ahead: that is not compared with ours.
      spec: { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: '2090-01-01T00:00:00.000000Z' },
    });
    const b = candidate(api, clock, 'b');
    await clock.advance(0);
    await clock.advance(14_900);
    expect(b.elector.isLeader()).toBe(false);
    await clock.advance(2_500);
    expect(b.elector.isLeader()).toBe(true);
    expect(b.elector.term).toBe(1);
  });

  it('refuses times that leave no room for each other', () => {
    const [api, clock] = [new MemoryLeases(), new VirtualClock()];
    const common = { api, clock, identity: 'a', lease: 'x', log: silentLogger };
    expect(() => new LeaseElector({ ...common, leaseDurationMs: 5_000 })).toThrow('has to last longer');
  });

  it('never has two leaders, whatever fails and whoever comes and goes', async () => {
    const step = fc.record({
      waitMs: fc.integer({ min: 1, max: 12_000 }),
      act: fc.constantFrom('fail' as const, 'mend' as const, 'stop' as const, 'start' as const),
      who: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const clock = new VirtualClock();
        const shared = new MemoryLeases();
        const all = [0, 1, 2].map((i) => new Candidate(shared, clock, i));
        for (const { waitMs, act, who } of steps) {
          all[who]?.do(act);
          for (let passed = 0; passed < waitMs; passed += 500) {
            await clock.advance(Math.min(500, waitMs - passed));
            expect(all.filter((one) => one.isLeader).length).toBeLessThanOrEqual(1);
          }
        }
        for (const one of all) one.do('stop');
        await clock.advance(5_000);
      }),
      { numRuns: 25 },
    );
  });
});
