import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock, VirtualClock } from '../../kit/clock.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { CollectContext, HostRoots } from '../node/collector.ts';
import { SlowFiles } from '../node/slow-files.ts';

/** In memory where there is such a folder: some tests make ten thousand files. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A machine for tests: a folder with `proc`, `sys` and `root`, and the files that it is made with, by their paths. */
export function testMachine(files: Readonly<Record<string, string>>): { folder: string; roots: HostRoots } {
  const folder = mkdtempSync(join(base, 'skopos-machine-'));
  addFiles(folder, files);
  const roots = { procfs: 'proc', sysfs: 'sys', rootfs: 'root', udevData: 'root/run/udev/data' };
  return {
    folder,
    roots: Object.fromEntries(
      Object.entries(roots).map(([name, path]) => [name, join(folder, path)]),
    ) as unknown as HostRoots,
  };
}

export function addFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const whole = join(folder, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
  }
}

/** A context for one scrape, and what was warned of. */
export function testContext(
  roots: HostRoots,
  atMs = 1_800_000_000_500,
): CollectContext & { warnings: string[] } {
  const warnings: string[] = [];
  const log = {
    debug() {},
    warn: (fields: object, message: string) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
  };
  return {
    ...{ roots, atMs, log, warnings, clock: new VirtualClock(atMs), signal: new AbortController().signal },
    slow: new SlowFiles().reader(systemClock),
  };
}

/** Values by `name{label="value",…}`, labels in order of their names, those that are empty left out as Prometheus does. */
export function valuesOf(families: readonly MetricFamily[]): Map<string, number> {
  const values = new Map<string, number>();
  for (const family of families)
    for (const { name, labels, value } of family.samples) {
      const texts = Object.entries(labels)
        .filter(([, text]) => text !== '')
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([label, text]) => `${label}="${text}"`);
      values.set(`${name}{${texts.join(',')}}`, value);
    }
  return values;
}
