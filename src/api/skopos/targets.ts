import { type FastifyInstance, parameters } from '../../http/server.ts';
import { type Labels, sortedPairs } from '../../model/labels.ts';
import type { JobJson, TargetHealth, TargetJson, TargetsJson } from './monitoring-contract.ts';
import type { MonitoringSource, ScrapedState, ScrapeReader } from './monitoring-source.ts';
import { base, listParameter, wholeParameter, wordParameter } from './parameters.ts';

const states: readonly TargetHealth[] = ['up', 'down', 'unknown'];
const sorts = ['target', 'state', 'last', 'duration', 'samples'] as const;

/** `GET /targets`: a window of them, filtered and sorted here, as there may be very many. */
export function targetListRoutes(app: FastifyInstance, { scrape }: MonitoringSource): void {
  app.get(`${base}/targets`, async (request): Promise<TargetsJson> => {
    const all = parameters(request);
    const jobs = listParameter(all, 'job');
    const state = wordParameter(all, 'state', states);
    const words = wordsOf(all);
    const active = scrape.active();
    const found = active.filter(
      (target) =>
        (jobs.length === 0 || jobs.includes(target.scrapePool)) &&
        (words.length === 0 || holdsWords(textOf(target), words)),
    );
    const shown = state === undefined ? found : found.filter(({ health }) => health === state);
    const by = wordParameter(all, 'sort', sorts) ?? 'target';
    const sign = wordParameter(all, 'order', ['asc', 'desc'] as const) === 'desc' ? -1 : 1;
    shown.sort((a, b) => sign * (compare[by](a, b) || compare.target(a, b)));
    const offset = wholeParameter(all, 'offset', { fallback: 0 });
    const limit = wholeParameter(all, 'limit', { fallback: 200, most: 1000 });
    return {
      total: shown.length,
      items: shown.slice(offset, offset + limit).map(targetJson),
      counts: {
        up: countOf(found, 'up'),
        down: countOf(found, 'down'),
        unknown: countOf(found, 'unknown'),
      },
      jobs: jobsOf(scrape, active),
    };
  });
}

const compare: Readonly<Record<(typeof sorts)[number], (a: ScrapedState, b: ScrapedState) => number>> = {
  target: (a, b) => compareTexts(a.scrapePool, b.scrapePool) || compareTexts(a.scrapeUrl, b.scrapeUrl),
  // What is down comes first.
  state: (a, b) => rank(a.health) - rank(b.health),
  last: (a, b) => (a.lastScrapeMs ?? 0) - (b.lastScrapeMs ?? 0),
  duration: (a, b) => a.lastScrapeSeconds - b.lastScrapeSeconds,
  samples: (a, b) => a.samples - b.samples,
};

function rank(health: TargetHealth): number {
  return ['down', 'unknown', 'up'].indexOf(health);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function countOf(targets: readonly ScrapedState[], health: TargetHealth): number {
  return targets.reduce((sum, target) => sum + (target.health === health ? 1 : 0), 0);
}

/** Jobs by name, with how many of their targets are up. */
export function jobsOf(scrape: ScrapeReader, active: readonly ScrapedState[]): readonly JobJson[] {
  const jobs = new Map(scrape.pools().map((job) => [job, { job, targets: 0, up: 0, dropped: 0 }]));
  for (const { scrapePool, health } of active) {
    const job = jobs.get(scrapePool);
    if (job === undefined) continue;
    job.targets++;
    if (health === 'up') job.up++;
  }
  for (const [name, count] of Object.entries(scrape.droppedCounts())) {
    const job = jobs.get(name);
    if (job !== undefined) job.dropped = count;
  }
  return [...jobs.values()].sort((a, b) => compareTexts(a.job, b.job));
}

/** The words of `q`, in lower case. */
export function wordsOf(all: URLSearchParams): readonly string[] {
  return (all.get('q') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

export function holdsWords(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/** `name="value",name="value"`, for searching. */
export function labelsText(labels: Labels): string {
  const pairs = sortedPairs(labels);
  let text = '';
  for (let i = 0; i < pairs.length; i += 2) text += `${pairs[i]}="${pairs[i + 1]}",`;
  return text;
}

function textOf({ scrapePool, scrapeUrl, lastError, warning, labels }: ScrapedState): string {
  return `${scrapeUrl} ${scrapePool} ${labelsText(labels)} ${lastError} ${warning}`;
}

function targetJson(target: ScrapedState): TargetJson {
  const { scrapePool, scrapeUrl, lastScrapeMs, ...rest } = target;
  const { health, lastError, warning, lastScrapeSeconds, samples } = rest;
  const { intervalMs, timeoutMs, labels, discoveredLabels } = rest;
  return {
    job: scrapePool,
    url: scrapeUrl,
    ...{ health, lastError, warning, lastScrapeSeconds, samples },
    ...{ intervalMs, timeoutMs, labels, discoveredLabels },
    ...(lastScrapeMs === undefined ? {} : { lastScrapeMs }),
  };
}
