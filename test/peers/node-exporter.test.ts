import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueFlags } from '../../src/roles/node/node-flags.ts';
import { startNode } from '../../src/roles/node/testing.ts';
import { parseText } from '../../src/scrape/text/parse-text.ts';
import { type NodeTree, writeNodeTree } from '../support/node-tree.ts';
import { freePort } from '../support/skopos-process.ts';

const peer = 'prometheus-node-exporter';
const isThere = (() => {
  try {
    execFileSync(peer, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Differences that docs/differences.md explains. Ours has these not: */
const notOurs = [/^go_/, /^promhttp_/, /^process_virtual_memory_max_bytes$/, /^node_systemd_/];
/** Version 1.5 of node exporter has these not, newer ones do: */
const newer = [
  /^node_netstat_TcpExt_TCP(OFOQueue|RcvQDrop)$/,
  /^node_xfs_inode_operation_/,
  /^node_cpu_scaling_governor$/,
  /^node_zfs_arc_memory_available_bytes$/,
  /^node_zfs_zpool_state$/,
];
/** Where it is node exporter 1.5 that reads wrongly. */
const misread = [
  /^node_bcache_written_bytes_total/,
  /^node_btrfs_global_rsv_size_bytes/,
  /^node_nfsd_requests_total.*(RelLockOwner|Verify|Write).*proto="4"/,
];
/** Collectors that we do not have. */
const peerCollectors = ['systemd'];

/** Neither is about the machine, but about who tells it. */
const aboutTheTeller = /^(process_|node_exporter_build_info|node_scrape_collector_duration_seconds)/;

interface Told {
  readonly families: ReadonlyMap<string, { readonly help: string | undefined; readonly type: string }>;
  readonly values: ReadonlyMap<string, number>;
}

function told(text: string): Told {
  const families = parseText(text);
  return {
    families: new Map(families.map(({ name, help, type }) => [name, { help, type }])),
    values: new Map(
      families.flatMap(({ samples }) =>
        samples.map(({ name, labels, value }) => [
          `${name}{${labels
            .filter(([, text]) => text !== '')
            .map(([label, text]) => `${label}=${JSON.stringify(text)}`)
            .sort()
            .join()}}`,
          value,
        ]),
      ),
    ),
  };
}

const stops: (() => Promise<void>)[] = [];

async function startPeer(args: readonly string[]): Promise<string> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(peer, [`--web.listen-address=${url.slice(7)}`, ...args], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  stops.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await expect
    .poll(
      () =>
        fetch(url).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 60_000, interval: 50 },
    )
    .toBe(true);
  return `${url}/metrics`;
}

async function startOurs(flags: Readonly<Record<string, string | boolean>>): Promise<string> {
  const { url, stop } = await startNode(flags);
  stops.push(stop);
  return `${url}/metrics`;
}

async function read(url: string): Promise<Told> {
  const reply = await fetch(url);
  expect(reply.status).toBe(200);
  return told(await reply.text());
}

const isListed = (patterns: readonly RegExp[]) => (name: string) =>
  patterns.some((pattern) => pattern.test(name));
const isOfPeerCollector = (series: string): boolean =>
  peerCollectors.some((name) => series.includes(`collector="${name}"`));

/** Flags that both programs know, so that the same is asked of both. */
const sameFilters = valueFlags.flatMap((flag) =>
  /^collector\.(filesystem|netstat|vmstat)\./.test(flag.flag) && 'initial' in flag
    ? [`--${flag.flag}=${flag.initial}`]
    : [],
);

let folder: string;
let tree: NodeTree;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-exporter-'));
  tree = writeNodeTree(join(folder, 'tree'));
});

afterAll(async () => {
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Names, help, types and label sets of both, those aside that are explained. */
function expectSameShape(ours: Told, theirs: Told): void {
  const wanted = [...theirs.families].filter(([name]) => !isListed([...notOurs, ...newer])(name));
  const shared = [...ours.families].filter(([name]) => !isListed(newer)(name));
  expect(Object.fromEntries(shared)).toEqual(Object.fromEntries(wanted));
  const seriesOf = ({ values }: Told, but: readonly RegExp[]): string[] =>
    [...values.keys()]
      .filter((series) => !isListed(but)(series.slice(0, series.indexOf('{'))))
      .filter((series) => !aboutTheTeller.test(series) && !isOfPeerCollector(series))
      .sort();
  expect(seriesOf(ours, newer)).toEqual(seriesOf(theirs, [...notOurs, ...newer]));
}

describe.skipIf(!isThere)(`${peer} on the same machine (not installed: apt-get install ${peer})`, () => {
  it('tells the same, but for what time explains', async () => {
    const textfiles = join(folder, 'textfiles');
    mkdirSync(textfiles);
    writeFileSync(
      join(textfiles, 'a.prom'),
      '# HELP backup_age_seconds Age.\n# TYPE backup_age_seconds gauge\nbackup_age_seconds{job="a\\"b"} 12\nplain 3\n',
    );
    writeFileSync(
      join(textfiles, 'b.prom'),
      '# TYPE took histogram\ntook_bucket{le="1"} 2\ntook_bucket{le="+Inf"} 3\ntook_sum 4\ntook_count 3\nplain{of="b"} 4\n',
    );
    const theirs = await startPeer([
      ...sameFilters,
      '--collector.netdev.device-exclude=',
      '--collector.stat.softirq',
      '--collector.cpu.info',
      `--collector.textfile.directory=${textfiles}`,
    ]);
    const ours = await startOurs({
      ...{ 'collector.stat.softirq': true, 'collector.cpu.info': true, 'collector.container': false },
      ...{ 'collector.textfile.directory': textfiles },
    });
    let open: string[] | undefined;
    // A gauge may be up and down again between two readings; it is not explained for as long as no reading fits.
    for (let round = 0; round < 30 && open?.length !== 0; round++) {
      const before = await read(theirs);
      const mine = await read(ours);
      const after = await read(theirs);
      if (open === undefined) expectSameShape(mine, after);
      open = (open ?? [...mine.values.keys()]).filter((series) => !isBetween(series, before, mine, after));
    }
    expect(open).toEqual([]);
  }, 300_000);

  it('tells the same of a recorded machine, to the last digit', async () => {
    const paths = {
      'path.procfs': tree.procfs,
      'path.sysfs': tree.sysfs,
      'path.rootfs': tree.rootfs,
      'path.udev.data': tree.udevData,
    };
    // These ask the kernel that runs, whatever the folders say.
    const live = ['time', 'uname', 'timex', 'systemd', 'selinux', 'textfile'];
    const theirs = await startPeer([
      ...Object.entries(paths).map(([flag, value]) => `--${flag}=${value}`),
      ...live.map((name) => `--no-collector.${name}`),
      ...sameFilters,
      ...['--collector.netdev.device-exclude=', '--no-collector.netdev.netlink', '--collector.stat.softirq'],
      ...[
        '--collector.cpu.info',
        '--collector.cpu.info.flags-include=^(aes|avx.?)$',
        '--collector.bcache.priorityStats',
      ],
      '--collector.cpu.info.bugs-include=.*',
    ]);
    const ours = await startOurs({
      ...paths,
      ...Object.fromEntries(live.map((name) => [`collector.${name}`, false])),
      ...{
        'collector.stat.softirq': true,
        'collector.cpu.info': true,
        'collector.bcache.priorityStats': true,
      },
      ...{ 'collector.cpu.info.flags-include': '^(aes|avx.?)$', 'collector.cpu.info.bugs-include': '.*' },
    });
    const mine = await read(ours);
    const wanted = await read(theirs);
    expectSameShape(mine, wanted);
    const differences = [...mine.values].filter(
      ([series, value]) =>
        !aboutTheTeller.test(series) &&
        !isListed([...misread, /^node_filesystem/])(series) &&
        wanted.values.has(series) &&
        !isClose(value, wanted.values.get(series) ?? 0),
    );
    expect(differences).toEqual([]);
  }, 120_000);
});

/** Whether ours lies between the two readings of the other, or next to them where it goes up and down. */
function isBetween(series: string, before: Told, mine: Told, after: Told): boolean {
  const name = series.slice(0, series.indexOf('{'));
  const value = mine.values.get(series);
  // A family that is explained, or one that came and went.
  if (value === undefined || isListed(newer)(name) || aboutTheTeller.test(name)) return true;
  const all = [before.values.get(series), after.values.get(series)].filter((one) => one !== undefined);
  if (all.length < 2) return false;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const slack = mine.families.get(name)?.type === 'gauge' ? 0.02 * Math.abs(high) : 0;
  return (value >= low - slack && value <= high + slack) || isClose(value, low) || isClose(value, high);
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1);
}
