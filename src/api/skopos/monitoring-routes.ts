import type { FastifyInstance } from '../../http/server.ts';
import { configurationRoutes } from './configuration.ts';
import { discoveryRoutes } from './discovery.ts';
import type { MonitoringSource } from './monitoring-source.ts';
import { monitorRoutes } from './monitors.ts';
import { ruleGroupRoutes } from './rule-groups.ts';
import { targetListRoutes } from './targets.ts';

/** What of our own API is about watching itself: targets, discovery, objects that ask to be scraped, rules, configuration. */
export function monitoringRoutes(app: FastifyInstance, source: MonitoringSource): void {
  targetListRoutes(app, source);
  discoveryRoutes(app, source);
  monitorRoutes(app, source);
  ruleGroupRoutes(app, source);
  configurationRoutes(app, source);
}
