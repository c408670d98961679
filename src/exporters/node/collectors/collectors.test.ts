import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeFiles, writeNodeTree } from '../../../../test/support/node-tree.ts';
import { VirtualClock } from '../../../kit/clock.ts';
import { collectorTable } from '../../../roles/node/collector-table.ts';
import type { CreateCollector } from '../collector.ts';
import { contextOf, everything, seriesOf, whileTimePasses } from '../testing.ts';
import { cpu } from './cpu.ts';
import { filesystemWith } from './filesystem.ts';
import { meminfo } from './meminfo.ts';
import { uname } from './uname.ts';

const root = mkdtempSync(join(tmpdir(), 'node-collectors-'));
afterAll(() => rmSync(root, { recursive: true }));

const tree = writeNodeTree(join(root, 'tree'));
const ours = collectorTable.filter(({ page, name }) => page === '/metrics' && name !== 'textfile');

describe('of a recorded machine', () => {
  // These ask the kernel that runs for more than the folders have.
  const live = ['uname', 'filesystem'];

  it.each(ours.filter(({ name }) => !live.includes(name)))('$name tells something', async ({ load }) => {
    const families = await (await load())(everything).collect(contextOf(tree));
    const samples = families.flatMap((family) => [...family.samples]);
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
    for (const { name, type } of families) {
      expect(name).toMatch(/^node_[a-zA-Z0-9_]+$/);
      if (type === 'counter') expect(name).toMatch(/_total$/);
    }
  });

  it('prefers what the first process sees of the network to what a container sees', async () => {
    writeFiles(join(root, 'container/proc'), {
      '1/net/dev': 'Inter-|  Receive|  Transmit\n face |bytes packets|bytes\n  eth0: 7 8 9\n',
      'net/dev': 'Inter-|  Receive|  Transmit\n face |bytes packets|bytes\n  veth: 1 2 3\n',
    });
    const { load } = collectorTable.find(({ name }) => name === 'netdev') as (typeof collectorTable)[number];
    const families = await (await load())(everything).collect(
      contextOf({ procfs: join(root, 'container/proc') }),
    );
    expect(seriesOf(families)).toEqual({
      'node_network_receive_bytes_total{device="eth0"}': 7,
      'node_network_receive_packets_total{device="eth0"}': 8,
      'node_network_transmit_bytes_total{device="eth0"}': 9,
    });
  });

  it("names the host, not the container, where the host's root is another", async () => {
    writeFiles(join(root, 'named'), { 'etc/hostname': 'worker-7\n' });
    const families = await uname(everything).collect(
      contextOf({ procfs: '/proc', rootfs: join(root, 'named') }),
    );
    expect(families[0]?.samples[0]?.labels['nodename']).toBe('worker-7');
  });
});

describe('of files of unknown shapes', () => {
  /** Every file of the tree with the same odd text instead. */
  function spoiled(text: string): typeof tree {
    const folder = mkdtempSync(join(root, 'odd-'));
    const made = writeNodeTree(folder);
    for (const place of [made.procfs, made.sysfs, made.udevData])
      for (const entry of readdirSync(place, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) writeFileSync(join(entry.parentPath, entry.name), text);
    return made;
  }

  const shapes = [
    '',
    '\n',
    'x',
    ':\n::\n',
    '-1 -1 -1\n',
    'cpu0\n',
    'a b c d e f g h\n',
    '\u0000\u0000',
    '9'.repeat(400),
  ];

  it.each(shapes.map((text) => [text]))(
    'all collectors end, with numbers or an error, for %j',
    async (text) => {
      const roots = spoiled(text);
      for (const { load } of ours) {
        const told = await outcome(await load(), roots);
        if (told !== 'failed') expect(Object.values(told).filter(Number.isNaN)).toEqual([]);
      }
    },
  );

  it('no text at all makes meminfo or cpu tell what is not a number', () => {
    const folder = mkdtempSync(join(root, 'any-'));
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'cpu0 19:()kB\n-') })),
        (text) => {
          for (const [file, create] of [
            ['meminfo', meminfo],
            ['stat', cpu],
          ] as const) {
            writeFileSync(join(folder, file), text);
            try {
              const families = create(everything).collect(contextOf({ procfs: folder }));
              expect(Object.values(seriesOf(families as never)).filter(Number.isNaN)).toEqual([]);
            } catch (error) {
              expect(error).toMatchObject({ code: 'BAD_INPUT' });
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('a FIFO in the place of a file keeps nobody waiting', async () => {
    const folder = mkdtempSync(join(root, 'fifo-'));
    execFileSync('mkfifo', [join(folder, 'meminfo')]);
    await expect(
      async () => await meminfo(everything).collect(contextOf({ procfs: folder })),
    ).rejects.toThrow(/has no line that is known/);
  });
});

async function outcome(
  create: CreateCollector,
  roots: typeof tree,
): Promise<Record<string, number> | 'failed'> {
  try {
    return seriesOf(await create(everything).collect(contextOf(roots)));
  } catch {
    return 'failed';
  }
}

describe('cpu', () => {
  const folder = join(root, 'cpu');
  const collector = cpu({ ...everything, cpuInfo: false });
  const idleAfter = async (idle: number, user = 100): Promise<number[]> => {
    writeFiles(folder, { stat: `cpu0 ${user} 0 0 ${idle} 0 0 0 0 0 0\n` });
    const series = seriesOf(await collector.collect(contextOf({ procfs: folder })));
    return ['idle', 'user'].map(
      (mode) => series[`node_cpu_seconds_total{cpu="0",mode="${mode}"}`] ?? Number.NaN,
    );
  };

  it('does not let a counter run back by a tick, but begins anew with a processor that came again', async () => {
    expect(await idleAfter(5000)).toEqual([50, 1]);
    expect(await idleAfter(4999, 99)).toEqual([50, 1]);
    expect(await idleAfter(5010, 101)).toEqual([50.1, 1.01]);
    expect(await idleAfter(10, 2)).toEqual([0.1, 0.02]);
  });
});

describe('filesystem', () => {
  it('tells of a mount that hangs as an error of its device, and of all others', async () => {
    const clock = new VirtualClock();
    const numbers = { bsize: 512, blocks: 8, bfree: 4, bavail: 2, files: 100, ffree: 50 };
    const asked: string[] = [];
    let letGo = () => {};
    // What never answers holds a place of the whole process.
    onTestFinished(() => letGo());
    const create = filesystemWith((path) => {
      asked.push(path);
      if (!path.endsWith('/mnt/dead')) return Promise.resolve(numbers);
      return new Promise((resolve) => {
        letGo = () => resolve(numbers);
      });
    }, 3000);
    writeFiles(join(root, 'mounts/proc'), {
      '1/mounts':
        '/dev/a / ext4 rw 0 0\nserver:/x /mnt/dead nfs rw 0 0\n/dev/b /with\\040blank xfs ro,noatime 0 0\n',
    });
    const collected = create(everything).collect({
      ...contextOf({ procfs: join(root, 'mounts/proc'), rootfs: '/host' }),
      clock,
    });
    const series = seriesOf(await whileTimePasses(Promise.resolve(collected), clock));
    expect(series).toMatchObject({
      'node_filesystem_size_bytes{device="/dev/a",mountpoint="/",fstype="ext4"}': 4096,
      'node_filesystem_readonly{device="/dev/b",mountpoint="/with blank",fstype="xfs"}': 1,
      'node_filesystem_device_error{device="/dev/a",mountpoint="/",fstype="ext4"}': 0,
      'node_filesystem_device_error{device="server:/x",mountpoint="/mnt/dead",fstype="nfs",device_error="mountpoint timeout"}': 1,
    });
    expect(asked.sort()).toEqual(['/host/', '/host/mnt/dead', '/host/with blank']);
  });
});
