import type { FastifyInstance } from '../../http/server.ts';
import { type FastifyRequest, parameters } from '../../http/server.ts';
import type { MetricFamily } from '../../model/metric.ts';
import { success } from './envelope.ts';
import { countParameter } from './parameters.ts';

/** What the process says of itself. */
export interface StatusSource {
  readonly version: string;
  readonly startedAtMs: number;
  /** Flags and settings by Prometheus' flag names. */
  flags(): Readonly<Record<string, string>>;
  /** The configuration that is running, as YAML, without secrets. */
  configText(): string;
  /** Unix ms of the last reload that worked, and whether the last one did. */
  reload(): { readonly atMs: number; readonly ok: boolean };
  store(): StoreStatus;
  metrics(): readonly MetricFamily[];
}

export interface StoreStatus {
  readonly series: number;
  readonly labelPairs: number;
  readonly chunks: number;
  readonly minMs: number | undefined;
  readonly maxMs: number | undefined;
  readonly seriesByMetric: readonly Count[];
  readonly valuesByLabel: readonly Count[];
  readonly seriesByPair: readonly Count[];
}

interface Count {
  readonly name: string;
  readonly value: number;
}

/** The Prometheus whose API this is: clients such as Grafana read from it what they may ask for. */
const apiVersion = '3.14.0';

/** `GET /api/v1/status/*`, `/api/v1/metadata`, `/api/v1/targets`. */
export function statusRoutes(app: FastifyInstance, source: StatusSource): void {
  app.get('/api/v1/status/buildinfo', () =>
    success({
      version: apiVersion,
      revision: '',
      branch: `skopos ${source.version}`,
      buildUser: '',
      buildDate: '',
      goVersion: `node ${process.version}`,
    }),
  );

  app.get('/api/v1/status/runtimeinfo', () => {
    const { atMs, ok } = source.reload();
    return success({
      startTime: new Date(source.startedAtMs).toISOString(),
      CWD: process.cwd(),
      hostname: '',
      serverTime: new Date().toISOString(),
      reloadConfigSuccess: ok,
      lastConfigTime: new Date(atMs).toISOString(),
      corruptionCount: 0,
      storageRetention: source.flags()['storage.tsdb.retention.time'] ?? '',
    });
  });

  app.get('/api/v1/status/flags', () => success(source.flags()));
  app.get('/api/v1/status/config', () => success({ yaml: source.configText() }));
  app.get('/api/v1/status/walreplay', () => success({ min: 0, max: 0, current: 0 }));

  app.get('/api/v1/status/tsdb', (request: FastifyRequest) => {
    const limit = countParameter(parameters(request), 'limit', 10);
    const { series, labelPairs, chunks, minMs, maxMs, ...top } = source.store();
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
      memoryInBytesByLabelName: [],
      seriesCountByLabelValuePair: top.seriesByPair.slice(0, limit),
    });
  });

  app.get('/api/v1/metadata', (request) => {
    const all = parameters(request);
    const metric = all.get('metric');
    const limit = countParameter(all, 'limit', -1);
    const families = source
      .metrics()
      .filter(({ name }) => metric === null || metric === '' || name === metric);
    const shown = limit < 0 ? families : families.slice(0, limit);
    return success(
      Object.fromEntries(
        shown.map(({ name, type, help }) => [
          name,
          [{ type: type === 'unknown' ? 'unknown' : type, help, unit: '' }],
        ]),
      ),
    );
  });

  // Nothing is scraped but ourselves, and that without HTTP.
  app.get('/api/v1/targets', () =>
    success({ activeTargets: [], droppedTargets: [], droppedTargetCounts: {} }),
  );
  app.get('/api/v1/alertmanagers', () => success({ activeAlertmanagers: [], droppedAlertmanagers: [] }));
}
