import { type FastifyInstance, parameters } from '../../http/server.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import type { DiscoveredTargetJson, DiscoveredTargetsJson, DiscoveryJson } from './monitoring-contract.ts';
import type { MonitoringSource } from './monitoring-source.ts';
import { base, wholeParameter, wordParameter } from './parameters.ts';
import { holdsWords, jobsOf, labelsText, wordsOf } from './targets.ts';

/** `GET /discovery` and `GET /discovery/targets`: what was found for each job, and what relabelling made of it. */
export function discoveryRoutes(app: FastifyInstance, source: MonitoringSource): void {
  app.get(`${base}/discovery`, async (): Promise<DiscoveryJson> => {
    const { scrape, monitors } = source;
    const sections = new Map<string, DiscoveryJson['items'][number]['sections'][number][]>();
    for (const { name, kind, targets, problem } of source.discovery()) {
      const of = sections.get(name) ?? [];
      sections.set(name, of);
      of.push({ kind, targets, problem });
    }
    const brought = new Map(monitors.list().flatMap((facts) => facts.jobs.map((job) => [job, facts])));
    return {
      items: jobsOf(scrape, scrape.active()).map(({ job, targets, dropped }) => {
        const object = brought.get(job);
        const own = sections.get(job) ?? [];
        return {
          job,
          ...(object === undefined
            ? {}
            : { object: { kind: object.kind, namespace: object.namespace, name: object.name } }),
          sections: own,
          discovered: own.reduce((sum, section) => sum + section.targets, 0),
          kept: targets,
          dropped,
        };
      }),
    };
  });

  app.get(`${base}/discovery/targets`, async (request): Promise<DiscoveredTargetsJson> => {
    const all = parameters(request);
    const job = all.get('job') ?? '';
    if (job === '') throw new BadInputError('job', 'say of which job');
    if (!source.scrape.pools().includes(job)) throw new NotFoundError(`there is no job "${job}"`);
    const state = wordParameter(all, 'state', ['kept', 'dropped'] as const);
    const words = wordsOf(all);
    const kept = state === 'dropped' ? [] : keptOf(source, job);
    const dropped = state === 'kept' ? [] : droppedOf(source, job);
    const found = [...kept, ...dropped].filter(
      ({ discoveredLabels, labels, problem }) =>
        words.length === 0 ||
        holdsWords(`${labelsText(discoveredLabels)} ${labelsText(labels)} ${problem}`, words),
    );
    const offset = wholeParameter(all, 'offset', { fallback: 0 });
    const limit = wholeParameter(all, 'limit', { fallback: 100, most: 1000 });
    const count = jobsOf(source.scrape, source.scrape.active()).find((one) => one.job === job);
    return {
      total: found.length,
      items: found.slice(offset, offset + limit),
      kept: count?.targets ?? 0,
      dropped: count?.dropped ?? 0,
    };
  });
}

function keptOf({ scrape }: MonitoringSource, job: string): DiscoveredTargetJson[] {
  return scrape
    .active()
    .filter(({ scrapePool }) => scrapePool === job)
    .map(({ discoveredLabels, labels, lastError, intervalMs }) => ({
      state: 'kept',
      discoveredLabels,
      labels,
      // One without an interval was never scraped: it cannot be.
      problem: intervalMs === 0 ? lastError : '',
    }));
}

function droppedOf({ scrape }: MonitoringSource, job: string): DiscoveredTargetJson[] {
  return scrape
    .dropped()
    .filter(({ scrapePool }) => scrapePool === job)
    .map(({ discoveredLabels }) => ({ state: 'dropped', discoveredLabels, labels: {}, problem: '' }));
}
