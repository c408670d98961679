import { hostname } from 'node:os';
import { type FastifyInstance, parameters } from '../../http/server.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { ApiError, success } from './envelope.ts';
import { invalid, wholeParameter } from './parameters.ts';
import { selfMetrics } from './self-metrics.ts';
import type { StatusSource } from './source.ts';

/** The Prometheus whose API this is: clients such as Grafana read from it what they may ask for. */
const apiVersion = '3.14.0';
const mostCounts = 10_000;

/** `GET /api/v1/status/*`. */
export function statusRoutes(app: FastifyInstance, source: StatusSource): void {
  app.get('/api/v1/status/buildinfo', async () =>
    // Nothing about features here: with them Grafana takes us for another product.
    success({
      version: apiVersion,
      revision: '',
      branch: `skopos ${source.version}`,
      buildUser: '',
      buildDate: '',
      goVersion: `node ${process.version}`,
    }),
  );

  app.get('/api/v1/status/runtimeinfo', async () => {
    const { atMs, ok } = source.reload();
    return success({
      startTime: new Date(source.startedAtMs).toISOString(),
      CWD: process.cwd(),
      hostname: hostname(),
      serverTime: new Date().toISOString(),
      reloadConfigSuccess: ok,
      lastConfigTime: new Date(atMs).toISOString(),
      corruptionCount: source.corruptions?.() ?? 0,
      // There are no goroutines here; the fields are there because clients expect them.
      goroutineCount: 1,
      GOMAXPROCS: 1,
      GOMEMLIMIT: 0,
      GOGC: '',
      GODEBUG: '',
      storageRetention: source.flags()['storage.tsdb.retention.time'] ?? '',
    });
  });

  app.get('/api/v1/status/self_metrics', async (request) => {
    const pattern = parameters(request).get('metric_name_pattern') ?? '';
    try {
      return success(selfMetrics(source.families?.() ?? [], pattern));
    } catch (error) {
      if (error instanceof BadInputError) throw invalid('metric_name_pattern', error.message);
      throw error;
    }
  });

  app.get('/api/v1/status/flags', async () => success(source.flags()));
  app.get('/api/v1/status/config', async () => success({ yaml: source.configText() }));
  app.get('/api/v1/status/walreplay', async () =>
    success(source.walReplay?.() ?? { min: 0, max: 0, current: 0 }),
  );
  app.get('/api/v1/status/tsdb/blocks', async () => success({ blocks: source.blocks?.() ?? [] }));

  app.get('/api/v1/status/tsdb', async (request) => {
    const limit = wholeParameter(parameters(request), 'limit', 10, 'limit must be a positive number');
    if (limit < 1) throw new ApiError('bad_data', 'limit must be a positive number');
    if (limit > mostCounts) throw new ApiError('bad_data', `limit must not exceed ${mostCounts}`);
    const { series, labelPairs, chunks, minMs, maxMs, ...top } = source.store(limit);
    return success({
      headStats: {
        numSeries: series,
        numLabelPairs: labelPairs,
        chunkCount: chunks,
        minTime: minMs ?? 0,
        maxTime: maxMs ?? 0,
      },
      seriesCountByMetricName: top.seriesByMetric.slice(0, limit),
      labelValueCountByLabelName: top.valuesByLabel.slice(0, limit),
      memoryInBytesByLabelName: (top.bytesByLabel ?? []).slice(0, limit),
      seriesCountByLabelValuePair: top.seriesByPair.slice(0, limit),
    });
  });
}
