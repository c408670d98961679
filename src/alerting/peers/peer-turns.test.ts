import { expect, it } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import type { NotificationLogEntry } from '../dedup.ts';
import type { KeptEntry } from '../notification-log.ts';
import { PeerTurns, type PeerTurnsOptions } from './peer-turns.ts';
import type { PeersStatus } from './peers-options.ts';
import type { SharedLane } from './shared-store.ts';
import { entryOf } from './shared-text.ts';
import { Wakeup } from './wakeup.ts';

const firing = '{"firing":["f1"],"resolved":[]}';

/** Turns over a log in memory and a database that answers as the test says. */
function workshop(
  options: {
    state?: PeersStatus['state'];
    position?: number;
    claim?: PeerTurnsOptions['store']['claim'];
  } = {},
) {
  const clock = new VirtualClock(1000);
  const log = new Map<string, KeptEntry>();
  const news = new Wakeup();
  const around = {
    state: options.state ?? 'together',
    asked: [] as (readonly string[])[],
    released: [] as string[],
    outcomes: [] as string[],
    faults: [] as unknown[],
  };
  const turns = new PeerTurns({
    clock,
    news,
    notifications: { get: (lane) => log.get(lane) },
    books: {
      take: (shared) => void log.set(shared.lane, entryOf(shared)),
      hold: () => Promise.resolve(),
      release: (lane) => void around.released.push(lane),
      toldBy: () => 'b',
    },
    store: {
      claim(lanes) {
        around.asked.push(lanes);
        return options.claim?.(lanes) ?? Promise.resolve(new Map(lanes.map((lane) => [lane, undefined])));
      },
    },
    metrics: { turn: (outcome) => void around.outcomes.push(outcome), lost: () => undefined },
    state: () => around.state,
    position: () => options.position ?? 0,
    lost(error) {
      around.faults.push(error);
      around.state = 'alone';
    },
  });
  return { clock, log, news, turns, around };
}

const never = new AbortController().signal;
const isNew = (last: NotificationLogEntry | undefined): boolean => last === undefined;
const told: SharedLane = {
  ...{ lane: 'x', atMs: 5, expiresAtMs: 9e15, text: firing, memory: '{}', toldBy: 'b' },
};

it('sends what nobody else is sending, and lets go after each attempt', async () => {
  const { turns, around } = workshop();
  const turn = turns.of('x');
  expect(await turn.begin(isNew, never)).toMatchObject({ kind: 'mine', last: undefined });
  turn.end();
  turn.end();
  expect(around.released).toEqual(['x']);
  expect(await turn.begin(isNew, never)).toMatchObject({ kind: 'mine' });
  expect(around.outcomes).toEqual(['mine', 'mine']);
});

it('is silent when the answer says that a peer told it meanwhile, and lets go at once', async () => {
  const { turns, around } = workshop({ claim: async () => new Map([['x', told]]) });
  expect(await turns.of('x').begin(isNew, never)).toMatchObject({ kind: 'told', by: 'b' });
  expect(around.released).toEqual(['x']);
});

it('sends after what was told before, when there is more to say', async () => {
  const { turns } = workshop({ claim: async () => new Map([['x', told]]) });
  expect(await turns.of('x').begin(() => true, never)).toMatchObject({ kind: 'mine', last: { atMs: 5 } });
});

it('waits while a peer sends, asks nobody when it hears that the peer told it', async () => {
  const { clock, news, log, turns, around } = workshop({ claim: async () => new Map() });
  const answer = turns.of('x').begin(isNew, never);
  await clock.advance(100);
  expect(around.asked).toHaveLength(1);
  log.set('x', entryOf(told));
  news.wake();
  expect(await answer).toMatchObject({ kind: 'told' });
  expect(around.asked).toHaveLength(1);
});

it('asks again until the peer lets go', async () => {
  let isHeld = true;
  const { clock, turns, around } = workshop({
    claim: async (lanes) => new Map(isHeld ? [] : lanes.map((lane) => [lane, undefined])),
  });
  const answer = turns.of('x').begin(isNew, never);
  for (let i = 0; i < 5; i++) await clock.advance(500);
  isHeld = false;
  await clock.advance(1000);
  expect(await answer).toMatchObject({ kind: 'mine' });
  expect(around.asked.length).toBeGreaterThan(3);
});

it('sends when nobody can be asked', async () => {
  const away = new Error('away');
  const { turns, around } = workshop({ claim: () => Promise.reject(away) });
  expect(await turns.of('x').begin(isNew, never)).toMatchObject({ kind: 'mine' });
  expect(around.faults).toEqual([away]);
  // The next one does not wait for an answer that will not come.
  expect(await turns.of('y').begin(isNew, never)).toMatchObject({ kind: 'mine' });
  expect(around.asked).toHaveLength(1);
  expect(around.outcomes).toEqual(['alone', 'alone']);
});

it('does not wait for the start longer than it may', async () => {
  const { clock, turns } = workshop({ state: 'joining' });
  let kind = '';
  void turns
    .of('x')
    .begin(isNew, never)
    .then((answer) => {
      kind = answer.kind;
    });
  await clock.advance(4900);
  expect(kind).toBe('');
  await clock.advance(200);
  expect(kind).toBe('mine');
});

it('lets those before it go first, but not at every attempt', async () => {
  const { clock, turns, around } = workshop({ position: 2 });
  const turn = turns.of('x');
  const first = turn.begin(isNew, never);
  await clock.advance(150);
  expect(around.asked).toHaveLength(0);
  await clock.advance(100);
  expect(await first).toMatchObject({ kind: 'mine' });
  turn.end();
  expect(await turn.begin(isNew, never)).toMatchObject({ kind: 'mine' });
});

it('asks for many lanes at once, however they come', async () => {
  const { turns, around } = workshop();
  const lanes = Array.from({ length: 500 }, (_, i) => `lane ${i}`);
  const answers = await Promise.all(lanes.map((lane) => turns.of(lane).begin(isNew, never)));
  expect(answers.every(({ kind }) => kind === 'mine')).toBe(true);
  expect(around.asked.flat().sort()).toEqual([...lanes].sort());
  expect(around.asked.length).toBeLessThan(10);
});

it('stops waiting when it is told to', async () => {
  const stop = new AbortController();
  const { clock, turns } = workshop({ claim: async () => new Map() });
  const answer = turns.of('x').begin(isNew, stop.signal);
  await clock.advance(100);
  stop.abort();
  expect(await answer).toMatchObject({ kind: 'stopped' });
});
