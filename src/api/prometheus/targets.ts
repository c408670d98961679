import { type FastifyInstance, parameters } from '../../http/server.ts';
import { compileMatcher } from '../../kit/compile-matcher.ts';
import { formatDuration } from '../../kit/duration.ts';
import type { Labels } from '../../model/labels.ts';
import { PromqlError } from '../../promql/errors.ts';
import { parseSelector } from '../../promql/parser.ts';
import { ApiError, success } from './envelope.ts';
import { invalid, wholeParameter } from './parameters.ts';
import { goTime } from './rules.ts';
import type { ActiveTarget, Metadata, PrometheusSource, TargetSource } from './source.ts';

const nothing: TargetSource = { active: () => [], dropped: () => [], pools: () => [] };

/** `GET /api/v1/targets`, `/targets/metadata`, `/scrape_pools`, `/metadata`, `/alertmanagers`. */
export function targetRoutes(
  app: FastifyInstance,
  source: Pick<PrometheusSource, 'targets' | 'metadata' | 'alertmanagers'>,
): void {
  const targets = source.targets ?? nothing;

  app.get('/api/v1/targets', async (request) => {
    const all = parameters(request);
    const state = (all.get('state') ?? '').toLowerCase();
    const pool = all.get('scrapePool') ?? '';
    const isAny = state === '' || state === 'any';
    const active = isAny || state === 'active' ? targets.active() : [];
    const dropped = isAny || state === 'dropped' ? targets.dropped() : [];
    const inPool = (target: { readonly scrapePool: string }) => pool === '' || target.scrapePool === pool;
    const counts: Record<string, number> = {};
    for (const name of targets.pools()) counts[name] = 0;
    if (targets.droppedCounts === undefined)
      for (const { scrapePool } of targets.dropped()) counts[scrapePool] = (counts[scrapePool] ?? 0) + 1;
    else Object.assign(counts, targets.droppedCounts());
    return success({
      activeTargets: active.filter(inPool).map(targetJson),
      droppedTargets: dropped.filter(inPool),
      droppedTargetCounts: counts,
    });
  });

  app.get('/api/v1/scrape_pools', async () => success({ scrapePools: [...targets.pools()].sort() }));

  app.get('/api/v1/scrape_pools/config', async (request) => {
    const pool = parameters(request).get('scrapePool') ?? '';
    if (pool === '') throw invalid('scrapePool', 'no scrapePool parameter provided');
    const yaml = targets.poolConfig?.(pool);
    if (yaml === undefined) throw new ApiError('not_found', `scrape pool "${pool}" not found`);
    return success({ yaml });
  });

  app.get('/api/v1/targets/relabel_steps', async (request) => {
    const all = parameters(request);
    const steps = targets.relabelSteps?.(all.get('scrapePool') ?? '', labelsParameter(all));
    if (steps === undefined) throw new ApiError('bad_data', 'scrape pool not found');
    return success({
      steps: steps.map(({ rule, labels }) => ({ rule, output: labels ?? {}, keep: labels !== undefined })),
    });
  });

  app.get('/api/v1/targets/metadata', async (request) => {
    const all = parameters(request);
    const limit = wholeParameter(all, 'limit', -1, 'limit must be a number');
    const metric = all.get('metric') ?? '';
    const matches = targetMatch(all.get('match_target') ?? '');
    const found = [...(targets.metadata?.() ?? [])]
      .filter(({ name, target }) => (metric === '' || name === metric) && matches(target))
      .map(({ name, target, type, help, unit = '' }) => ({
        target,
        ...(metric === '' ? { metric: name } : {}),
        type,
        help,
        unit,
      }));
    return success(limit >= 0 ? found.slice(0, limit) : found);
  });

  app.get('/api/v1/metadata', async (request) => {
    const all = parameters(request);
    const refusal = 'limit must be a number';
    const limit = wholeParameter(all, 'limit', -1, refusal);
    const perMetric = wholeParameter(all, 'limit_per_metric', -1, refusal);
    return success(metadataByName(source.metadata(), all.get('metric') ?? '', limit, perMetric));
  });

  // Alerts are routed in the same process, too; those named here are others.
  app.get('/api/v1/alertmanagers', async () =>
    success({
      activeAlertmanagers: (source.alertmanagers?.active() ?? []).map((url) => ({ url })),
      droppedAlertmanagers: (source.alertmanagers?.dropped() ?? []).map((url) => ({ url })),
    }),
  );
}

/** `labels`: a JSON object of texts. */
function labelsParameter(all: URLSearchParams): Labels {
  let read: unknown;
  try {
    read = JSON.parse(all.get('labels') ?? '');
  } catch {
    throw invalid('labels', 'expected a JSON object of label names and values');
  }
  const isLabels =
    typeof read === 'object' &&
    read !== null &&
    !Array.isArray(read) &&
    Object.values(read).every((value) => typeof value === 'string');
  if (!isLabels) throw invalid('labels', 'expected a JSON object of label names and values');
  return read as Labels;
}

function metadataByName(
  all: Iterable<Metadata>,
  metric: string,
  limit: number,
  perMetric: number,
): Record<string, unknown[]> {
  const byName: Record<string, { type: string; help: string; unit: string }[]> = {};
  let names = 0;
  for (const { name, type, help, unit = '' } of all) {
    if (metric !== '' && name !== metric) continue;
    const known = byName[name];
    if (known === undefined) {
      // As in Prometheus, 0 is nothing, less is no limit.
      if (limit >= 0 && names >= limit) continue;
      names++;
      byName[name] = [{ type, help, unit }];
    } else if (
      (perMetric <= 0 || known.length < perMetric) &&
      !known.some((other) => other.type === type && other.help === help && other.unit === unit)
    )
      known.push({ type, help, unit });
  }
  return byName;
}

function targetMatch(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  if (text === '') return () => true;
  try {
    const matchers = parseSelector(text).map((matcher) => ({ matcher, matches: compileMatcher(matcher) }));
    return (labels) => matchers.every(({ matcher, matches }) => matches(labels[matcher.name] ?? ''));
  } catch (error) {
    if (error instanceof PromqlError) throw invalid('match_target', error.message);
    throw error;
  }
}

function targetJson(target: ActiveTarget): unknown {
  return {
    discoveredLabels: target.discoveredLabels,
    labels: target.labels,
    scrapePool: target.scrapePool,
    scrapeUrl: target.scrapeUrl,
    globalUrl: target.globalUrl,
    lastError: target.lastError,
    ...(target.warning ? { lastWarning: target.warning } : {}),
    lastScrape: goTime(target.lastScrapeMs),
    lastScrapeDuration: target.lastScrapeSeconds,
    health: target.health,
    scrapeInterval: formatDuration(target.intervalMs),
    scrapeTimeout: formatDuration(target.timeoutMs),
  };
}
