import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { TargetGroup } from '../discovery/target-group.ts';
import { systemClock } from '../kit/clock.ts';
import { createLogger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import { isStaleAt } from '../model/sample.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { BodyBudget } from './pool/fetch-body.ts';
import { type PoolConfig, ScrapeManager } from './scrape-manager.ts';

const log = createLogger('silent');
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function exporter(answer: (request: IncomingMessage, reply: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function config(over: Partial<PoolConfig> = {}): PoolConfig {
  return {
    job_name: 'shop',
    scrape_interval: 200,
    scrape_timeout: 200,
    scrape_protocols: ['OpenMetricsText1.0.0', 'PrometheusText0.0.4'],
    fallback_scrape_protocol: undefined,
    scrape_native_histograms: false,
    always_scrape_classic_histograms: false,
    convert_classic_histograms_to_nhcb: false,
    native_histogram_bucket_limit: 0,
    native_histogram_min_bucket_factor: 0,
    scrape_failure_log_file: '',
    metrics_path: '/metrics',
    scheme: 'http',
    params: {},
    enable_compression: true,
    honor_labels: false,
    honor_timestamps: true,
    track_timestamps_staleness: false,
    extra_scrape_metrics: false,
    body_size_limit: 0,
    sample_limit: 0,
    target_limit: 0,
    label_limit: 0,
    label_name_length_limit: 0,
    label_value_length_limit: 0,
    keep_dropped_targets: 0,
    metric_name_validation_scheme: 'utf8',
    metric_name_escaping_scheme: 'allow-utf-8',
    relabel_configs: [],
    metric_relabel_configs: [],
    ...over,
  };
}

async function scraping(addresses: readonly string[], over: Partial<PoolConfig> = {}) {
  const store = new TimeSeriesStore({ clock: systemClock, log });
  let listener: (name: string, groups: readonly TargetGroup[]) => void = () => {};
  const groupOf = (all: readonly string[]): TargetGroup[] => [
    { source: 'test', labels: {}, targets: all.map((address) => ({ __address__: address })) },
  ];
  const manager = new ScrapeManager({
    clock: systemClock,
    log,
    store,
    discovery: {
      groups: () => groupOf(addresses),
      subscribe(given) {
        listener = given;
        return () => {};
      },
    },
  });
  manager.load([config(over)]);
  const stop = new AbortController();
  const running = manager.run(stop.signal);
  closing.unshift(async () => {
    stop.abort();
    await running;
  });
  return {
    manager,
    store,
    find: (all: readonly string[]) => listener('shop', groupOf(all)),
    last: (name: string, labels: Labels = {}) => lastOf(store, name, labels),
  };
}

/** The newest sample of the first series that matches: a number, `stale`, or undefined. */
function lastOf(store: TimeSeriesStore, name: string, labels: Labels): number | 'stale' | undefined {
  const matchers = Object.entries({ __name__: name, ...labels }).map(([key, value]) => ({
    name: key,
    op: '=' as const,
    value,
  }));
  for (const { values } of store.select({ matchers, fromMs: 0, toMs: Date.now() + 3_600_000 }))
    if (values.length > 0) return isStaleAt(values, values.length - 1) ? 'stale' : values[values.length - 1];
  return undefined;
}

async function until(check: () => boolean, patienceMs = 20_000): Promise<void> {
  const endMs = Date.now() + patienceMs;
  while (!check()) {
    if (Date.now() > endMs) throw new Error(`it did not come to that in ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const text = { 'content-type': 'text/plain; version=0.0.4' };

describe('a scrape', () => {
  it('stores series with job and instance, and the series about itself', async () => {
    const address = await exporter((_request, reply) => {
      reply.writeHead(200, { ...text, 'content-encoding': 'gzip' });
      reply.end(gzipSync('# TYPE a counter\na_total{x="1"} 5\nb 1.5e3\nc NaN\n'));
    });
    const { last, manager } = await scraping([address]);
    await until(() => last('up') === 1);
    expect(last('a_total', { x: '1', job: 'shop', instance: address })).toBe(5);
    expect(last('b')).toBe(1500);
    expect(last('c')).toBeNaN();
    expect(last('scrape_samples_scraped')).toBe(3);
    expect(last('scrape_samples_post_metric_relabeling')).toBe(3);
    const [target] = manager.active();
    expect(target).toMatchObject({ health: 'up', lastError: '', samples: 3, scrapePool: 'shop' });
    expect([...manager.metadata()]).toContainEqual(expect.objectContaining({ name: 'a', type: 'counter' }));
  });

  it('tells the store what the metrics of its series are', async () => {
    const address = await exporter((_request, reply) => {
      reply.writeHead(200, text);
      reply.end('# HELP a Things.\n# TYPE a counter\na_total 5\n# TYPE h histogram\nh_sum 1\nb 1\n');
    });
    const { last, store } = await scraping([address]);
    await until(() => last('up') === 1);
    const of = (name: string) => store.metadataOf({ __name__: name, job: 'shop', instance: address });
    expect(of('a_total')).toEqual({ type: 'counter', help: 'Things.', unit: '' });
    expect(of('h_sum')?.type).toBe('histogram');
    expect(of('b')).toBeUndefined();
  });

  it('ends a series that is no longer there, and all of them when the target fails', async () => {
    let body = 'a 1\nb 2\n';
    let status = 200;
    const address = await exporter((_request, reply) => {
      reply.writeHead(status, text);
      reply.end(body);
    });
    const { last } = await scraping([address]);
    await until(() => last('b') === 2);
    body = 'a 1\n';
    await until(() => last('b') === 'stale');
    expect(last('a')).toBe(1);
    status = 503;
    await until(() => last('up') === 0);
    expect(last('a')).toBe('stale');
  });

  it('ends everything of a target that has gone', async () => {
    const address = await exporter((_request, reply) => reply.writeHead(200, text).end('a 1\n'));
    const { last, find } = await scraping([address]);
    await until(() => last('a') === 1);
    find([]);
    await until(() => last('a') === 'stale' && last('up') === 'stale');
  });

  it('keeps what the target says under exported names, or lets it win', async () => {
    const address = await exporter((_request, reply) =>
      reply.writeHead(200, text).end('a{job="own",instance="me"} 1\n'),
    );
    const guarded = await scraping([address]);
    await until(() => guarded.last('a', { exported_job: 'own', exported_instance: 'me', job: 'shop' }) === 1);
    const honored = await scraping([address], { honor_labels: true });
    await until(() => honored.last('a', { job: 'own', instance: 'me' }) === 1);
  });

  it('reads OpenMetrics with exemplars and times', async () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const address = await exporter((request, reply) => {
      expect(request.headers.accept).toMatch(
        /^application\/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,/,
      );
      reply.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0' });
      reply.end(
        `# TYPE r histogram\nr_bucket{le="1"} 3 # {trace_id="abc"} 0.7 ${nowSeconds}\nr_bucket{le="+Inf"} 3\nr_count 3\nr_sum 2\n# TYPE g gauge\ng 4 ${nowSeconds}\n# EOF\n`,
      );
    });
    const { last, store } = await scraping([address]);
    await until(() => last('r_bucket', { le: '1.0' }) === 3);
    expect(last('g')).toBe(4);
    const [found] = store.exemplars(
      [[{ name: '__name__', op: '=', value: 'r_bucket' }]],
      0,
      Date.now() + 1000,
    );
    expect(found?.exemplars[0]).toEqual({ labels: { trace_id: 'abc' }, value: 0.7, atMs: nowSeconds * 1000 });
  });
});

describe('a target that behaves badly', () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
  const cases: readonly [string, (reply: ServerResponse) => void, Partial<PoolConfig>, RegExp][] = [
    ['hangs', () => {}, { scrape_timeout: 100 }, /no whole answer within 0.1 s/],
    [
      'streams without end',
      (reply) => {
        reply.writeHead(200, text);
        const timer = setInterval(() => reply.write('a 1\n'), 5);
        reply.on('close', () => clearInterval(timer));
      },
      { scrape_timeout: 100 },
      /no whole answer within/,
    ],
    [
      'sends more than it may',
      (reply) => reply.writeHead(200, text).end('a 1\n'.repeat(10_000)),
      { body_size_limit: 1000 },
      /body_size_limit exceeded/,
    ],
    [
      'sends a bomb',
      (reply) => reply.writeHead(200, { ...text, 'content-encoding': 'gzip' }).end(bomb),
      { body_size_limit: 1_000_000 },
      /body_size_limit exceeded/,
    ],
    [
      'sends invalid UTF-8',
      (reply) =>
        reply
          .writeHead(200, text)
          .end(Buffer.from([0x61, 0x7b, 0x78, 0x3d, 0x22, 0xff, 0x22, 0x7d, 0x20, 0x31, 0x0a])),
      {},
      /line 1: invalid UTF-8/,
    ],
    [
      'lives in the year 3000',
      (reply) => reply.writeHead(200, text).end('a 1 32503680000000\n'),
      {},
      /a has the time 3000-01-01.*ahead of now/,
    ],
    [
      'speaks no known format',
      (reply) => reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      {},
      /Content-Type "text\/html"/,
    ],
    ['sends no numbers', (reply) => reply.writeHead(200, text).end('a b\n'), {}, /line 1: expected a number/],
    [
      'has too many samples',
      (reply) => reply.writeHead(200, text).end('a 1\nb 1\nc 1\n'),
      { sample_limit: 2 },
      /sample_limit exceeded: 3 samples/,
    ],
    [
      'has too many labels',
      (reply) => reply.writeHead(200, text).end('a{x="1",y="2"} 1\n'),
      { label_limit: 4 },
      /label_limit exceeded/,
    ],
    [
      'has a long value',
      (reply) => reply.writeHead(200, text).end('a{x="123456789012345678901234567890"} 1\n'),
      { label_value_length_limit: 25 },
      /label_value_length_limit exceeded/,
    ],
    [
      'cuts OpenMetrics off',
      (reply) => reply.writeHead(200, { 'content-type': 'application/openmetrics-text' }).end('a 1\n'),
      {},
      /without # EOF/,
    ],
    [
      'is one of too many',
      (reply) => reply.writeHead(200, text).end('a 1\n'),
      { target_limit: 1 },
      /target_limit exceeded/,
    ],
  ];
  it.each(cases)('%s: its scrape fails with the reason', async (_name, answer, over, reason) => {
    const bad = await exporter((_request, reply) => answer(reply));
    const other = await exporter((_request, reply) => reply.writeHead(200, text).end('z 1\n'));
    const { manager, last } = await scraping([bad, other], {
      scrape_interval: 3000,
      scrape_timeout: 3000,
      ...over,
    });
    const target = () => manager.active().find(({ labels }) => labels['instance'] === bad);
    await until(() => target()?.health === 'down');
    expect(target()?.lastError).toMatch(reason);
    expect(last('up', { instance: bad })).toBe(0);
    expect(last('a')).toBeUndefined();
    if (over.target_limit === undefined) await until(() => last('up', { instance: other }) === 1);
  });

  it('repeats series: the first is stored, and the page says so', async () => {
    const address = await exporter((_request, reply) => reply.writeHead(200, text).end('a 1\na 2\n'));
    const { manager, last } = await scraping([address]);
    await until(() => last('up') === 1);
    expect(last('a')).toBe(1);
    expect(manager.active()[0]?.warning).toMatch(/1 samples repeat a series/);
  });

  it('changes the type of a metric: its samples go on, and what is said of it follows', async () => {
    let type = 'counter';
    const address = await exporter((_request, reply) =>
      reply.writeHead(200, text).end(`# TYPE a ${type}\na 1\n`),
    );
    const { manager } = await scraping([address]);
    const types = () => [...manager.metadata()].filter(({ name }) => name === 'a').map((found) => found.type);
    await until(() => types().includes('counter'));
    type = 'gauge';
    await until(() => types().join() === 'gauge');
    expect(manager.active()[0]).toMatchObject({ health: 'up', lastError: '', samples: 1 });
  });

  it('sends 2 GB: it is cut off at the bound, and the others go on', async () => {
    const chunk = Buffer.from('a 1\n'.repeat(256 * 1024));
    let sent = 0;
    const bad = await exporter((_request, reply) => {
      reply.writeHead(200, text);
      const more = (): void => {
        while (sent < 2 * 1024 ** 3) {
          sent += chunk.length;
          if (!reply.write(chunk)) {
            reply.once('drain', more);
            return;
          }
        }
        reply.end();
      };
      more();
    });
    const other = await exporter((_request, reply) => reply.writeHead(200, text).end('z 1\n'));
    const { manager, last } = await scraping([bad, other], {
      scrape_interval: 15_000,
      scrape_timeout: 15_000,
    });
    const target = () => manager.active().find(({ labels }) => labels['instance'] === bad);
    await until(() => target()?.health === 'down', 60_000);
    expect(target()?.lastError).toMatch(/body_size_limit exceeded: the answer has more than 134217728 bytes/);
    // What is in flight when the bound is reached is thrown away.
    expect(sent).toBeLessThan(256 * 1024 ** 2);
    await until(() => last('up', { instance: other }) === 1, 60_000);
  }, 120_000);
});

it('bounds the memory that all answers take together', () => {
  const budget = new BodyBudget(1000);
  budget.take(600);
  expect(() => budget.take(600)).toThrow(/more than 1000 bytes together/);
  budget.give(1200);
  budget.take(900);
});

describe('what a section asks for besides', () => {
  const histogram =
    '# TYPE w histogram\nw_bucket{le="1"} 2\nw_bucket{le="+Inf"} 3\nw_sum 4\nw_count 3\nplain 1\n';

  it.each([false, true])('classic histograms become native ones; classic too: %s', async (keeps) => {
    const address = await exporter((_request, reply) => reply.writeHead(200, text).end(histogram));
    const { last, store } = await scraping([address], {
      convert_classic_histograms_to_nhcb: true,
      always_scrape_classic_histograms: keeps,
    });
    const native = () =>
      [
        ...store.select({
          matchers: [{ name: '__name__', op: '=', value: 'w' }],
          fromMs: 0,
          toMs: Date.now() + 1000,
        }),
      ]
        .flatMap(({ histograms = [] }) => histograms)
        .find((found) => found !== undefined);
    await until(() => native() !== undefined && last('plain') === 1);
    expect(native()).toMatchObject({ count: 3, sum: 4, customValues: [1] });
    expect(last('w_count')).toBe(keeps ? 3 : undefined);
    expect(last('w_bucket', { le: '1.0' })).toBe(keeps ? 2 : undefined);
  });

  it('failed scrapes are written to the file that it names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skopos-scrape-'));
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'failures.log');
    const address = await exporter((_request, reply) => reply.writeHead(503).end());
    await scraping([address], { scrape_failure_log_file: file });
    const lines = () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .filter((line) => line.endsWith('}'))
        : [];
    await until(() => lines().length > 0);
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({
      job_name: 'shop',
      target: `http://${address}/metrics`,
      msg: 'the server answered with HTTP status 503',
    });
  });
});
