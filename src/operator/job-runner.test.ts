import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { Database } from '../store/database.ts';
import { openDatabase } from '../store/open.ts';
import type { JobKind, JobResult, JobSpec } from './job.ts';
import { type DoJob, JobRunner, type JobRunnerOptions } from './job-runner.ts';
import { interruptedReason, JobStore } from './job-store.ts';

const done: JobResult = { type: 'check', answer: 'well', warnings: [] };

function spec(kind: JobKind = 'posture', title = 'Scan'): JobSpec {
  return { kind, command: 'kubescapeScan', title, work: { type: 'posture', scope: {}, report: false } };
}

/** Work that ends when it is told to. */
function byHand() {
  const waiting: { readonly title: string; readonly end: (error?: Error) => void }[] = [];
  const work: DoJob = ({ job, signal }) =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void => (error === undefined ? resolve(done) : reject(error));
      waiting.push({ title: job.title, end });
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  return { waiting, work };
}

function workshop() {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-jobs-'));
  const db = openDatabase(join(dir, 'test.db'));
  onTestFinished(() => {
    db.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { db, clock: new VirtualClock(Date.parse('2026-06-01T00:00:00Z')) };
}

function runner(
  { db, clock }: { readonly db: Database; readonly clock: VirtualClock },
  work: DoJob,
  options: Partial<JobRunnerOptions> = {},
) {
  const rows: LedgerEntry[] = [];
  const store = new JobStore({ db, clock, maxJobs: 20 });
  const ledger = (row: LedgerEntry): void => void rows.push(row);
  const jobs = new JobRunner({ store, clock, log: silentLogger, ledger, work, ...options });
  const stop = new AbortController();
  const running = jobs.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return { store, jobs, rows, end };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

it('runs jobs of one kind one after the other, and those of others beside them', async () => {
  const { waiting, work } = byHand();
  const { jobs, store } = runner(workshop(), work);
  const first = jobs.submit(spec('posture', 'first'), { origin: 'api' }).job;
  jobs.submit(spec('posture', 'second'), { origin: 'api' });
  jobs.submit(spec('images', 'image'), { origin: 'api' });
  await settled();
  expect(waiting.map(({ title }) => title)).toEqual(['first', 'image']);
  waiting[0]?.end();
  expect(await jobs.ended(first.id, never)).toMatchObject({ state: 'done', result: done });
  await vi.waitFor(() => expect(waiting.map(({ title }) => title)).toEqual(['first', 'image', 'second']));
  expect(store.list().states).toMatchObject({ running: 2, done: 1 });
});

it('tells the ledger each step under the id of the job', async () => {
  const { jobs, rows } = runner(workshop(), async () => {
    throw new Error('the API server is gone');
  });
  const { job } = jobs.submit(spec(), { origin: 'api', id: 'mine', parentId: 'theirs' });
  await jobs.ended(job.id, never);
  expect(rows.map(({ cause, decision }) => `${cause} ${decision}`)).toEqual([
    'mine job queued',
    'mine job running',
    'mine job failed',
  ]);
  expect(rows[2]?.detail).toMatchObject({
    jobID: 'mine',
    parentID: 'theirs',
    reason: 'the API server is gone',
  });
});

it('takes a request with a known id as the job that has it, even after a restart', async () => {
  const bench = workshop();
  const first = runner(bench, async () => done);
  first.jobs.submit(spec(), { origin: 'api', id: 'once' });
  await first.jobs.ended('once', never);
  await first.end();
  const second = runner(bench, async () => done);
  expect(second.jobs.submit(spec(), { origin: 'api', id: 'once' })).toMatchObject({
    isNew: false,
    job: { state: 'done' },
  });
  expect(second.store.list().total).toBe(1);
});

it('takes all of a request or nothing of it', async () => {
  const { work } = byHand();
  const { jobs, store } = runner(workshop(), work, { maxQueued: 2 });
  const request = { spec: spec(), request: { origin: 'api' } };
  expect(() => jobs.submitAll([request, request, request])).toThrow(/jobs wait already/);
  expect([store.list().total, jobs.refused]).toEqual([0, 3]);
  expect(() => jobs.submit(spec(), { origin: 'api', id: 'no/good' })).toThrow(/jobID/);
});

it('ends a job that is cancelled with its parts, and one that takes too long', async () => {
  const bench = workshop();
  const { jobs, store } = runner(
    bench,
    async ({ job, part, signal }) => {
      if (job.isPart || job.title === 'slow')
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('aborted'))),
        );
      await part(spec('posture', 'part'));
      signal.throwIfAborted();
      return done;
    },
    { timeoutMs: () => 60_000 },
  );
  const { job } = jobs.submit(spec('posture', 'whole'), { origin: 'api' });
  await vi.waitFor(() => expect(store.partsOf(job.id).running).toBe(1));
  jobs.cancel(job.id);
  expect(await jobs.ended(job.id, never)).toMatchObject({
    state: 'cancelled',
    reason: 'cancelled on request',
  });
  expect(store.list({ parentId: job.id }).items).toMatchObject([
    { state: 'cancelled', reason: 'what it is a part of was ended' },
  ]);
  expect(() => jobs.cancel(job.id)).toThrow(/ended already/);
  expect(() => jobs.cancel('nobody')).toThrow(/no job/);
  const slow = jobs.submit(spec('posture', 'slow'), { origin: 'api' }).job;
  await settled();
  await bench.clock.advance(60_000);
  expect(await jobs.ended(slow.id, never)).toMatchObject({ state: 'failed', reason: 'took longer than 1m' });
});

it('forgets nothing when the process dies: what ran has failed, what waited runs', async () => {
  const bench = workshop();
  const { work } = byHand();
  // Another process's runner, which is never ended: as after kill -9, only the database is left.
  const store = new JobStore(bench);
  const dead = new JobRunner({ store, clock: bench.clock, log: silentLogger, ledger: () => undefined, work });
  void dead.run(never);
  const ran = dead.submit(spec('posture', 'ran'), { origin: 'api' }).job;
  const waited = dead.submit(spec('posture', 'waited'), { origin: 'api' }).job;
  await settled();
  expect(store.get(ran.id)?.state).toBe('running');

  const { jobs } = runner(bench, async () => done);
  expect(await jobs.ended(ran.id, never)).toMatchObject({ state: 'failed', reason: interruptedReason });
  expect(await jobs.ended(waited.id, never)).toMatchObject({ state: 'done' });
});

it('remembers so many jobs with their parts, and finds them by what they say', async () => {
  const { jobs, store } = runner(workshop(), async ({ job, part }) => {
    if (!job.isPart) await part(spec('posture', `part of ${job.title}`));
    return done;
  });
  for (let i = 0; i < 30; i++) {
    const { job } = jobs.submit(spec('posture', `scan ${i}`), {
      origin: 'api',
      schedule: i % 2 === 0 ? 'even' : '',
    });
    await jobs.ended(job.id, never);
  }
  expect(store.list().total).toBeLessThanOrEqual(21);
  expect(store.list({ all: true }).total).toBeLessThanOrEqual(42);
  expect(store.list({ text: 'SCAN 29' }).items.map(({ title }) => title)).toEqual(['scan 29']);
  expect(store.lastRuns(['even', 'odd']).get('even')?.title).toBe('scan 28');
  expect(store.list({ states: ['failed'] })).toMatchObject({ total: 0, items: [] });
});
