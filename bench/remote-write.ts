/**
 * Samples a second by remote write: the same requests to the shipped program and to Debian's Prometheus, both versions to ours (Debian's
 * knows 1.0; another may be named by PROMETHEUS_3). Flags: `--series N` (10000), `--rounds N` (50), `--ours`.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packSnappy } from '../src/wire/snappy.ts';
import { contentTypes, type WriteMessage, writeMessages } from '../src/wire/write-headers.ts';
import { WriteV1Builder } from '../src/wire/write-v1.ts';
import { WriteV2Builder } from '../src/wire/write-v2.ts';
import { type Line, load, numberFlag, rounded } from './support/figures.ts';
import { freePort, type Program, start } from './support/program.ts';
import { inFolder } from './support/temp.ts';

const batchLength = 2000;
/** Requests under way at a time, as a sender with so many shards has them. */
const senders = 4;

export async function* run(flags: readonly string[] = []): AsyncGenerator<Line> {
  const series = numberFlag(flags, 'series', 10_000);
  const rounds = numberFlag(flags, 'rounds', 50);
  const peers = flags.includes('--ours')
    ? []
    : [process.env['PROMETHEUS_3'] ?? '', '/usr/bin/prometheus'].filter((program) => existsSync(program));
  yield* inFolder(async function* inside(folder, ending): AsyncGenerator<Line> {
    for (const message of writeMessages) {
      const ours = await measure(
        await startOurs(join(folder, `ours ${message}`), ending),
        message,
        series,
        rounds,
      );
      const line = {
        bench: 'remote-write',
        case: `receive ${message}`,
        series,
        samples: series * rounds,
        ...ours,
      };
      yield { ...line, load: load() };
      for (const program of peers) {
        const isOld = program === '/usr/bin/prometheus';
        if (isOld && message !== 'prometheus.WriteRequest') continue;
        const name = isOld ? 'Prometheus 2' : 'Prometheus 3';
        const peer = await startPrometheus(program, join(folder, `${name} ${message}`), ending);
        const theirs = await measure(peer, message, series, rounds);
        yield {
          ...{ bench: 'remote-write', case: `receive ${message}, ${name}`, series, samples: series * rounds },
          ...theirs,
          ratio: rounded(theirs.rate / ours.rate, 2),
          ratio_per_core: rounded(theirs.rate_per_core / ours.rate_per_core, 2),
          load: load(),
        };
      }
    }
  });
}

async function startOurs(folder: string, ending: (() => unknown)[]): Promise<Program> {
  mkdirSync(join(folder, 'objects'), { recursive: true });
  const port = await freePort();
  const config = join(folder, 'skopos.yaml');
  writeFileSync(
    config,
    `listen: 127.0.0.1:${port}\ndata: ${join(folder, 'data')}\nlog_level: warn\napi: { remote_write_receiver: true }\n`,
  );
  const args = [
    join(process.cwd(), 'dist/main.js'),
    'up',
    '--config',
    config,
    '--folder',
    join(folder, 'objects'),
  ];
  const started = await start({
    command: process.execPath,
    args,
    port,
    readyPath: '/-/ready',
    logFile: join(folder, 'log'),
  });
  ending.push(() => started.stop());
  return started;
}

async function startPrometheus(program: string, folder: string, ending: (() => unknown)[]): Promise<Program> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
  ];
  const started = await start({
    command: program,
    args,
    port,
    readyPath: '/-/ready',
    logFile: join(folder, 'log'),
  });
  ending.push(() => started.stop());
  return started;
}

/** Sends round after round, each series once in each; the first, which makes the series, is not counted. */
async function measure(
  { url, cpuSeconds, resident }: Program,
  message: WriteMessage,
  series: number,
  rounds: number,
) {
  const startMs = Date.now() - (rounds + 1) * 1000;
  await send(url, message, requestsOf(message, series, startMs));
  let ms = 0;
  const cpuBefore = cpuSeconds();
  for (let round = 1; round <= rounds; round++) {
    // Made beforehand: it is the receiver that is measured.
    const requests = requestsOf(message, series, startMs + round * 1000);
    const sinceMs = performance.now();
    await send(url, message, requests);
    ms += performance.now() - sinceMs;
  }
  const samples = series * rounds;
  const cpu = cpuSeconds() - cpuBefore;
  return {
    rate: Math.round((samples / ms) * 1000),
    rate_per_core: Math.round(samples / cpu),
    rss_mib: resident().now,
  };
}

function requestsOf(message: WriteMessage, series: number, atMs: number): Buffer[] {
  const builder = message === 'prometheus.WriteRequest' ? new WriteV1Builder() : new WriteV2Builder();
  const words = new DataView(new ArrayBuffer(8));
  const requests: Buffer[] = [];
  for (let i = 0; i < series; i++) {
    words.setFloat64(0, Math.floor(atMs / 1000) * ((i % 7) + 1));
    builder.sample(seriesOf(i), atMs, words.getUint32(0), words.getUint32(4));
    if ((i + 1) % batchLength === 0 || i === series - 1) requests.push(packSnappy(builder.finish()));
  }
  return requests;
}

/** With as many labels as a series of a cluster has. */
function seriesOf(i: number) {
  const name = `container_metric_${i % 100}_seconds_total`;
  const labels = {
    __name__: name,
    cluster: 'eu-1',
    container: `app-${i % 13}`,
    instance: `10.1.${(i >> 8) & 255}.${i & 255}:9100`,
    job: 'kubelet',
    namespace: `team-${i % 17}`,
    node: `node-${i % 40}.eu-1.example.internal`,
    pod: `app-${i % 13}-6f9c4d7b8d-${i}`,
  };
  return { name, pairs: Object.entries(labels).flat() };
}

async function send(url: string, message: WriteMessage, requests: readonly Buffer[]): Promise<void> {
  const left = [...requests];
  const headers = { 'content-type': contentTypes[message], 'content-encoding': 'snappy' };
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (let body = left.pop(); body !== undefined; body = left.pop()) {
        const reply = await fetch(`${url}/api/v1/write`, { method: 'POST', body, headers });
        if (reply.status >= 300) throw new Error(`HTTP ${reply.status}: ${await reply.text()}`);
        await reply.arrayBuffer();
      }
    }),
  );
}
