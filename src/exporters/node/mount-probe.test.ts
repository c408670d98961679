import { expect, it } from 'vitest';
import { VirtualClock } from '../../kit/clock.ts';
import { MountProbe, type Statfs } from './mount-probe.ts';
import { PoolPlaces } from './pool-places.ts';
import { whileTimePasses } from './testing.ts';

const numbers = { bsize: 1, blocks: 2, bfree: 3, bavail: 4, files: 5, ffree: 6 };

/** Paths that begin with /stuck answer when they are let go. */
function statfsWith(): { statfs: Statfs; asked: string[]; letGo: () => void } {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    asked,
    letGo: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
    statfs: (path) => {
      asked.push(path);
      if (path === '/gone') return Promise.reject(new Error('ENOENT: no such file'));
      if (!path.startsWith('/stuck')) return Promise.resolve(numbers);
      return new Promise((resolve) => waiting.push(() => resolve(numbers)));
    },
  };
}

const remote = (path: string) => ({ path, fstype: 'nfs4' });
const local = (path: string) => ({ path, fstype: 'ext4' });

it('tells of a mount that does not answer, and does not ask it again before it has', async () => {
  const clock = new VirtualClock();
  const { statfs, asked, letGo } = statfsWith();
  const probe = new MountProbe({ statfs, timeoutMs: 3000, places: new PoolPlaces(4) });
  const mounts = [remote('/stuck'), local('/'), local('/gone')];
  const first = await whileTimePasses(probe.ask(mounts, clock), clock);
  expect(first).toEqual(['mountpoint timeout', numbers, 'ENOENT: no such file']);
  expect(await whileTimePasses(probe.ask(mounts, clock), clock)).toEqual(first);
  expect(asked.filter((path) => path === '/stuck')).toHaveLength(1);
  letGo();
  await clock.advance(1);
  expect(await whileTimePasses(probe.ask([remote('/stuck')], clock), clock)).toEqual(['mountpoint timeout']);
  expect(asked.filter((path) => path === '/stuck')).toHaveLength(2);
});

it('keeps asking for disks of this machine, however many mounts of the network are stuck', async () => {
  const clock = new VirtualClock();
  const { statfs, asked } = statfsWith();
  const probe = new MountProbe({ statfs, timeoutMs: 3000, places: new PoolPlaces(4) });
  const many = Array.from({ length: 50 }, (_, i) => remote(`/stuck/${i}`));
  const answers = await whileTimePasses(probe.ask([...many, local('/'), local('/var')], clock), clock);
  expect(answers.slice(-2)).toEqual([numbers, numbers]);
  expect(answers).toContain('not asked: too many mounts do not answer');
  // Each one that is asked keeps a thread.
  expect(asked.filter((path) => path.startsWith('/stuck')).length).toBeLessThanOrEqual(2);
  expect(await whileTimePasses(probe.ask([remote('/well'), local('/var')], clock), clock)).toEqual([
    'not asked: too many mounts do not answer',
    numbers,
  ]);
});
