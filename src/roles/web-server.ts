import { parseMatcher } from '../alerting/parse-matchers.ts';
import { alertmanagerRoutes } from '../api/alertmanager/routes.ts';
import { operationsRoutes } from '../api/operations.ts';
import { pageRoutes } from '../api/pages.ts';
import { useEnvelope } from '../api/prometheus/envelope.ts';
import { queryRoutes } from '../api/prometheus/query.ts';
import { ruleRoutes } from '../api/prometheus/rules.ts';
import { seriesRoutes } from '../api/prometheus/series.ts';
import { statusRoutes } from '../api/prometheus/status.ts';
import { skoposRoutes } from '../api/skopos/routes.ts';
import { createServer, type FastifyInstance } from '../http/server.ts';
import { formatDuration } from '../kit/duration.ts';
import type { Embedded } from './embedded.ts';
import { pagesFolder, runbookFolder } from './paths.ts';
import { skoposSource } from './skopos-source.ts';
import { version } from './version.ts';

/** Everything that is served on the one port. @param reload puts the configuration in place anew, or throws */
export function createWebServer(embedded: Embedded, reload: () => void): FastifyInstance {
  const { config, log, registry, kubescape, store, queries, clock, router, rules } = embedded;
  const app = createServer({
    log,
    loopbackOnly: config.address.isLoopback,
    ...(config.token === undefined ? {} : { token: config.token }),
  });
  operationsRoutes(app, {
    isReady: () => embedded.chain.isReady,
    reload,
    metrics: () => registry.gather(),
    kubescapeMetrics: () => (embedded.chain.isReady ? kubescape() : []),
    runbookFolder,
  });
  skoposRoutes(app, skoposSource(embedded));
  pageRoutes(app, pagesFolder);

  // Each surface has its own form of errors, so each is a scope of its own.
  void app.register((scope, _options, done) => {
    useEnvelope(scope);
    queryRoutes(scope, { engine: queries, queryable: store, now: () => clock.now() });
    seriesRoutes(scope, store);
    ruleRoutes(scope, rules);
    statusRoutes(scope, {
      version,
      startedAtMs: embedded.startedAtMs,
      flags: () => flagsOf(embedded),
      configText: () =>
        JSON.stringify({
          global: {
            evaluation_interval: formatDuration(config.rules.evaluation_interval),
            external_labels: config.rules.external_labels,
          },
        }),
      reload: () => embedded.reload,
      store: () => store.stats(),
      metrics: () => registry.gather(),
    });
    done();
  });
  void app.register((scope, _options, done) => {
    alertmanagerRoutes(scope, router, { version, parseMatcher });
    done();
  });
  return app;
}

function flagsOf({ config, dataFolder, externalURL }: Embedded): Record<string, string> {
  return {
    'config.file': config.file,
    'storage.tsdb.path': `${dataFolder}/tsdb`,
    'storage.tsdb.retention.time': formatDuration(config.storage.retention),
    'web.external-url': externalURL,
    'web.listen-address': config.listen,
  };
}
