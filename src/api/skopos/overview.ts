import type { FastifyInstance } from '../../http/server.ts';
import { alertsOf } from './alerts.ts';
import type { OverviewJson } from './contract.ts';
import { base } from './parameters.ts';
import type { SkoposSource } from './source.ts';

/** How much of what happened last is shown. */
const recentRows = 50;

/** `GET /overview`. */
export function overviewRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/overview`, async () => overviewOf(source));
}

function overviewOf(source: SkoposSource): OverviewJson {
  const { cluster, version, startedAtMs, findings } = source;
  const [lastDrill] = source.drills.list();
  return {
    cluster,
    version,
    startedAtMs,
    source: source.sourceInfo(),
    frameworks: source.frameworks(),
    findings: { open: findings.openCounts(), newToday: findings.newCounts(source.newSinceMs()) },
    verdicts: source.verdictTotals(),
    alerts: countsOf(source),
    parts: source.parts(),
    ...(lastDrill === undefined ? {} : { lastDrill }),
    recent: source.ledger.query({ limit: recentRows }),
  };
}

function countsOf(source: SkoposSource): OverviewJson['alerts'] {
  const alerts = alertsOf(source);
  const firing = alerts.filter(({ state }) => state === 'firing');
  return {
    firing: firing.length,
    pending: alerts.filter(({ state }) => state === 'pending').length,
    silenced: firing.filter(({ silencedBy }) => silencedBy.length > 0).length,
  };
}
