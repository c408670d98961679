import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { systemClock, VirtualClock } from '../../kit/clock.ts';
import { gauge } from './build-family.ts';
import type { NodeCollector } from './collector.ts';
import { CollectorSet } from './collector-set.ts';
import { hwmon } from './collectors/hwmon.ts';
import { PatientAsker } from './patient-asker.ts';
import { PoolPlaces } from './pool-places.ts';
import { SlowFiles } from './slow-files.ts';
import { contextOf, everything, seriesOf, whileTimePasses } from './testing.ts';

const folders: string[] = [];
const pipes: string[] = [];

afterEach(() => {
  // Who opens a pipe to write lets those go who wait to read it: no thread of this process is left waiting.
  for (const pipe of pipes.splice(0)) closeSync(openSync(pipe, 'r+'));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Files of a folder; those of the value `pipe` are pipes that nobody writes to, whose reading hangs as that of a sensor can. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-slow-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    const whole = join(folder, path);
    mkdirSync(join(whole, '..'), { recursive: true });
    if (text !== 'pipe') writeFileSync(whole, text);
    else {
      execFileSync('mkfifo', [whole]);
      pipes.push(whole);
    }
  }
  return folder;
}

const never = new AbortController().signal;
const other: NodeCollector = { name: 'other', collect: () => [gauge('other', 'Other.').add(1)] };

it('tells all but the sensor that does not answer, and that the collector failed', async () => {
  const sysfs = folderWith({
    'class/hwmon/hwmon0/name': 'board\n',
    'class/hwmon/hwmon0/temp1_input': 'pipe',
    'class/hwmon/hwmon0/temp2_input': '42000\n',
    'class/hwmon/hwmon1/name': 'card\n',
    'class/hwmon/hwmon1/fan1_input': '1200\n',
  });
  const { roots, log, warnings } = contextOf({ sysfs });
  const set = new CollectorSet({
    ...{ collectors: [hwmon(everything), other], clock: systemClock, roots, log, timeLimitMs: 60_000 },
    slowFiles: new SlowFiles({ timeoutMs: 5000, places: new PoolPlaces(4) }),
  });
  for (const round of [1, 2]) {
    const series = seriesOf(await set.gather(() => true, never));
    expect(series, `round ${round}`).toMatchObject({
      'node_hwmon_temp_celsius{chip="board",sensor="temp2"}': 42,
      'node_hwmon_fan_rpm{chip="card",sensor="fan1"}': 1200,
      'node_scrape_collector_success{collector="hwmon"}': 0,
      'node_scrape_collector_success{collector="other"}': 1,
      'other{}': 1,
    });
    expect(Object.keys(series)).not.toContain('node_hwmon_temp_celsius{chip="board",sensor="temp1"}');
  }
  const file = `${sysfs}/class/hwmon/hwmon0/temp1_input`;
  expect(warnings).toEqual([
    { collector: 'hwmon', files: [file] },
    { collector: 'hwmon', files: [file] },
  ]);
}, 120_000);

it('reads again what did not answer as soon as it has', async () => {
  const folder = folderWith({ sensor: 'pipe' });
  const [pipe = ''] = pipes;
  const files = new SlowFiles({ timeoutMs: 5000, places: new PoolPlaces(4) });
  const first = files.reader(systemClock);
  expect(await first.textIfAny(pipe)).toBeUndefined();
  expect([...first.silent]).toEqual([[pipe, 'late']]);
  closeSync(openSync(pipe, 'r+'));
  rmSync(pipe);
  pipes.length = 0;
  writeFileSync(join(folder, 'sensor'), '7\n');
  await expect.poll(() => files.reader(systemClock).numberIfAny(pipe), { timeout: 60_000 }).toBe(7);
}, 120_000);

it('never asks twice at a time, and lets others wait for the same answer', async () => {
  const clock = new VirtualClock();
  const asker = new PatientAsker<number>({ timeoutMs: 1000, places: new PoolPlaces(4) });
  const answers: ((value: number) => void)[] = [];
  const work = () => new Promise<number>((resolve) => answers.push(resolve));
  const both = Promise.all([asker.ask('a', 'file', work, clock), asker.ask('a', 'file', work, clock)]);
  await clock.advance(10);
  expect(answers).toHaveLength(1);
  answers[0]?.(5);
  expect(await both).toEqual([{ value: 5 }, { value: 5 }]);
  const late = asker.ask('a', 'file', work, clock);
  expect(await whileTimePasses(late, clock)).toBe('late');
  expect(await asker.ask('a', 'file', work, clock)).toBe('late');
  expect(answers).toHaveLength(2);
  answers[1]?.(6);
  await clock.advance(1);
  const again = asker.ask('a', 'file', work, clock);
  await clock.advance(1);
  answers[2]?.(7);
  expect(await again).toEqual({ value: 7 });
});

it('keeps one thread from all that may hang, whoever else waits', async () => {
  const places = new PoolPlaces(4);
  const held = await Promise.all([places.take('file'), places.take('file'), places.take('remote')]);
  expect(held.every((place) => place !== undefined)).toBe(true);
  let answered = 0;
  const waiting = [places.take('file'), places.take('remote')];
  for (const one of waiting) void one.then(() => answered++);
  const disk = await places.take('disk');
  expect(disk).toBeDefined();
  disk?.release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(0);
  // None of the three will end: who waits for their places need not.
  for (const place of held) place?.giveUp();
  expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
  held[0]?.release();
  expect(await places.take('remote')).toBeDefined();
});
