import type { Alert } from '../model/alert.ts';

/** Alerts as `POST /api/v2/alerts` takes them. Source: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (`postableAlert`) */
export function alertsJson(alerts: readonly Alert[]): string {
  return JSON.stringify(
    alerts.map(({ labels, annotations, startsAtMs, endsAtMs, generatorURL }) => ({
      labels,
      annotations,
      startsAt: new Date(startsAtMs).toISOString(),
      endsAt: new Date(endsAtMs).toISOString(),
      generatorURL,
    })),
  );
}
