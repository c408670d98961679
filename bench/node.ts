import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Line, load, numberFlag, rounded } from './support/figures.ts';
import { freePort, type Program, start } from './support/program.ts';
import { inFolder } from './support/temp.ts';

const theirProgram = '/usr/bin/prometheus-node-exporter';
const page = '/metrics';

interface Figures {
  readonly wallMs: readonly number[];
  readonly cpuMs: number;
  readonly rssMiB: number;
  readonly bytes: number;
}

/** Scrapes of this machine by our node process and by Debian's node exporter, which take turns. */
export async function* run(flags: readonly string[]): AsyncGenerator<Line> {
  const scrapes = numberFlag(flags, 'scrapes', 200);
  yield* inFolder(async function* (folder, ending) {
    const ours = await startOurs(folder);
    ending.push(() => ours.stop());
    const programs: { readonly name: string; readonly program: Program }[] = [
      { name: 'skopos node', program: ours },
    ];
    if (existsSync(theirProgram)) {
      const theirs = await startTheirs(folder);
      ending.push(() => theirs.stop());
      programs.push({ name: 'node exporter', program: theirs });
    } else process.stderr.write(`${theirProgram} is not installed, so nothing is compared with it\n`);
    const figures = await measure(
      programs.map(({ program }) => program),
      scrapes,
    );
    for (const [i, { name }] of programs.entries()) {
      const found = figures[i];
      if (found !== undefined) yield line(name, found);
    }
    const [mine, other] = figures;
    if (mine === undefined || other === undefined) return;
    yield {
      bench: 'node',
      case: 'ratio: processor time',
      ratio: rounded(mine.cpuMs / other.cpuMs, 2),
      load: load(),
    };
    yield {
      bench: 'node',
      case: 'ratio: resident memory',
      ratio: rounded(mine.rssMiB / other.rssMiB, 2),
      load: load(),
    };
  });
}

/** One after the other in each round, so that what else the machine does meets both alike. */
async function measure(programs: readonly Program[], scrapes: number): Promise<Figures[]> {
  const wallMs = programs.map((): number[] => []);
  const bytes = programs.map(() => 0);
  // The first scrapes load what later ones have.
  for (let round = 0; round < 5; round++) for (const program of programs) await scrape(program);
  const before = programs.map((program) => program.cpuSeconds());
  for (let round = 0; round < scrapes; round++) {
    for (const [i, program] of programs.entries()) {
      const startedMs = performance.now();
      bytes[i] = await scrape(program);
      wallMs[i]?.push(performance.now() - startedMs);
    }
    await pause(20);
  }
  return programs.map((program, i) => ({
    wallMs: (wallMs[i] ?? []).sort((a, b) => a - b),
    cpuMs: ((program.cpuSeconds() - (before[i] ?? 0)) * 1000) / scrapes,
    rssMiB: program.resident().now,
    bytes: bytes[i] ?? 0,
  }));
}

async function scrape({ url }: Program): Promise<number> {
  const reply = await fetch(`${url}${page}`);
  const body = await reply.arrayBuffer();
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}`);
  return body.byteLength;
}

function line(program: string, { wallMs, cpuMs, rssMiB, bytes }: Figures): Line {
  const at = (share: number): number =>
    rounded(wallMs[Math.floor((wallMs.length - 1) * share)] ?? Number.NaN, 2);
  return {
    ...{ bench: 'node', case: program, scrapes: wallMs.length, p50_ms: at(0.5), p99_ms: at(0.99) },
    ...{ cpu_ms: rounded(cpuMs, 2), rss_mib: rssMiB, bytes, load: load() },
  };
}

async function startOurs(folder: string): Promise<Program> {
  const port = await freePort();
  return await start({
    command: process.execPath,
    args: [join(process.cwd(), 'dist/main.js'), 'node', '--web.listen-address', `127.0.0.1:${port}`],
    port,
    readyPath: '/-/healthy',
    logFile: join(folder, 'ours.log'),
  });
}

async function startTheirs(folder: string): Promise<Program> {
  const port = await freePort();
  return await start({
    command: theirProgram,
    // What we do not tell is left out there too.
    args: [
      `--web.listen-address=127.0.0.1:${port}`,
      ...['--no-collector.systemd', '--collector.netdev.device-exclude='],
    ],
    port,
    readyPath: '/',
    logFile: join(folder, 'theirs.log'),
  });
}
