import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type {
  Chunk,
  CorsPolicy,
  PrometheusSource,
  StatusSource,
  Store,
  TargetSource,
} from '../api/prometheus/source.ts';
import { formatDuration } from '../kit/duration.ts';
import { safeRegex } from '../kit/regex.ts';
import type { MixedSamples } from '../model/float-histogram.ts';
import { crc32c } from '../tsdb/crc32c.ts';
import { encodeSamples } from '../tsdb/encode-samples.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import type { Embedded } from './embedded.ts';
import { engineWithRemote } from './engine-with-remote.ts';
import { version } from './version.ts';

/** The running process as the Prometheus API sees it. */
export function prometheusSource(embedded: Embedded): PrometheusSource {
  const { config, registry, store, queries, clock, rules } = embedded;
  return {
    engine: engineWithRemote(queries, embedded.remote.read),
    store: storeOf(store, embedded.dataFolder),
    rules,
    now: () => clock.now(),
    *metadata() {
      yield* registry.gather();
      yield* embedded.metrics.scrape.metadata();
      yield* embedded.remote.received;
    },
    targets: targetsOf(embedded),
    isAdminEnabled: config.api.admin,
    alertmanagers: embedded.remote.alertmanagers,
    write: embedded.remote.writeSource,
    otlp: embedded.remote.otlpSource,
    externalLabels: embedded.externalLabels,
    cors: corsOf(config.api.cors_origin, config.token !== undefined),
    status: {
      version,
      startedAtMs: embedded.startedAtMs,
      flags: () => flagsOf(embedded),
      configText: () =>
        embedded.metrics.settings?.shown ??
        stringify({
          global: {
            evaluation_interval: formatDuration(config.rules.evaluation_interval),
            external_labels: config.rules.external_labels,
          },
        }),
      reload: () => reloadOf(embedded.reload),
      families: () => registry.gather(),
      store: () => store.stats(),
      blocks: () => store.blockMetas(),
      corruptions: () => store.figures().corruptBlocks,
    },
  };
}

function targetsOf({ metrics, externalURL }: Embedded): TargetSource {
  const { scrape } = metrics;
  return {
    active: () =>
      scrape.active().map(({ lastScrapeMs, ...target }) => ({
        ...target,
        globalUrl: globalUrl(target.scrapeUrl, externalURL),
        ...(lastScrapeMs === undefined ? {} : { lastScrapeMs }),
      })),
    dropped: () => scrape.dropped(),
    droppedCounts: () => scrape.droppedCounts(),
    pools: () => scrape.pools(),
    poolConfig: (pool) => poolConfig(metrics.settings?.shown, pool),
    metadata: () => scrape.metadata(),
    relabelSteps: (pool, labels) => scrape.relabelSteps(pool, labels),
  };
}

function reloadOf(history: Embedded['reload']): ReturnType<StatusSource['reload']> {
  const { ok, atMs } = history;
  const [last] = history.entries();
  return ok || last === undefined ? { ok, atMs } : { ok, atMs, failedAtMs: last.atMs };
}

/** A section of the configuration as it is shown, without secrets. */
function poolConfig(shown: string | undefined, pool: string): string | undefined {
  const { scrape_configs: sections = [] } = (parse(shown ?? '') ?? {}) as {
    readonly scrape_configs?: readonly { readonly job_name?: unknown }[];
  };
  const section = sections.find(({ job_name: name }) => name === pool);
  return section === undefined ? undefined : stringify(section);
}

/** Targets on our own machine are reached by others under our own name. */
function globalUrl(url: string, externalURL: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname))
    parsed.hostname = new URL(externalURL).hostname;
  return parsed.href;
}

/** Pages elsewhere may ask, but where no token is needed only those of this machine: what they read is the state of a cluster. */
function corsOf(pattern: string | undefined, hasToken: boolean): CorsPolicy {
  if (pattern === undefined) return hasToken ? 'any' : 'loopback';
  if (pattern === '.*') return 'any';
  const regex = safeRegex(pattern);
  return (origin) => regex.matches(origin);
}

function flagsOf({ config, dataFolder, externalURL }: Embedded): Record<string, string> {
  return {
    'config.file': config.file,
    'query.lookback-delta': '5m',
    'query.max-concurrency': String(config.api.max_concurrent_queries),
    'query.max-samples': '50000000',
    'query.timeout': '2m',
    'storage.tsdb.path': `${dataFolder}/tsdb`,
    'storage.exemplars.exemplars-limit': String(config.storage.max_exemplars),
    'storage.tsdb.out-of-order-time-window': formatDuration(config.storage.out_of_order_window),
    'storage.tsdb.retention.size': `${config.storage.retention_size ?? 0}B`,
    'storage.tsdb.retention.time': formatDuration(config.storage.retention),
    'web.enable-admin-api': String(config.api.admin),
    'web.external-url': externalURL,
    'web.listen-address': config.listen,
  };
}

function storeOf(store: TimeSeriesStore, dataFolder: string): Store {
  return {
    select: (selection) => store.select(selection),
    series: (matchers, fromMs, toMs) => store.eachSeries(matchers, fromMs, toMs),
    labelNames: (matchers, fromMs, toMs) => store.labelNames(matchers, fromMs, toMs),
    labelValues: (name, matchers, fromMs, toMs) => store.labelValues(name, matchers, fromMs, toMs),
    exemplars: (matchers, fromMs, toMs) => store.exemplars(matchers, fromMs, toMs),
    async deleteSeries(matchers, fromMs, toMs) {
      await store.deleteSeries(matchers, fromMs, toMs);
    },
    cleanTombstones: () => store.cleanTombstones(),
    async snapshot({ skipHead }) {
      // Prometheus' names: the time, and something that no other snapshot has.
      const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
      const name = `${time}-${randomBytes(8).toString('hex')}`;
      await store.snapshot(join(dataFolder, 'tsdb', 'snapshots', name), { head: !skipHead });
      return name;
    },
    encodeChunks,
    crc32c,
  };
}

const chunkEncodings = { 1: 'xor', 2: 'histogram', 3: 'float-histogram' } as const;

/** Samples as chunks of the size that Prometheus makes. */
export function encodeChunks(samples: MixedSamples): Chunk[] {
  return encodeSamples(samples).map(({ minMs, maxMs, encoding, bytes, from, to }) => ({
    minMs,
    maxMs,
    encoding: chunkEncodings[encoding as 1 | 2 | 3],
    data: new Uint8Array(bytes.subarray(from, to)),
  }));
}
