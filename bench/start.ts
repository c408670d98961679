/**
 * From the start of the shipped program to `/-/ready` on 10,000 objects, without and with what was kept; resident memory then
 * and while objects change; and a start on the small shop. `cpu_s` is the processor time of all threads until ready.
 * Flags: `--objects N`, `--minutes N` of changes (2), `--rate N` a second (5).
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Line, load, numberFlag, rounded } from './support/figures.ts';
import { writeManifests } from './support/manifests.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';

const mendAfter = 10;

export function run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const objects = numberFlag(flags, 'objects', 10_000);
  const minutes = numberFlag(flags, 'minutes', 2);
  const rate = numberFlag(flags, 'rate', 5);
  return inFolder((folder, ending) => measure(folder, ending, { objects, minutes, rate }));
}

interface Size {
  readonly objects: number;
  readonly minutes: number;
  readonly rate: number;
}

async function* measure(
  folder: string,
  ending: (() => unknown)[],
  { objects, minutes, rate }: Size,
): AsyncGenerator<Line> {
  const options = {
    folder: join(folder, 'manifests'),
    data: join(folder, 'data'),
    logFile: join(folder, 'skopos.log'),
  };
  mkdirSync(options.folder);
  const { targets } = writeManifests(options.folder, objects);
  const bench = 'start';

  const cold = await startSkopos(options);
  ending.push(() => cold.stop());
  const coldMemory = cold.resident();
  const coldCpuSeconds = rounded(cold.cpuSeconds());
  yield {
    bench,
    case: 'cold',
    objects,
    ready_ms: Math.round(cold.readyMs),
    cpu_s: coldCpuSeconds,
    ...memory(coldMemory),
    load: load(),
  };

  const startedMs = performance.now();
  const cpuBefore = cold.cpuSeconds();
  let [turn, highest] = [0, 0];
  for (let minute = 1; minute <= Math.max(1, minutes) && minutes > 0; minute++) {
    const untilMs = startedMs + Math.min(minute, minutes) * 60_000;
    while (performance.now() < untilMs) {
      for (; (turn * 1000) / rate < performance.now() - startedMs; turn++) {
        targets[turn % targets.length]?.write({ privileged: true });
        targets[(turn - mendAfter + targets.length) % targets.length]?.write({ privileged: false });
      }
      await pause(20);
      highest = Math.max(highest, cold.resident().now);
    }
    yield {
      bench,
      case: `after ${Math.min(minute, minutes)} min of changes`,
      objects,
      changes: turn * 2,
      ...memory(cold.resident()),
      highest_since_ready_mib: highest,
      cores_used: rounded((cold.cpuSeconds() - cpuBefore) / ((performance.now() - startedMs) / 1000), 2),
      load: load(),
    };
  }
  const stoppingMs = performance.now();
  await cold.stop();
  yield { bench, case: 'stop', objects, stop_ms: Math.round(performance.now() - stoppingMs) };

  const warm = await startSkopos(options);
  ending.push(() => warm.stop());
  yield {
    bench,
    case: 'warm',
    objects,
    ready_ms: Math.round(warm.readyMs),
    cpu_s: rounded(warm.cpuSeconds()),
    ...memory(warm.resident()),
    load: load(),
  };
  await warm.stop();

  const shop = { folder: 'examples/shop', data: join(folder, 'shop'), logFile: options.logFile };
  for (const [name, readyPath] of [
    ['shop, first start', '/-/ready'],
    ['shop, second start', '/-/ready'],
    ['shop, second start, first answer', '/-/healthy'],
  ] as const) {
    const program = await startSkopos({ ...shop, readyPath });
    yield {
      bench,
      case: name,
      ready_ms: Math.round(program.readyMs),
      ...memory(program.resident()),
      load: load(),
    };
    await program.stop();
  }
}

function memory({ now, peak }: { readonly now: number; readonly peak: number }) {
  return { rss_mib: now, peak_mib: peak };
}
