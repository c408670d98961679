import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { deadAfterMs, type SharedLane, SharedStore } from '../../src/alerting/peers/shared-store.ts';
import { newest } from '../../src/alerting/peers/versioned.ts';
import { Secret } from '../../src/kit/secret.ts';
import { Postgres } from '../../src/store/postgres.ts';
import { PostgresServer, postgresPrograms } from '../support/postgres-server.ts';

const missing = postgresPrograms() === undefined ? ' (skipped: install the Debian package postgresql)' : '';

/** One of its own, as each process has. */
function connect(url: string): Postgres {
  const db = new Postgres({ access: async () => ({ url: new Secret(url) }), applicationName: 'skopos test' });
  onTestFinished(() => db.close());
  return db;
}

async function storesOn(server: PostgresServer, count: number): Promise<SharedStore[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const self = { id: `id${i}`, name: `n${i}`, address: `host${i}:9600`, version: '1' };
      const store = new SharedStore(connect(server.url), self);
      await store.prepare();
      await store.greet(0);
      return store;
    }),
  );
}

const forever = Date.now() + 3_600_000;

function told(lane: string, atMs: number, text = '{"firing":[],"resolved":[]}'): SharedLane {
  return { lane, atMs, expiresAtMs: forever, text, memory: '{}', toldBy: 'n0' };
}

async function allLanes(store: SharedStore): Promise<SharedLane[]> {
  const all: SharedLane[] = [];
  for await (const page of store.allLanes()) all.push(...page);
  return all;
}

describe.skipIf(missing !== '')(`what processes share${missing}`, () => {
  it('gives each lane to one of those who ask at the same time, and to the next when that lets go', async () => {
    const server = await PostgresServer.start();
    const stores = await storesOn(server, 4);
    const lanes = Array.from({ length: 250 }, (_, i) => `lane ${i}`);
    // In parts and orders of their own, so that they meet everywhere.
    const claimed = await Promise.all(
      stores.map(async (store, i) => {
        const own = new Set<string>();
        for (let from = 0; from < lanes.length; from += 50) {
          const some = lanes.slice(from, from + 50);
          for (const lane of (await store.claim(i % 2 === 0 ? some : some.reverse())).keys()) own.add(lane);
        }
        return own;
      }),
    );
    for (const lane of lanes) expect(claimed.filter((own) => own.has(lane))).toHaveLength(1);
    const [first, second] = stores as [SharedStore, SharedStore];
    const held = [...(claimed[0] ?? [])];
    expect((await second.claim(held)).size).toBe(0);
    await first.release(held.slice(0, 1));
    expect([...(await second.claim(held)).keys()]).toEqual(held.slice(0, 1));
  });

  it('gives what was told to the one whose turn comes, in the same answer', async () => {
    const server = await PostgresServer.start();
    const [first, second] = (await storesOn(server, 2)) as [SharedStore, SharedStore];
    expect(await first.claim(['x'])).toEqual(new Map([['x', undefined]]));
    // The claim of the second waits for the row while the first writes what it told.
    const [, claim] = await Promise.all([first.putLanes([told('x', 1000)]), second.claim(['x'])]);
    const got = claim.size > 0 ? claim : await second.claim(['x']);
    expect(got.get('x')).toEqual(told('x', 1000));
  });

  it('takes lanes from one that is not heard of any more', async () => {
    const server = await PostgresServer.start();
    const [, second] = (await storesOn(server, 2)) as [SharedStore, SharedStore];
    const { peers } = await second.greet(0);
    expect(peers.map(({ name }) => name)).toEqual(['n0']);
    const [dying] = await storesOn(server, 1);
    await dying?.claim(['x']);
    expect((await second.claim(['x'])).size).toBe(0);
    const startedMs = Date.now();
    await vi.waitFor(async () => expect((await second.claim(['x'])).size).toBe(1), {
      timeout: 30_000,
      interval: 200,
    });
    expect(Date.now() - startedMs).toBeGreaterThan(deadAfterMs - 2500);
  });

  it('keeps the newest, in whatever order it comes', async () => {
    const server = await PostgresServer.start();
    const stores = await storesOn(server, 3);
    const version = fc.record({
      atMs: fc.integer({ min: 1, max: 4 }),
      text: fc.constantFrom('"a"', '"b"', '"c"'),
    });
    let lane = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 1, maxLength: 6 }), async (versions) => {
        const name = `lane ${lane++}`;
        const puts = versions.map(({ atMs, text }) => told(name, atMs, text));
        await Promise.all(puts.map((put, i) => stores[i % stores.length]?.putLanes([put])));
        const kept = (await allLanes(stores[0] as SharedStore)).find((one) => one.lane === name);
        expect(kept).toEqual(puts.reduce((one, other) => newest(one, other)));
      }),
      { numRuns: 40 },
    );
  });

  it('shows what was committed late to those who looked before', async () => {
    const server = await PostgresServer.start();
    const [reader, writer] = (await storesOn(server, 2)) as [SharedStore, SharedStore];
    const slow = connect(server.url);
    const cursor = await reader.cursor();
    let release = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    let began = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const late = slow.transaction(20_000, async (query) => {
      await query(
        `INSERT INTO skopos_alerting_lanes (id, lane, at_ms, expires_at_ms, entry, tie, xid)
         VALUES ('late', '"late"', 1, $1::float8, '{}', '', pg_current_xact_id())`,
        [forever],
      );
      began();
      await waiting;
    });
    await begun;
    await writer.putLanes([told('soon', 1)]);
    const first = await reader.changes(cursor);
    expect(first.lanes.map(({ lane }) => lane)).toEqual(['soon']);
    release();
    await late;
    const second = await reader.changes(first.cursor);
    expect(second.lanes.map(({ lane }) => lane)).toContain('late');
    const third = await reader.changes(second.cursor);
    expect((await reader.changes(third.cursor)).lanes).toEqual([]);
  });

  it('takes whatever a label may hold, however long', async () => {
    const server = await PostgresServer.start();
    const [store] = (await storesOn(server, 1)) as [SharedStore];
    const lanes = ['a\u0000b', '\ud800', 'λ'.repeat(20_000), "' OR 1=1; --", ''];
    expect([...(await store.claim(lanes)).keys()].sort()).toEqual([...lanes].sort());
    await store.putLanes(lanes.map((lane) => told(lane, 5)));
    expect((await allLanes(store)).map(({ lane }) => lane).sort()).toEqual([...lanes].sort());
  });

  it('reads more than a page, and forgets what has ended', async () => {
    const server = await PostgresServer.start();
    const [store] = (await storesOn(server, 1)) as [SharedStore];
    const lanes = Array.from({ length: 2500 }, (_, i) => told(`lane ${i}`, 1));
    for (let i = 0; i < lanes.length; i += 500) await store.putLanes(lanes.slice(i, i + 500));
    const silence = { atMs: 1, text: '{}' };
    await store.putSilences([
      { ...silence, id: 'old', endsAtMs: Date.now() - 10_000 },
      { ...silence, id: 'new', endsAtMs: Date.now() + 10_000 },
    ]);
    expect(await allLanes(store)).toHaveLength(2500);
    await store.putLanes([{ ...told('lane 0', 2), expiresAtMs: Date.now() - 1 }]);
    await store.tidy(5000);
    expect(await allLanes(store)).toHaveLength(2499);
    const { silences } = await store.changes('0');
    expect(silences.map(({ id }) => id)).toEqual(['new']);
  });

  it('knows a process again that came back, and one that left', async () => {
    const server = await PostgresServer.start();
    const [first, second] = (await storesOn(server, 2)) as [SharedStore, SharedStore];
    server.sql("UPDATE skopos_alerting_peers SET seen_at = seen_at - interval '10 s' WHERE id = 'id0'");
    const { peers } = await second.greet(0);
    expect(peers[0]?.silentMs).toBeGreaterThan(deadAfterMs);
    const self = { id: 'another', name: 'n0', address: 'host0:9600', version: '2' };
    const again = new SharedStore(connect(server.url), self);
    await again.greet(0);
    expect((await second.greet(0)).peers.map(({ id, version }) => `${id} ${version}`)).toEqual(['another 2']);
    await again.leave();
    expect((await second.greet(0)).peers).toEqual([]);
    await first.leave();
  });
});
