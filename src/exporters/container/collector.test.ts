import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { NoDataError } from '../node/collector.ts';
import { ContainerCollector } from './collector.ts';
import { addFiles, testContext, testMachine, valuesOf } from './testing.ts';

const uid = '0f0e0d0c-1111-2222-3333-444455556666';
const id = 'a1'.repeat(32);
const pause = 'b2'.repeat(32);
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}, 120_000);

function machine(files: Readonly<Record<string, string>>) {
  const made = testMachine(files);
  folders.push(made.folder);
  return made;
}

/** Paths get `folder` before them. */
function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

const pressure =
  'some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n';

const v2Files = {
  'cpu.stat':
    'usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\nnr_periods 10\nnr_throttled 4\nthrottled_usec 250000\n',
  'cpu.max': '50000 100000\n',
  'cpu.weight': '39\n',
  'memory.current': '1000000\n',
  'memory.peak': '2000000\n',
  'memory.stat':
    'anon 300000\nfile 600000\nkernel 5000\nfile_mapped 70000\nfile_dirty 8\nfile_writeback 9\ninactive_file 400000\nactive_file 200000\npgfault 11\npgmajfault 12\npgscan 13\npgsteal 14\nworkingset_refault_anon 15\nworkingset_refault_file 16\n',
  'memory.events': 'low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\n',
  'memory.max': '5000000\n',
  'memory.min': '0\n',
  'memory.swap.current': '77\n',
  'memory.swap.max': 'max\n',
  'cpu.pressure': pressure,
  'memory.pressure': pressure,
  'io.pressure': pressure,
  'io.stat': '8:0 rbytes=100 wbytes=200 rios=3 wios=4 dbytes=0 dios=0\n',
  'pids.current': '6\n',
  'pids.max': '100\n',
  'cgroup.procs': '55\n56\n',
};

const slice = `sys/fs/cgroup/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice`;
const netDev = (bytes: number) =>
  `Inter-|\n face |\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n  eth0: ${bytes} 20 1 2 0 0 0 0 300 30 3 4 0 0 0 0\n`;

function v2Machine(more: Readonly<Record<string, string>> = {}) {
  return machine({
    'sys/fs/cgroup/cgroup.controllers': 'cpu io memory pids\n',
    'sys/fs/cgroup/cpu.stat': 'usage_usec 90000000\nuser_usec 60000000\nsystem_usec 30000000\n',
    'sys/fs/cgroup/memory.stat': 'anon 1\nfile 2\ninactive_file 1024\n',
    'sys/dev/block/8:0': '',
    ...below(`${slice}/cri-containerd-${id}.scope`, v2Files),
    ...below(`${slice}/cri-containerd-${pause}.scope`, {
      'cpu.stat': 'usage_usec 1\n',
      'cgroup.procs': '50\n',
    }),
    ...below(slice, {
      'cpu.stat': 'usage_usec 3000001\n',
      'memory.current': '1000100\n',
      'cgroup.procs': '',
    }),
    'proc/meminfo': 'MemTotal:       4000 kB\nMemFree:        1000 kB\n',
    'proc/1/net/dev': netDev(9),
    'proc/1/mounts': '/dev/sda1 / ext4 rw 0 0\nserver:/x /mnt nfs rw 0 0\n/dev/sda1 /again ext4 rw 0 0\n',
    'proc/50/net/dev': netDev(10),
    'proc/55/net/dev': netDev(10),
    'proc/55/limits': 'Max open files            1024                 4096   files\n',
    'proc/pressure/cpu': pressure,
    'root/keep': '',
    ...more,
  });
}

const containerdState = (annotations: Record<string, string>) =>
  JSON.stringify({ ociVersion: '1', annotations });
const runtime = {
  [`root/run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/config.json`]: containerdState({
    'io.kubernetes.cri.container-type': 'container',
    'io.kubernetes.cri.container-name': 'web',
    'io.kubernetes.cri.image-name': 'docker.io/library/nginx:1.29',
    'io.kubernetes.cri.sandbox-name': 'shop-0',
    'io.kubernetes.cri.sandbox-namespace': 'shop',
    'io.kubernetes.cri.sandbox-uid': uid,
  }),
  [`root/run/containerd/io.containerd.runtime.v2.task/k8s.io/${pause}/config.json`]: containerdState({
    'io.kubernetes.cri.container-type': 'sandbox',
    'io.kubernetes.cri.podsandbox.image-name': 'registry.k8s.io/pause:3.10',
    'io.kubernetes.cri.sandbox-name': 'shop-0',
    'io.kubernetes.cri.sandbox-namespace': 'shop',
    'io.kubernetes.cri.sandbox-uid': uid,
  }),
};

/** Labels of the container, with more of them in the place that order gives them. */
const labels = (more: Record<string, string> = {}) =>
  `{${Object.entries({
    container: 'web',
    id: `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
    image: 'docker.io/library/nginx:1.29',
    name: id,
    namespace: 'shop',
    pod: 'shop-0',
    ...more,
  })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}="${text}"`)
    .join(',')}}`;

it("tells a container of version 2 under containerd, with the kubelet's labels", async () => {
  const { roots } = v2Machine(runtime);
  const context = testContext(roots);
  const values = valuesOf(await new ContainerCollector().collect(context));
  const expected: [string, number, Record<string, string>?][] = [
    ['cpu_usage_seconds_total', 3, { cpu: 'total' }],
    ['cpu_user_seconds_total', 2],
    ['cpu_system_seconds_total', 1],
    ['cpu_cfs_periods_total', 10],
    ['cpu_cfs_throttled_periods_total', 4],
    ['cpu_cfs_throttled_seconds_total', 0.25],
    ['spec_cpu_quota', 50_000],
    ['spec_cpu_period', 100_000],
    ['spec_cpu_shares', 998],
    ['memory_usage_bytes', 1_000_000],
    ['memory_max_usage_bytes', 2_000_000],
    ['memory_working_set_bytes', 600_000],
    ['memory_cache', 600_000],
    ['memory_rss', 300_000],
    ['memory_swap', 77],
    ['memory_mapped_file', 70_000],
    ['memory_kernel_usage', 5000],
    ['memory_failcnt', 2],
    ['memory_failures_total', 11, { failure_type: 'pgfault', scope: 'container' }],
    ['memory_failures_total', 12, { failure_type: 'pgmajfault', scope: 'hierarchy' }],
    ['memory_pgscan_total', 13],
    ['memory_workingset_refault_file_total', 16],
    ['oom_events_total', 4],
    ['spec_memory_limit_bytes', 5_000_000],
    ['spec_memory_swap_limit_bytes', 0],
    ['pressure_cpu_waiting_seconds_total', 2.5],
    ['pressure_io_stalled_seconds_total', 0.5],
    ['processes', 2],
    ['threads', 6],
    ['threads_max', 100],
    ['ulimits_soft', 1024, { ulimit: 'max_open_files' }],
    ['last_seen', 1_800_000_000],
  ];
  for (const [end, value, more] of expected)
    expect([end, values.get(`container_${end}${labels(more)}`)]).toEqual([end, value]);
  expect(values.get('container_scrape_error{}')).toBe(0);
  expect(context.warnings).toEqual([]);
  const [start] = [...values].filter(([key]) => key === `container_start_time_seconds${labels()}`);
  expect(start?.[1]).toBeGreaterThan(1_700_000_000);
});

it("tells a pod's network once, at the container that holds it, and the machine's at the root", async () => {
  const { roots } = v2Machine(runtime);
  const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
  const received = [...values].filter(([key]) => key.startsWith('container_network_receive_bytes_total'));
  expect(received).toEqual([
    ['container_network_receive_bytes_total{id="/",interface="eth0"}', 9],
    [
      `container_network_receive_bytes_total${labels({
        container: '',
        id: `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${pause}.scope`,
        image: 'registry.k8s.io/pause:3.10',
        interface: 'eth0',
        name: pause,
      }).replace('container="",', '')}`,
      10,
    ],
  ]);
  expect([...values.keys()].filter((key) => key.includes('transmit_packets_dropped'))).toHaveLength(2);
});

it('tells no network of a pod that uses that of the machine', async () => {
  const { roots, folder } = v2Machine(runtime);
  for (const pid of [50, 55]) {
    rmSync(join(folder, `proc/${pid}/net/dev`));
    linkSync(join(folder, 'proc/1/net/dev'), join(folder, `proc/${pid}/net/dev`));
  }
  const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
  const keys = [...values.keys()].filter((key) => key.startsWith('container_network_receive_bytes_total'));
  expect(keys).toEqual(['container_network_receive_bytes_total{id="/",interface="eth0"}']);
});

it("finds a pod's process by the cgroups of all where its own have no numbers here", async () => {
  const path = `/../../kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`;
  const { roots } = v2Machine({
    ...runtime,
    [`${slice}/cri-containerd-${id}.scope/cgroup.procs`]: '0\n0\n',
    [`${slice}/cri-containerd-${pause}.scope/cgroup.procs`]: '0\n',
    'proc/55/cgroup': `0::${path}\n`,
  });
  const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
  expect([...values.keys()].filter((key) => key.startsWith('container_network_receive_b'))).toHaveLength(2);
  expect(values.get(`container_processes${labels()}`)).toBe(2);
});

it('tells the root from what the machine says where its cgroup does not', async () => {
  const { roots } = v2Machine();
  const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
  expect(values.get('container_memory_usage_bytes{id="/"}')).toBe(3000 * 1024);
  expect(values.get('container_memory_working_set_bytes{id="/"}')).toBe(3000 * 1024 - 1024);
  expect(values.get('container_pressure_cpu_waiting_seconds_total{id="/"}')).toBe(2.5);
  const limits = [...values].filter(([key]) => key.startsWith('container_fs_limit_bytes'));
  expect(limits).toEqual([['container_fs_limit_bytes{device="/dev/sda1",id="/"}', expect.any(Number)]]);
});

it('takes names from those of logs where the state of the runtime may not be read', async () => {
  const { roots } = v2Machine({
    [`root/var/log/containers/shop-0_shop_web-${id}.log`]: '',
    [`root/var/log/pods/shop_shop-0_${uid}/web/0.log`]: '',
  });
  const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
  const without = labels({ image: '' }).replace('image="",', '');
  expect(values.get(`container_memory_rss${without}`)).toBe(300_000);
  const path = `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice`;
  expect(values.get(`container_memory_usage_bytes{id="${path}",namespace="shop",pod="shop-0"}`)).toBe(
    1_000_100,
  );
});

it('tells of one that nobody names by its path and id alone', async () => {
  const { roots } = v2Machine();
  const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
  const path = `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`;
  expect(values.get(`container_memory_rss{id="${path}",name="${id}"}`)).toBe(300_000);
});

it('tells a container of version 1 under Docker, from folders of several controllers', async () => {
  const path = `kubepods/burstable/pod${uid}/${id}`;
  const cgroup = 'sys/fs/cgroup';
  const { roots } = machine({
    ...below(`${cgroup}/cpu,cpuacct/${path}`, {
      'cpuacct.usage': '3000000000\n',
      'cpuacct.stat': 'user 200\nsystem 100\n',
      'cpu.shares': '512\n',
      'cpu.cfs_quota_us': '-1\n',
      'cpu.cfs_period_us': '100000\n',
      'cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
    }),
    ...below(`${cgroup}/memory/${path}`, {
      'memory.usage_in_bytes': '1000\n',
      'memory.max_usage_in_bytes': '1100\n',
      'memory.use_hierarchy': '1\n',
      'memory.stat':
        'cache 1\nrss 2\ntotal_cache 10\ntotal_rss 20\ntotal_mapped_file 30\ntotal_swap 40\ntotal_inactive_file 300\npgfault 5\ntotal_pgfault 50\n',
      'memory.failcnt': '6\n',
      'memory.limit_in_bytes': '9223372036854771712\n',
      'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 2\n',
      'cgroup.procs': '70\n',
    }),
    ...below(`${cgroup}/blkio/${path}`, {
      'blkio.throttle.io_service_bytes': '8:0 Read 10\n8:0 Write 20\nTotal 30\n',
      'blkio.throttle.io_serviced': '8:0 Read 1\n8:0 Write 2\nTotal 3\n',
    }),
    ...below(`${cgroup}/pids/${path}`, { 'pids.current': '3\n', 'pids.max': 'max\n' }),
    [`root/var/lib/docker/containers/${id}/config.v2.json`]: JSON.stringify({
      Name: '/k8s_web_shop-0_shop_x_0',
      Config: {
        Image: 'nginx:1.29',
        Env: ['PASSWORD=x'],
        Labels: {
          'io.kubernetes.pod.name': 'shop-0',
          'io.kubernetes.pod.namespace': 'shop',
          'io.kubernetes.pod.uid': uid,
          'io.kubernetes.container.name': 'web',
          'io.kubernetes.docker.type': 'container',
        },
      },
    }),
  });
  const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
  const own = (more: Record<string, string> = {}) =>
    labels({ id: `/${path}`, image: 'nginx:1.29', name: 'k8s_web_shop-0_shop_x_0', ...more });
  const expected: [string, number | undefined, Record<string, string>?][] = [
    ['cpu_usage_seconds_total', 3, { cpu: 'total' }],
    ['cpu_user_seconds_total', 2],
    ['cpu_cfs_periods_total', undefined],
    ['spec_cpu_shares', 512],
    ['memory_working_set_bytes', 700],
    ['memory_cache', 10],
    ['memory_rss', 20],
    ['memory_swap', 40],
    ['memory_failures_total', 5, { failure_type: 'pgfault', scope: 'container' }],
    ['memory_failures_total', 50, { failure_type: 'pgfault', scope: 'hierarchy' }],
    ['oom_events_total', 2],
    ['spec_memory_limit_bytes', 0],
    ['fs_reads_bytes_total', 10, {}],
    ['fs_writes_total', 2, {}],
    ['blkio_device_usage_total', 20, { major: '8', minor: '0', operation: 'Write' }],
    ['threads', 3],
    ['threads_max', 0],
    ['processes', 1],
  ];
  for (const [end, value, more] of expected)
    expect([end, values.get(`container_${end}${own(more)}`)]).toEqual([end, value]);
});

it('says that something was wrong with a file of an unknown shape, and tells the rest', async () => {
  const { roots, folder } = v2Machine(runtime);
  addFiles(
    folder,
    below(`${slice}/cri-containerd-${id}.scope`, { 'memory.stat': 'anon: 3 kB\n', 'io.stat': 'x\n' }),
  );
  const context = testContext(roots);
  const values = valuesOf(await new ContainerCollector().collect(context));
  expect(values.get('container_scrape_error{}')).toBe(1);
  expect(values.get(`container_memory_rss${labels()}`)).toBeUndefined();
  expect(values.get(`container_memory_usage_bytes${labels()}`)).toBe(1_000_000);
  expect(context.warnings).toEqual([expect.stringContaining('memory.stat')]);
});

it('leaves out what vanishes while it looks, without an error, and forgets it', async () => {
  const { roots, folder } = v2Machine(runtime);
  const collector = new ContainerCollector();
  await collector.collect(testContext(roots));
  // The folder is still listed, but its files are gone: so looks a cgroup at its end.
  rmSync(join(folder, slice, `cri-containerd-${id}.scope`), { recursive: true });
  mkdirSync(join(folder, slice, `cri-containerd-${id}.scope`));
  const context = testContext(roots);
  const values = valuesOf(await collector.collect(context));
  expect([...values.keys()].filter((key) => key.includes('container="web"'))).toEqual([]);
  expect(values.get('container_scrape_error{}')).toBe(0);
  expect(context.warnings).toEqual([]);
});

it('keeps when a container began though its folder changes', async () => {
  const { roots, folder } = v2Machine(runtime);
  const collector = new ContainerCollector();
  const startOf = async () =>
    valuesOf(await collector.collect(testContext(roots))).get(`container_start_time_seconds${labels()}`);
  const first = await startOf();
  const inner = join(folder, slice, `cri-containerd-${id}.scope`, 'inner');
  mkdirSync(inner);
  writeFileSync(join(inner, 'cpu.stat'), 'usage_usec 1\n');
  expect(await startOf()).toBe(first);
});

it('has nothing to tell where there are no cgroups', async () => {
  const { roots } = machine({ 'sys/kernel': '' });
  await expect(new ContainerCollector().collect(testContext(roots))).rejects.toThrow(NoDataError);
});

it('tells of 10,000 containers, and of no more than it may', async () => {
  const { roots, folder } = machine({ 'sys/fs/cgroup/cgroup.controllers': '' });
  const root = join(folder, 'sys/fs/cgroup/kubepods');
  mkdirSync(root);
  const one = join(folder, 'memory.current');
  writeFileSync(one, '4096\n');
  for (let i = 0; i < 10_000; i++) {
    const path = join(root, i.toString(16).padStart(64, '0'));
    mkdirSync(path);
    linkSync(one, join(path, 'memory.current'));
  }
  const families = await new ContainerCollector().collect(testContext(roots));
  const usage = families.find(({ name }) => name === 'container_memory_usage_bytes');
  expect(usage?.samples).toHaveLength(10_000);

  const context = testContext(roots);
  const few = new ContainerCollector({ found: 100, seen: 100_000, depth: 16 });
  const cut = await few.collect(context);
  expect(cut.find(({ name }) => name === 'container_memory_usage_bytes')?.samples.length).toBeLessThan(101);
  expect(valuesOf(cut).get('container_scrape_error{}')).toBe(1);
  expect(context.warnings).toEqual([expect.stringContaining('left out')]);
}, 120_000);
