import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ContainerCollector } from './collector.ts';
import { machineCollector } from './machine.ts';
import { testContext, valuesOf } from './testing.ts';

const roots = { procfs: '/proc', sysfs: '/sys', rootfs: '/', udevData: '/run/udev/data' };
const cgroups = '/sys/fs/cgroup';
const isV2 = existsSync(`${cgroups}/cgroup.controllers`);
const isV1 = existsSync(`${cgroups}/cpuacct/cpuacct.usage`);

/** What the shell reads, which knows nothing of this code. */
const shell = (command: string) => Number(execFileSync('sh', ['-c', command], { encoding: 'utf8' }));

describe.skipIf(!isV1 && !isV2)('on this machine', () => {
  it("tells the root's processor time between two readings of the kernel's own figure", async () => {
    const read = isV2
      ? () => shell(`awk '$1 == "usage_usec" { printf "%.6f", $2 / 1e6 }' ${cgroups}/cpu.stat`)
      : () => shell(`awk '{ printf "%.9f", $1 / 1e9 }' ${cgroups}/cpuacct/cpuacct.usage`);
    const before = read();
    const values = valuesOf(await new ContainerCollector().collect(testContext(roots)));
    const after = read();
    const told = values.get('container_cpu_usage_seconds_total{cpu="total",id="/"}');
    expect(told).toBeGreaterThanOrEqual(before - 0.01);
    expect(told).toBeLessThanOrEqual(after + 0.01);
  });

  it('tells each slice that is there, and no file is of a shape that it does not know', async () => {
    const context = testContext(roots);
    const values = valuesOf(await new ContainerCollector().collect(context));
    const root = isV2 ? cgroups : `${cgroups}/cpuacct`;
    const slices = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of slices)
      if (existsSync(`${root}/${name}`)) expect([...values.keys()].join('\n')).toContain(`id="/${name}"`);
    expect(context.warnings).toEqual([]);
    expect(values.get('container_scrape_error{}')).toBe(0);
  });

  it('tells processors and memory as /proc has them', async () => {
    const values = valuesOf(await machineCollector({} as never).collect(testContext(roots)));
    const of = (name: string) => [...values].find(([key]) => key.startsWith(`${name}{`))?.[1];
    expect(of('machine_cpu_cores')).toBe(shell('grep -c ^processor /proc/cpuinfo'));
    expect(of('machine_memory_bytes')).toBe(
      shell(`awk '/^MemTotal/ { printf "%.0f", $2 * 1024 }' /proc/meminfo`),
    );
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    expect([...values.keys()][0]).toContain(`boot_id="${bootId}"`);
  });
});
