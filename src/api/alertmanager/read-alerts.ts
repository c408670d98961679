import { readTime } from './json.ts';
import type { PostedAlert } from './source.ts';

/**
 * Alerts of a body, read without a schema, as they come by the thousand; undefined as soon as anything is not as it should be, so
 * that the schema can say what.
 */
export function readAlerts(body: unknown): PostedAlert[] | undefined {
  if (!Array.isArray(body)) return undefined;
  const alerts: PostedAlert[] = [];
  for (const one of body as unknown[]) {
    const alert = readAlert(one);
    if (alert === undefined) return undefined;
    alerts.push(alert);
  }
  return alerts;
}

function readAlert(body: unknown): PostedAlert | undefined {
  if (!isObject(body)) return undefined;
  const { labels, annotations, startsAt, endsAt, generatorURL } = body;
  if (!isLabels(labels) || !(annotations === undefined || isLabels(annotations))) return undefined;
  if (!(generatorURL === undefined || typeof generatorURL === 'string')) return undefined;
  const startsAtMs = startsAt === undefined ? undefined : timeOf(startsAt);
  const endsAtMs = endsAt === undefined ? undefined : timeOf(endsAt);
  if (Number.isNaN(startsAtMs) || Number.isNaN(endsAtMs)) return undefined;
  return { labels, annotations, startsAtMs, endsAtMs, generatorURL };
}

function timeOf(value: unknown): number {
  return typeof value === 'string' ? readTime(value) : Number.NaN;
}

function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  if (!isObject(value)) return false;
  for (const name in value) if (typeof value[name] !== 'string') return false;
  return true;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
