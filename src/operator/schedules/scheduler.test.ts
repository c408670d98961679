import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { silentLogger } from '../../log/logger.ts';
import { openDatabase } from '../../store/open.ts';
import { BuiltInKeeper } from './built-in-keeper.ts';
import { cronTimes, spreadDaily } from './cron.ts';
import type { Schedule } from './schedule.ts';
import { type RunOutcome, Scheduler } from './scheduler.ts';

const hour = 3_600_000;
const day = 24 * hour;
const commands = [{ commandName: 'kubescapeScan' }];
const wanted = { kind: 'posture', timeZone: '', isPaused: false, commands } as const;

function bench(startAt: string) {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-scheduler-'));
  const db = openDatabase(join(dir, 'test.db'));
  onTestFinished(() => {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const clock = new VirtualClock(Date.parse(startAt));
  const keeper = new BuiltInKeeper(db, clock);
  const runs: string[] = [];
  const outcomes: RunOutcome[] = [];
  const state = { isLeader: true, isRunning: false };
  const start = (schedule: Schedule, id: string): void => {
    expect(id).toMatch(new RegExp(`^${schedule.name}\\.\\d+$`));
    runs.push(`${schedule.name} ${new Date(clock.now()).toISOString().slice(0, 16)}`);
  };
  /** Runs the scheduler for so long in virtual time, then ends it. */
  async function run(ms: number): Promise<void> {
    const stop = new AbortController();
    const scheduler = new Scheduler({
      ...{ keeper, clock, log: silentLogger, start, lookEveryMs: hour },
      isLeader: () => state.isLeader,
      isRunning: () => state.isRunning,
      told: (_schedule, outcome) => outcomes.push(outcome),
    });
    const running = scheduler.run(stop.signal);
    await clock.advance(ms);
    stop.abort();
    await running;
  }
  return { clock, keeper, runs, outcomes, state, run };
}

describe('the built-in scheduler', () => {
  it('runs each recurring scan when it falls due, and those that come while it runs, too', async () => {
    const { keeper, runs, run } = bench('2026-06-01T00:00:00Z');
    await keeper.create({ ...wanted, name: 'hourly', cron: '15 * * * *' });
    await run(2 * hour);
    await keeper.create({ ...wanted, name: 'other', cron: '20 2 * * *' });
    await run(hour);
    expect(runs).toEqual([
      'hourly 2026-06-01T00:15',
      'hourly 2026-06-01T01:15',
      'hourly 2026-06-01T02:15',
      'other 2026-06-01T02:20',
    ]);
  });

  it('runs a time that the clocks leave out at the first moment after it, and one that comes twice once', async () => {
    const spring = bench('2026-03-28T12:00:00Z');
    await spring.keeper.create({ ...wanted, name: 'night', cron: '30 2 * * *', timeZone: 'Europe/Berlin' });
    await spring.run(2 * day);
    expect(spring.runs).toEqual(['night 2026-03-29T01:00', 'night 2026-03-30T00:30']);

    const autumn = bench('2026-10-24T12:00:00Z');
    await autumn.keeper.create({ ...wanted, name: 'night', cron: '30 2 * * *', timeZone: 'Europe/Berlin' });
    await autumn.run(2 * day);
    expect(autumn.runs).toEqual(['night 2026-10-25T00:30', 'night 2026-10-26T01:30']);
  });

  it('runs every hour that passes when the clocks change', async () => {
    const { keeper, runs, run } = bench('2026-10-24T22:30:00Z');
    await keeper.create({ ...wanted, name: 'hourly', cron: '0 * * * *', timeZone: 'Europe/Berlin' });
    await run(4 * hour);
    expect(runs).toHaveLength(4);
  });

  it('makes up for the last of the times that passed while it was away, once', async () => {
    const { clock, keeper, runs, outcomes, run } = bench('2026-06-01T00:00:00Z');
    await keeper.create({ ...wanted, name: 'hourly', cron: '0 * * * *' });
    await run(90 * 60_000);
    await clock.advance(5 * hour);
    await run(60_000);
    expect(runs).toEqual(['hourly 2026-06-01T01:00', 'hourly 2026-06-01T06:30']);
    expect(outcomes.filter((outcome) => outcome === 'missed')).toHaveLength(4);
    await run(hour);
    expect(runs.at(-1)).toBe('hourly 2026-06-01T07:00');
  });

  it('comes back quickly after a very long absence', async () => {
    const { clock, keeper, runs, run } = bench('2020-01-01T00:00:00Z');
    await keeper.create({ ...wanted, name: 'often', cron: '* * * * *' });
    await clock.advance(5 * 365 * day);
    await run(1000);
    expect(runs).toHaveLength(1);
  });

  it('passes a time over while the last run goes on', async () => {
    const { keeper, runs, outcomes, state, run } = bench('2026-06-01T00:00:00Z');
    await keeper.create({ ...wanted, name: 'hourly', cron: '0 * * * *' });
    state.isRunning = true;
    await run(hour + 1);
    state.isRunning = false;
    await run(hour);
    expect(runs).toEqual(['hourly 2026-06-01T02:00']);
    expect(outcomes).toEqual(['overlap', 'started']);
  });

  it('leaves paused ones, and all of them where another is the leader', async () => {
    const { keeper, runs, state, run } = bench('2026-06-01T00:00:00Z');
    await keeper.create({ ...wanted, name: 'paused', cron: '0 * * * *', isPaused: true });
    await run(3 * hour);
    // What passed while it was paused is not made up for.
    await keeper.update('paused', { isPaused: false });
    state.isLeader = false;
    await run(2 * hour);
    expect(runs).toEqual([]);
    state.isLeader = true;
    await run(60_000);
    expect(runs).toEqual(['paused 2026-06-01T05:00']);
  });

  it('tries again after a refusal at the next time, and the others are not held up', async () => {
    const { keeper, run, clock } = bench('2026-06-01T00:00:00Z');
    await keeper.create({ ...wanted, name: 'broken', cron: '0 * * * *', timeZone: 'Mars/Olympus' });
    await keeper.create({ ...wanted, name: 'whole', cron: '0 1 * * *' });
    await run(hour + 1);
    expect(keeper.all().find(({ name }) => name === 'whole')?.lastDueMs).toBe(clock.now() - 1);
  });
});

describe('schedules', () => {
  it.each(['0 0 L * *', '0 0 * * 5#2', '0 0 15W * *', '0 0 * * * *', '0 0 * *', '@every 1h', '@reboot', ''])(
    'refuses %j, which a CronJob does not know either',
    (cron) => {
      expect(() => cronTimes(cron, '')).toThrow(/cron/);
    },
  );

  it('takes names of months and days, and a Sunday as 0 or 7', () => {
    const fromMs = Date.parse('2026-06-01T00:00:00Z');
    const next = (cron: string) => new Date(cronTimes(cron, '').next(fromMs) ?? 0).toISOString().slice(0, 10);
    expect([next('0 0 * JUL MON-FRI'), next('0 0 * * 7'), next('0 0 * * 0'), next('@monthly')]).toEqual([
      '2026-07-01',
      '2026-06-07',
      '2026-06-07',
      '2026-07-01',
    ]);
  });

  it('spreads those that name no time over the day', () => {
    const times = Array.from({ length: 200 }, (_, i) => spreadDaily(`scan-${i}`));
    expect(new Set(times).size).toBeGreaterThan(120);
    for (const time of times) expect(cronTimes(time, '').next(0)).toBeLessThanOrEqual(day);
  });
});
