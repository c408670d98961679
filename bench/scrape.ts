import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Line, load, numberFlag, rounded } from './support/figures.ts';
import { freePort, type Program, start } from './support/program.ts';
import { startSkopos } from './support/skopos.ts';
import { inFolder } from './support/temp.ts';

const prometheus = '/usr/bin/prometheus';

interface Shape {
  readonly targets: number;
  readonly series: number;
  readonly intervalS: number;
  readonly seconds: number;
}

/** Steady scraping of the same targets, by us and by Debian's Prometheus, one after the other. */
export async function* run(flags: readonly string[]): AsyncGenerator<Line> {
  const shape: Shape = {
    targets: numberFlag(flags, 'targets', 50),
    series: numberFlag(flags, 'series', 1000),
    intervalS: numberFlag(flags, 'interval', 5),
    seconds: numberFlag(flags, 'seconds', 60),
  };
  yield* inFolder(async function* (folder, ending) {
    const ours = flags.includes('--only-theirs')
      ? undefined
      : await measure('skopos', join(folder, 'ours'), shape, ending);
    if (ours !== undefined) yield line('skopos', shape, ours);
    if (flags.includes('--only-ours')) return;
    if (!existsSync(prometheus)) {
      process.stderr.write(`${prometheus} is not installed, so nothing is compared with it\n`);
      return;
    }
    const theirs = await measure('prometheus', join(folder, 'theirs'), shape, ending);
    yield line('prometheus', shape, theirs);
    if (ours === undefined) return;
    const ratio = (name: string, value: number): Line => ({
      bench: 'scrape',
      case: `ratio: ${name}`,
      ratio: rounded(value, 3),
      load: load(),
    });
    yield ratio('processor time', ours.cpuS / theirs.cpuS);
    yield ratio('resident memory', ours.rssMiB / theirs.rssMiB);
  });
}

interface Figures {
  readonly asked: number;
  readonly missed: number;
  readonly cpuS: number;
  readonly rssMiB: number;
}

function line(program: string, shape: Shape, { asked, missed, cpuS, rssMiB }: Figures): Line {
  const { targets, series, intervalS, seconds } = shape;
  return {
    bench: 'scrape',
    case: `${program}: ${targets} targets × ${series} series every ${intervalS} s`,
    rate: Math.round((asked * series) / seconds),
    scrapes: asked,
    missed,
    cpu_s: rounded(cpuS, 2),
    rss_mib: rssMiB,
    load: load(),
  };
}

async function measure(
  side: 'skopos' | 'prometheus',
  folder: string,
  shape: Shape,
  ending: (() => unknown)[],
): Promise<Figures> {
  mkdirSync(join(folder, 'manifests'), { recursive: true });
  const asked = new Map<string, number>();
  const server = createServer((request, reply) => {
    const address = request.headers.host ?? '';
    const round = (asked.get(address) ?? 0) + 1;
    asked.set(address, round);
    reply.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    reply.end(exposition(shape.series, round));
  });
  // Exporters keep idle connections open, as servers in Go do unless told otherwise.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  const addresses = Array.from(
    { length: shape.targets },
    (_, i) => `127.0.${i >> 8}.${i & 255 || 254}:${port}`,
  );
  const config = join(folder, 'prometheus.yml');
  writeFileSync(
    config,
    `global: {scrape_interval: ${shape.intervalS}s, scrape_timeout: ${shape.intervalS}s}\nscrape_configs:\n  - job_name: bench\n    static_configs: [{targets: ${JSON.stringify(addresses)}}]\n`,
  );
  const program = side === 'skopos' ? await startOurs(folder, config) : await startTheirs(folder, config);
  ending.push(() => program.stop());
  // The first scrapes make all series; what is steady comes after them.
  await pause(2000 * shape.intervalS);
  const total = (): number => [...asked.values()].reduce((sum, count) => sum + count, 0);
  const before = total();
  const cpuBefore = program.cpuSeconds();
  await pause(shape.seconds * 1000);
  const found = total() - before;
  const figures = {
    asked: found,
    // At the edges a round may be in or out.
    missed: Math.max(
      0,
      Math.floor((shape.seconds / shape.intervalS) * shape.targets) - shape.targets - found,
    ),
    cpuS: program.cpuSeconds() - cpuBefore,
    rssMiB: program.resident().now,
  };
  await program.stop();
  close();
  return figures;
}

/** A third of the values changes each time. */
function exposition(series: number, round: number): string {
  let text = '';
  for (let i = 0; i < series; i++) {
    if (i % 20 === 0)
      text += `# HELP bench_metric_${i / 20}_total Things that were counted for a bench.\n# TYPE bench_metric_${i / 20}_total counter\n`;
    const value = i % 3 === 0 ? round * (i + 1) : i * 1.5;
    text += `bench_metric_${Math.floor(i / 20)}_total{method="GET",path="/api/v1/things/${i}",status="200"} ${value}\n`;
  }
  return text;
}

function startOurs(folder: string, config: string): Promise<Program> {
  writeFileSync(
    join(folder, 'manifests/namespace.yaml'),
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: bench}\n',
  );
  return startSkopos({
    folder: join(folder, 'manifests'),
    data: join(folder, 'data'),
    logFile: join(folder, 'skopos.log'),
    prometheusConfig: config,
  });
}

async function startTheirs(folder: string, config: string): Promise<Program> {
  const port = await freePort();
  return start({
    command: prometheus,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    port,
    readyPath: '/-/ready',
    logFile: join(folder, 'prometheus.log'),
  });
}
