import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { loadPrometheusConfig } from '../../src/config/prometheus/load-prometheus-config.ts';
import { Discovery } from '../../src/discovery/discovery.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { createLogger } from '../../src/log/logger.ts';
import { isStaleAt } from '../../src/model/sample.ts';
import { ScrapeManager } from '../../src/scrape/scrape-manager.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const bodies: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/text': [
    'text/plain; version=0.0.4',
    '# HELP a_total With \\\\ and \\n.\n# TYPE a_total counter\na_total{x="1",job="own"} 5\na_total{ x = "q\\"uote" , } 7e-3\nb   1.5e+3\nc NaN\nd{e=""} +Inf\nf{instance="i",exported_instance="j"} -0\n# any comment\ndropped_metric 1\nrenamed{to="new"} 3\ng .25e2\n# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 2\ns_count 3\n',
  ],
  '/openmetrics': [
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
    '# TYPE o counter\n# UNIT o_seconds seconds\no_total 3 # {trace_id="x"} 1\no_created 1.5\n# TYPE h histogram\nh_bucket{le="0.5"} 1\nh_bucket{le="+Inf"} 2\nh_count 2\nh_sum 1.25\n# EOF\n',
  ],
  '/hex': ['text/plain; version=0.0.4', 'a 1\nb 0x1p-2\n'],
  '/broken': ['text/plain; version=0.0.4', 'a 1\nb{x="1" 2\n'],
  '/missing': ['text/plain; version=0.0.4', ''],
};

it.skipIf(spawnSync('prometheus', ['--version']).status !== 0)(
  'the same targets give the same series to Prometheus and to us',
  async () => {
    const server = createServer((request, reply) => {
      const [type, body] = bodies[request.url ?? ''] ?? ['text/plain', ''];
      reply.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': type });
      reply.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const dir = mkdtempSync(join(tmpdir(), 'skopos-scrape-peer-'));
    closing.push(() => rmSync(dir, { recursive: true, force: true }));
    const job = (name: string, path: string, more = ''): string => `
  - job_name: ${name}
    metrics_path: ${path}
    static_configs: [{ targets: ["${address}"], labels: { team: a, env: b } }]
    relabel_configs:
      - { source_labels: [team, env], separator: "-", target_label: both }
      - { regex: env, action: labeldrop }
    metric_relabel_configs:
      - { source_labels: [__name__], regex: dropped_.*, action: drop }
      - { source_labels: [__name__, to], regex: "renamed;(.+)", target_label: __name__, replacement: "$\{1}_name" }
${more}`;
    const config = join(dir, 'prometheus.yml');
    writeFileSync(
      config,
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:${job('text', '/text')}${job('honored', '/text', '    honor_labels: true')}${job('openmetrics', '/openmetrics')}${job('broken', '/broken')}${job('hex', '/hex')}${job('missing', '/missing')}${job('limited', '/text', '    sample_limit: 3')}
`,
    );
    const theirs = await startPrometheus(dir, config);
    const store = await scrapeOurselves(config);
    // Prometheus passes what it found on after five seconds.
    await pause(9000);
    expect(seriesOf(store)).toEqual(await theirs());
  },
  60_000,
);

type Found = Record<string, string>;

/** Series about durations and times differ. */
const own = /^scrape_(?:duration_seconds|series_added)/;

async function startPrometheus(dir: string, config: string): Promise<() => Promise<Found>> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  closing.push(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 200; i++) {
    if ((await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true) break;
    await pause(50);
  }
  return async () => {
    const reply = await fetch(`${url}/api/v1/query?query=${encodeURIComponent('{job!="",team="a"}')}`);
    const { data } = (await reply.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return sorted(
      data.result.map(({ metric, value }) => [metric, Number(value[1].replace('Inf', 'Infinity'))]),
    );
  };
}

async function scrapeOurselves(config: string): Promise<TimeSeriesStore> {
  const log = createLogger('silent');
  const { scrape_configs: configs } = loadPrometheusConfig(config, { environment: {} });
  const store = new TimeSeriesStore({ clock: systemClock, log });
  const discovery = new Discovery({ clock: systemClock, log });
  const manager = new ScrapeManager({ clock: systemClock, log, store, discovery });
  discovery.load(new Map(configs.map((one) => [one.job_name, one])));
  manager.load(configs);
  const stop = new AbortController();
  const running = Promise.all([discovery.run(stop.signal), manager.run(stop.signal)]);
  closing.push(async () => {
    stop.abort();
    await running;
  });
  return store;
}

function seriesOf(store: TimeSeriesStore): Found {
  const found: [Record<string, string>, number][] = [];
  const matchers = [{ name: 'job', op: '!=' as const, value: '' }];
  for (const { labels, values } of store.select({ matchers, fromMs: 0, toMs: Date.now() + 1000 }))
    if (values.length > 0 && !isStaleAt(values, values.length - 1))
      found.push([labels, values[values.length - 1] ?? 0]);
  return sorted(found);
}

function sorted(all: readonly (readonly [Record<string, string>, number])[]): Found {
  return Object.fromEntries(
    all
      .filter(([labels]) => !own.test(labels['__name__'] ?? ''))
      .map(([labels, value]): [string, string] => [
        JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
        String(value),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
