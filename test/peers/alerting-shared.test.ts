import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { PostgresServer, postgresPrograms } from '../support/postgres-server.ts';
import {
  Fleet,
  type Member,
  named,
  postAlerts,
  type ReceiverOptions,
  receiver,
  silenceOf,
  type Timers,
  together,
} from './sharing-processes.ts';

const missing = postgresPrograms() === undefined ? ' (skipped: install the Debian package postgresql)' : '';

async function fleetOf(names: readonly string[], timers: Timers = {}, options: ReceiverOptions = {}) {
  const database = await PostgresServer.start();
  const hook = await receiver(options);
  const fleet = new Fleet(database.url, hook.url, timers);
  return { database, hook, fleet, members: await fleet.startAll(...names) };
}

async function alone(member: Member | undefined): Promise<void> {
  await vi.waitFor(async () => expect(await member?.metric('alertmanager_cluster_health_score')).toBe(1), {
    timeout: 20_000,
  });
}

/** How often processes did not wait for their turn, as the database did not answer them in time. */
async function turnsAlone(members: readonly Member[]): Promise<number> {
  const turns = await Promise.all(
    members.map((member) => member.metric('skopos_peer_turns_total{outcome="alone"}')),
  );
  return turns.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}

/**
 * That each group was told of, and once. Only a turn that a process took alone, as it does on a machine so busy that the database
 * does not answer within two seconds, may have told one again.
 */
async function expectOnce(
  hook: Awaited<ReturnType<typeof receiver>>,
  members: readonly Member[],
  [status, groups]: readonly ['firing' | 'resolved', readonly string[]],
  aloneBefore = 0,
): Promise<void> {
  const oddly = hook.oddly(status, groups);
  const alone = (await turnsAlone(members)) - aloneBefore;
  expect(alone === 0 ? oddly : oddly.slice(alone)).toEqual([]);
  expect(oddly.filter((text) => text.includes(': 0'))).toEqual([]);
}

// Each starts processes one after the other; on a busy machine that alone takes a minute.
describe.skipIf(missing !== '')(`processes that share one PostgreSQL${missing}`, { timeout: 300_000 }, () => {
  it('tell of many groups once each: that they fire, and that they resolved', async () => {
    // Slow enough for every process to want to send while another one does.
    const { hook, members } = await fleetOf(['a', 'b'], {}, { tookMs: 300 });
    const groups = named('g', 100);
    await postAlerts(members, groups);
    await hook.heard('firing', groups);
    await postAlerts(members, groups, { resolved: true });
    await hook.heard('resolved', groups);
    // Long enough for a second one to have come: some turns of every group, at each process.
    await pause(4000);
    await expectOnce(hook, members, ['firing', groups]);
    await expectOnce(hook, members, ['resolved', groups]);
    expect(hook.told.every(({ alerts }) => alerts.length === 2)).toBe(true);
  });

  it('repeat what goes on when the repeat interval has passed, once', async () => {
    const { hook, members } = await fleetOf(['a', 'b'], { repeat: '5s' });
    const groups = named('g', 20);
    await postAlerts(members, groups);
    await vi.waitFor(() => expect(hook.oddly('firing', groups, 4)).toEqual([]), {
      timeout: 60_000,
      interval: 50,
    });
    for (const group of groups) {
      const times = hook.of(group).map(({ atMs }) => atMs);
      const pauses = times.slice(1).map((atMs, i) => atMs - (times[i] ?? 0));
      // When it arrived, not when it was sent: a busy machine may bring two together by a little.
      expect(Math.min(...pauses)).toBeGreaterThan(3500);
    }
  });

  it('tell what one of them was killed over, within the time that it takes to miss it', async () => {
    const { hook, members } = await fleetOf(['a', 'b'], {}, { tookMs: 200 });
    const [first, second] = members;
    const groups = named('g', 60);
    await postAlerts(members, groups);
    await vi.waitFor(() => expect(hook.told.length).toBeGreaterThan(5), { timeout: 30_000, interval: 5 });
    await first?.kill();
    await hook.heard('firing', groups);
    // The receiver took some, and nobody lived to note that.
    const twice = hook.oddly('firing', groups);
    expect(twice.filter((text) => !text.includes(': 2 times'))).toEqual([]);
    // As many as one process has on their way at a time.
    expect(twice.length).toBeLessThanOrEqual(8);
    const later = named('later', 10);
    await postAlerts(members, later);
    await hook.heard('firing', later);
    await vi.waitFor(async () => expect((await second?.cluster())?.peers).toHaveLength(1), {
      timeout: 20_000,
    });
    expect(await second?.metric('alertmanager_cluster_failed_peers')).toBe(1);
  });

  it('send in the place of one that cannot reach the receiver', async () => {
    let refused = '';
    const { hook, members } = await fleetOf(['a', 'b'], {}, { refuses: (from) => from === refused });
    const [first] = members as [Member, Member];
    refused = first.url;
    const groups = named('g', 20);
    const postedAtMs = Date.now();
    await postAlerts(members, groups);
    await hook.heard('firing', groups);
    // Nobody waits for the end of the other's retries, which go on for 10 s.
    expect(Date.now() - postedAtMs).toBeLessThan(25_000);
    await pause(3000);
    await expectOnce(hook, members, ['firing', groups]);
  });

  it('go on alone while the database is away, put together what they did when it comes back, and do not tell it again', async () => {
    const { database, hook, members } = await fleetOf(['a', 'b']);
    const [first, second] = members as [Member, Member];
    const before = named('before', 20);
    await postAlerts(members, before);
    await hook.heard('firing', before);
    await database.kill();
    await alone(first);
    await alone(second);

    const during = named('during', 20);
    await postAlerts(members, during);
    await hook.heard('firing', during);
    await postAlerts(members, before, { resolved: true });
    await hook.heard('resolved', before);
    const one = (await first.post('silences', silenceOf('group', 'one'))) as { silenceID: string };
    const other = (await second.post('silences', silenceOf('group', 'other'))) as { silenceID: string };

    await pause(2000);
    await database.run();
    await together(members);
    const toldBefore = hook.told.length;
    await vi.waitFor(
      async () => {
        for (const member of members)
          for (const { silenceID } of [one, other])
            expect(await member.get(`silence/${silenceID}`)).toMatchObject({ status: { state: 'active' } });
      },
      { timeout: 10_000 },
    );
    // Several turns of every group at each: what was told meanwhile is news to nobody.
    await pause(4000);
    expect(hook.told.slice(toldBefore)).toEqual([]);
    const after = [...named('after', 20), 'one', 'other'];
    const aloneBefore = await turnsAlone(members);
    await postAlerts(members, after);
    await hook.heard('firing', named('after', 20));
    await pause(3000);
    await expectOnce(hook, members, ['firing', named('after', 20)], aloneBefore);
    expect(hook.of('one')).toEqual([]);
    expect(hook.of('other')).toEqual([]);
  });

  it('keep nobody waiting for a database that hangs', async () => {
    const { database, hook, members } = await fleetOf(['a', 'b']);
    const before = named('before', 5);
    await postAlerts(members, before);
    await hook.heard('firing', before);
    database.hang();
    const during = named('during', 20);
    const postedAtMs = Date.now();
    await postAlerts(members, during);
    await hook.heard('firing', during);
    // The wait of the group, the bound of one statement, and what a busy machine adds.
    expect(Date.now() - postedAtMs).toBeLessThan(25_000);
    await alone(members[0]);
    const alarm = named('alarm', 5);
    const thenMs = Date.now();
    await postAlerts(members, alarm);
    await hook.heard('firing', alarm);
    expect(Date.now() - thenMs).toBeLessThan(20_000);
    database.resume();
    await together(members);
    const after = named('after', 20);
    const aloneBefore = await turnsAlone(members);
    await postAlerts(members, after);
    await hook.heard('firing', after);
    await pause(3000);
    await expectOnce(hook, members, ['firing', after], aloneBefore);
  });

  it('mute at each what is silenced at one, at once, and stop at each when it is expired at another', async () => {
    const { hook, members } = await fleetOf(['a', 'b', 'c']);
    const [first, second, third] = members as [Member, Member, Member];
    const { silenceID } = (await first.post('silences', silenceOf('group', 'quiet'))) as {
      silenceID: string;
    };
    const sentAtMs = Date.now();
    for (const member of [second, third])
      await vi.waitFor(() => member.get(`silence/${silenceID}`), { timeout: 20_000, interval: 10 });
    expect(await second.metric('skopos_peers_listening')).toBe(1);
    process.stdout.write(`a silence was known at two others after ${Date.now() - sentAtMs} ms\n`);
    await postAlerts(members, ['quiet', 'loud']);
    await hook.heard('firing', ['loud']);
    await pause(2500);
    expect(hook.of('quiet')).toEqual([]);
    await fetch(`${second.url}/api/v2/silence/${silenceID}`, { method: 'DELETE' });
    await hook.heard('firing', ['quiet']);
    await expectOnce(hook, members, ['firing', ['quiet', 'loud']]);
    expect(await third.get(`silence/${silenceID}`)).toMatchObject({ status: { state: 'expired' } });
  });

  it('lose and repeat nothing while they are replaced one after the other', async () => {
    const { hook, fleet, members } = await fleetOf(['a', 'b', 'c']);
    const all: string[] = [];
    const running = new Map(members.map((member) => [member.name, member]));
    let isOver = false;
    const stream = (async () => {
      for (let i = 0; !isOver; i++) {
        all.push(`g${i}`);
        await postAlerts([...running.values()], [`g${i}`]);
        await pause(100);
      }
    })();
    let alone = 0;
    for (const name of ['a', 'b', 'c']) {
      const old = running.get(name);
      alone += await turnsAlone(old === undefined ? [] : [old]);
      running.delete(name);
      await old?.kill('SIGTERM');
      running.set(name, await fleet.start(name));
      await together([...running.values()]);
    }
    isOver = true;
    await stream;
    await hook.heard('firing', all);
    await pause(3000);
    alone += await turnsAlone([...running.values()]);
    // Those that were stopped took turns alone as well.
    expect(hook.oddly('firing', all).length).toBeLessThanOrEqual(alone);
    expect(hook.oddly('firing', all).filter((text) => text.includes(': 0'))).toEqual([]);
    process.stdout.write(`three restarts: ${all.length} groups, ${alone} turns alone\n`);
  });
});
