import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { PoolPlaces } from '../node/pool-places.ts';
import { SlowFiles } from '../node/slow-files.ts';
import { ContainerCollector } from './collector.ts';
import { testContext, testMachine, valuesOf } from './testing.ts';

it('leaves out a cgroup whose sums never come, tells the others, and says so', async () => {
  const { folder, roots } = testMachine({
    'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
    'sys/fs/cgroup/cpu.stat': 'usage_usec 9000000\n',
    'sys/fs/cgroup/system.slice/cpu.stat': 'usage_usec 1000000\n',
    'sys/fs/cgroup/system.slice/memory.stat': 'anon 5\nfile 6\n',
    'sys/fs/cgroup/dying.slice/cpu.stat': 'usage_usec 2000000\n',
  });
  const pipe = `${folder}/sys/fs/cgroup/dying.slice/memory.stat`;
  execFileSync('mkfifo', [pipe]);
  try {
    const slow = new SlowFiles({ timeoutMs: 5000, places: new PoolPlaces(4) }).reader(systemClock);
    const values = valuesOf(await new ContainerCollector().collect({ ...testContext(roots), slow }));
    expect(values.get('container_memory_rss{id="/system.slice"}')).toBe(5);
    expect(values.get('container_cpu_usage_seconds_total{cpu="total",id="/"}')).toBe(9);
    expect([...values.keys()].join('\n')).not.toContain('/dying.slice');
    expect(values.get('container_scrape_error{}')).toBe(1);
    expect([...slow.silent]).toEqual([[pipe, 'late']]);
  } finally {
    // Lets the one go who waits for a writer.
    closeSync(openSync(pipe, 'r+'));
    rmSync(folder, { recursive: true });
  }
}, 120_000);
