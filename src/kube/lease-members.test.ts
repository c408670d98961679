import { expect, it } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import { LeaseMembers } from './lease-members.ts';
import { MemoryLeases } from './lease-testing.ts';

function member(api: MemoryLeases, clock: VirtualClock, identity: string) {
  const members = new LeaseMembers({ api, clock, identity, group: 'skopos', log: silentLogger });
  const stop = new AbortController();
  const running = members.run(stop.signal);
  return { members, running, stop: () => stop.abort() };
}

it('knows who is there, drops at once who leaves, and after its lease who was killed', async () => {
  const [api, clock] = [new MemoryLeases(), new VirtualClock()];
  const [a, b] = [member(api, clock, 'a'), member(api, clock, 'b')];
  await api.create({
    metadata: { name: 'skopos-killed', labels: { 'skopos.dev/replica-of': 'skopos' } },
    spec: { holderIdentity: 'killed', leaseDurationSeconds: 15 },
  });
  await clock.advance(0);
  await clock.advance(6_000);
  expect(a.members.members).toEqual(['a', 'b', 'killed']);
  await clock.advance(15_000);
  expect(a.members.members).toEqual(['a', 'b']);
  b.stop();
  await clock.advance(5_000);
  await b.running;
  expect(a.members.members).toEqual(['a']);
  await clock.advance(600_000);
  expect(await api.get('skopos-killed')).toBeUndefined();
});

it('keeps all members while the API server does not answer, and gives them time when it does again', async () => {
  const [api, clock] = [new MemoryLeases(), new VirtualClock()];
  const [a, b] = [member(api, clock, 'a'), member(api, clock, 'b')];
  await clock.advance(6_000);
  const told: (readonly string[])[] = [];
  a.members.onChange((members) => told.push(members));
  api.fault = new Error('away');
  await clock.advance(120_000);
  expect(a.members.members).toEqual(['a', 'b']);
  expect(a.members.problem).toBe('away');
  api.fault = undefined;
  await clock.advance(30_000);
  expect([a.members.members, b.members.members]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(told).toEqual([]);
});

it('puts its lease in place again when somebody deletes it', async () => {
  const [api, clock] = [new MemoryLeases(), new VirtualClock()];
  const { members } = member(api, clock, 'a');
  await clock.advance(1);
  await api.delete('skopos-a');
  await clock.advance(11_000);
  expect(members.members).toEqual(['a']);
});
