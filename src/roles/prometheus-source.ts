import { stringify } from 'yaml';
import type { Chunk, CorsPolicy, PrometheusSource, Store } from '../api/prometheus/source.ts';
import { formatDuration } from '../kit/duration.ts';
import { safeRegex } from '../kit/regex.ts';
import type { MixedSamples } from '../model/float-histogram.ts';
import { crc32c } from '../tsdb/crc32c.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import { appendXor, maxSampleBytes, newCursor, openChunk } from '../tsdb/xor-chunk.ts';
import type { Embedded } from './embedded.ts';
import { version } from './version.ts';

/** The running process as the Prometheus API sees it. */
export function prometheusSource(embedded: Embedded): PrometheusSource {
  const { config, registry, store, queries, clock, rules } = embedded;
  return {
    engine: queries,
    store: storeOf(store),
    rules,
    now: () => clock.now(),
    metadata: () => registry.gather(),
    isAdminEnabled: config.api.admin,
    externalLabels: config.rules.external_labels,
    cors: corsOf(config.api.cors_origin, config.token !== undefined),
    status: {
      version,
      startedAtMs: embedded.startedAtMs,
      flags: () => flagsOf(embedded),
      configText: () =>
        stringify({
          global: {
            evaluation_interval: formatDuration(config.rules.evaluation_interval),
            external_labels: config.rules.external_labels,
          },
        }),
      reload: () => embedded.reload,
      store: () => store.stats(),
    },
  };
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
    'storage.tsdb.retention.time': formatDuration(config.storage.retention),
    'web.enable-admin-api': String(config.api.admin),
    'web.external-url': externalURL,
    'web.listen-address': config.listen,
  };
}

function storeOf(store: TimeSeriesStore): Store {
  return {
    select: (selection) => store.select(selection),
    series: (matchers, fromMs, toMs) => store.series(matchers, fromMs, toMs),
    labelNames: (matchers, fromMs, toMs) => store.labelNames(matchers, fromMs, toMs),
    labelValues: (name, matchers, fromMs, toMs) => store.labelValues(name, matchers, fromMs, toMs),
    encodeChunks,
    crc32c,
  };
}

const samplesPerChunk = 120;

/** Samples as chunks of the size that Prometheus makes. */
export function encodeChunks({ timesMs, values }: MixedSamples): Chunk[] {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const chunks: Chunk[] = [];
  for (let from = 0; from < timesMs.length; from += samplesPerChunk) {
    const to = Math.min(timesMs.length, from + samplesPerChunk);
    const cursor = newCursor();
    openChunk(cursor, new Uint8Array(2 + (to - from) * maxSampleBytes), 0);
    for (let i = from; i < to; i++)
      appendXor(cursor, timesMs[i] as number, words[i * 2 + 1] as number, words[i * 2] as number);
    chunks.push({
      minMs: timesMs[from] as number,
      maxMs: timesMs[to - 1] as number,
      encoding: 'xor',
      data: cursor.bytes.slice(0, Math.ceil(cursor.bit / 8)),
    });
  }
  return chunks;
}
