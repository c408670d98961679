import type { FastifyInstance } from '../../http/server.ts';
import { systemClock } from '../../kit/clock.ts';
import { Turns } from '../../promql/turns.ts';
import { adminRoutes } from './admin.ts';
import { useEnvelope } from './envelope.ts';
import { featureRoutes } from './features.ts';
import { federateRoutes } from './federate/routes.ts';
import { notificationRoutes } from './notifications.ts';
import { otlpRoutes } from './otlp/routes.ts';
import { queryRoutes } from './query.ts';
import { remoteReadRoutes } from './remote-read.ts';
import { remoteWriteRoutes } from './remote-write/routes.ts';
import { ruleRoutes } from './rules.ts';
import { searchRoutes } from './search.ts';
import { seriesRoutes } from './series.ts';
import type { PrometheusSource } from './source.ts';
import { statusRoutes } from './status.ts';
import { targetRoutes } from './targets.ts';
import { useCors, useGzip } from './transport.ts';

/** The whole of Prometheus' HTTP API, in a scope of its own: its errors have Prometheus' envelope. */
export function prometheusRoutes(app: FastifyInstance, source: PrometheusSource): void {
  void app.register((scope, _options, done) => {
    useEnvelope(scope);
    useCors(scope, source.cors);
    useGzip(scope);
    queryRoutes(scope, source);
    seriesRoutes(scope, source.store, source.engine.turns ?? new Turns());
    targetRoutes(scope, source);
    ruleRoutes(scope, source.rules);
    statusRoutes(scope, source.status);
    featureRoutes(scope, source);
    notificationRoutes(scope, source.status, source.clock ?? systemClock);
    searchRoutes(scope, source);
    adminRoutes(scope, source);
    federateRoutes(scope, source);
    remoteReadRoutes(scope, source);
    if (source.write !== undefined) remoteWriteRoutes(scope, source.write);
    if (source.otlp !== undefined) otlpRoutes(scope, source.otlp);
    done();
  });
}
