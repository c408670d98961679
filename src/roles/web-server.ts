import { parseMatcher } from '../alerting/parse-matchers.ts';
import { alertmanagerRoutes } from '../api/alertmanager/routes.ts';
import { kubescapeRoutes } from '../api/kubescape/routes.ts';
import { operationsRoutes } from '../api/operations.ts';
import { pageRoutes } from '../api/pages.ts';
import { prometheusRoutes } from '../api/prometheus/routes.ts';
import { pushgatewayRoutes } from '../api/pushgateway/routes.ts';
import { admissionRoutes } from '../api/skopos/admission.ts';
import { dashboardRoutes } from '../api/skopos/dashboards.ts';
import { doctorRoutes } from '../api/skopos/doctor.ts';
import { imageRoutes } from '../api/skopos/images.ts';
import { monitoringRoutes } from '../api/skopos/monitoring-routes.ts';
import { nodeRoutes } from '../api/skopos/nodes.ts';
import { operatorRoutes } from '../api/skopos/operator-routes.ts';
import { pushedRoutes } from '../api/skopos/pushed.ts';
import { registryRoutes } from '../api/skopos/registries.ts';
import { remoteRoutes } from '../api/skopos/remote.ts';
import { skoposRoutes } from '../api/skopos/routes.ts';
import { ruleCheckRoutes } from '../api/skopos/rule-checks.ts';
import { stateRoutes } from '../api/state.ts';
import { createServer, type FastifyInstance } from '../http/server.ts';
import { admissionSource } from './admission-source.ts';
import { ruleChecks } from './backtest/rule-checks.ts';
import { embeddedDoctor } from './doctor/embedded-doctor.ts';
import type { Embedded } from './embedded.ts';
import { nodesReader } from './host/nodes-reader.ts';
import { workloadAsked } from './images/workload-images.ts';
import { monitoringSource } from './monitoring-source.ts';
import { kubescapeSource } from './operator/kubescape-source.ts';
import { kubevulnSource } from './operator/kubevuln-source.ts';
import { operatorSource } from './operator/operator-source.ts';
import { pagesFolder, runbookFolder } from './paths.ts';
import { prometheusSource } from './prometheus-source.ts';
import { skoposSource } from './skopos-source.ts';
import { version } from './version.ts';

/** Everything that is served on the one port. @param reload puts the configuration in place anew, or throws */
export function createWebServer(embedded: Embedded, reload: () => void): FastifyInstance {
  const { config, log, registry, kubescape, router } = embedded;
  const app = createServer({
    log,
    loopbackOnly: config.address.isLoopback,
    ...(config.token === undefined ? {} : { token: config.token }),
  });
  operationsRoutes(app, {
    isReady: () => embedded.chain.isReady,
    reload,
    metrics: () => registry.families(),
    kubescapeMetrics: () => (embedded.chain.isReady ? kubescape() : []),
    runbookFolder,
  });
  stateRoutes(app, embedded.state === undefined ? undefined : (choice) => embedded.state?.text(choice) ?? []);
  skoposRoutes(app, skoposSource(embedded));
  admissionRoutes(app, admissionSource(embedded));
  ruleCheckRoutes(app, ruleChecks(embedded));
  monitoringRoutes(app, monitoringSource(embedded));
  remoteRoutes(app, embedded.remote.status);
  pushedRoutes(app, embedded.pushed);
  dashboardRoutes(app, embedded.dashboards);
  nodeRoutes(app, nodesReader(embedded));
  doctorRoutes(app, embeddedDoctor(embedded));
  registryRoutes(app, embedded.images.registries);
  imageRoutes(app, embedded.images.source, (key) => workloadAsked(key, embedded.inventory));
  operatorRoutes(app, operatorSource(embedded.operator, embedded.clock), version);
  pageRoutes(app, pagesFolder);

  // Each surface has its own form of errors, so each is a scope of its own.
  prometheusRoutes(app, prometheusSource(embedded));
  pushgatewayRoutes(app, embedded.push);
  kubescapeRoutes(
    app,
    kubescapeSource(embedded.operator, () => embedded.chain.isReady),
    kubevulnSource(embedded.operator, embedded.images),
  );
  void app.register((scope, _options, done) => {
    alertmanagerRoutes(scope, router, { version, parseMatcher });
    done();
  });
  return app;
}
