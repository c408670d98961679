import { prometheusRoutes } from '../../src/api/prometheus/routes.ts';
import type { PrometheusSource, QueryEngine } from '../../src/api/prometheus/source.ts';
import { createServer, type FastifyInstance } from '../../src/http/server.ts';
import { VirtualClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { Engine } from '../../src/promql/engine.ts';
import { encodeChunks } from '../../src/roles/prometheus-source.ts';
import { crc32c } from '../../src/tsdb/crc32c.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';

export interface ApiOptions {
  readonly nowMs: number;
  readonly engine?: QueryEngine;
  /** Put over what is there. */
  readonly source?: Partial<PrometheusSource>;
  /** Put over the store. */
  readonly store?: Partial<PrometheusSource['store']>;
}

export interface OpenedApi {
  readonly app: FastifyInstance;
  readonly store: TimeSeriesStore;
  readonly ask: Ask;
}

export type Ask = (
  path: string,
  parameters?: Record<string, string> | readonly (readonly [string, string])[],
  method?: 'GET' | 'POST' | 'PUT',
) => Promise<{ status: number; body: Body }>;

// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, which tests look at
type Body = any;

/** The whole Prometheus API over a real store and engine, without a port. */
export function openApi(options: ApiOptions): OpenedApi {
  const { nowMs, engine = new Engine() } = options;
  const clock = new VirtualClock(nowMs);
  const store = new TimeSeriesStore({ clock, log: silentLogger });
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  prometheusRoutes(app, {
    engine,
    store: {
      select: (selection) => store.select(selection),
      series: (matchers, fromMs, toMs) => store.eachSeries(matchers, fromMs, toMs),
      labelNames: (matchers, fromMs, toMs) => store.labelNames(matchers, fromMs, toMs),
      labelValues: (name, matchers, fromMs, toMs) => store.labelValues(name, matchers, fromMs, toMs),
      encodeChunks,
      crc32c,
      ...options.store,
    },
    now: () => clock.now(),
    rules: { groups: () => [] },
    metadata: () => [],
    isAdminEnabled: false,
    externalLabels: {},
    cors: 'any',
    status: {
      version: '1.2.3',
      startedAtMs: nowMs,
      flags: () => ({ 'storage.tsdb.retention.time': '15d' }),
      configText: () => 'global: {}\n',
      reload: () => ({ atMs: nowMs, ok: true }),
      store: () => store.stats(),
    },
    ...options.source,
  });
  const ask: Ask = async (path, parameters = {}, method = 'GET') => {
    const text = new URLSearchParams(parameters as Record<string, string>).toString();
    const reply = await app.inject(
      method === 'GET'
        ? `/api/v1/${path}?${text}`
        : {
            method,
            url: `/api/v1/${path}`,
            payload: text,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          },
    );
    return { status: reply.statusCode, body: reply.body === '' ? undefined : reply.json() };
  };
  return { app, store, ask };
}
