import type { FastifyInstance } from '../../http/server.ts';
import { alertRoutes } from './alerts.ts';
import { attackPathRoutes } from './attack-paths.ts';
import { clusterMapRoutes } from './cluster-map.ts';
import { controlRoutes } from './controls.ts';
import { drillRoutes } from './drills.ts';
import { eventRoutes } from './events.ts';
import { exceptionRoutes } from './exceptions.ts';
import { findingRoutes } from './findings.ts';
import { frameworkRoutes } from './frameworks.ts';
import { inboxRoutes } from './inbox.ts';
import { ledgerRoutes } from './ledger.ts';
import { liveFeedRoutes } from './live-feed.ts';
import { overviewRoutes } from './overview.ts';
import { peersRoutes } from './peers.ts';
import { relationRoutes } from './relations.ts';
import { resourceRoutes } from './resources.ts';
import { routingRoutes } from './routing.ts';
import { silenceRoutes } from './silences.ts';
import type { SkoposSource } from './source.ts';
import { suppressionRoutes } from './suppressions.ts';
import { verdictRoutes } from './verdicts.ts';
import { whyRoutes } from './why.ts';

/** Our own API under /api/skopos/v1, which the pages and the command line read; its JSON is in contract.ts. */
export function skoposRoutes(app: FastifyInstance, source: SkoposSource): void {
  overviewRoutes(app, source);
  findingRoutes(app, source);
  frameworkRoutes(app, source);
  controlRoutes(app, source);
  verdictRoutes(app, source);
  resourceRoutes(app, source);
  relationRoutes(app, source);
  clusterMapRoutes(app, source);
  attackPathRoutes(app, source);
  alertRoutes(app, source);
  whyRoutes(app, source);
  silenceRoutes(app, source);
  exceptionRoutes(app, source);
  suppressionRoutes(app, source);
  routingRoutes(app, source);
  peersRoutes(app, source);
  ledgerRoutes(app, source);
  inboxRoutes(app, source);
  drillRoutes(app, source);
  liveFeedRoutes(app, source);
  eventRoutes(app, source);
}
