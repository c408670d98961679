import type { FastifyInstance, FastifyReply } from '../../http/server.ts';
import { compareTexts } from '../../kit/text-order.ts';
import { metricName } from '../../model/labels.ts';
import { Turns } from '../../promql/turns.ts';
import { ApiError } from './envelope.ts';
import { resemblance, type Score, subsequence } from './fuzzy.ts';
import { booleanParameter, matcherLists, timeParameter } from './parameters.ts';
import { both } from './query.ts';
import { namesOf, valuesOf } from './series-lists.ts';
import type { MatcherLists, Metadata, PrometheusSource } from './source.ts';

type SearchSource = Pick<PrometheusSource, 'store' | 'metadata' | 'engine'>;

/**
 * `/api/v1/search/metric_names`, `/label_names`, `/label_values`, by GET and POST: names and values that fit a search, best or in order
 * of the alphabet, as lines of JSON: `{"results":[…]}` again and again, and `{"status":"success","has_more":…}` at the end.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/ (experimental there)
 */
export function searchRoutes(app: FastifyInstance, source: SearchSource): void {
  const { store } = source;
  const turns = source.engine.turns ?? new Turns();

  async function valuesFor(label: string, { matchers, fromMs, toMs }: Search): Promise<readonly string[]> {
    return matchers.length === 0
      ? store.labelValues(label, matchers, fromMs, toMs)
      : turns.run(valuesOf(label, store.series(matchers, fromMs, toMs)));
  }

  both(app, '/api/v1/search/metric_names', async (all, reply) => {
    const search = searchOf(all);
    const describe = booleanParameter(all, 'include_metadata') ? metadataOf(source.metadata()) : undefined;
    return answer(reply, search, await valuesFor(metricName, search), (name) => ({
      name,
      ...describe?.(name),
    }));
  });

  both(app, '/api/v1/search/label_names', async (all, reply) => {
    const search = searchOf(all);
    const { matchers, fromMs, toMs } = search;
    const names =
      matchers.length === 0
        ? store.labelNames(matchers, fromMs, toMs)
        : await turns.run(namesOf(store.series(matchers, fromMs, toMs)));
    return answer(reply, search, names, (name) => ({ name }));
  });

  both(app, '/api/v1/search/label_values', async (all, reply) => {
    const label = all.get('label') ?? '';
    if (label === '') throw new ApiError('bad_data', 'missing required parameter "label"');
    const search = searchOf(all);
    return answer(reply, search, await valuesFor(label, search), (value) => ({ value }));
  });
}

interface Search {
  readonly matchers: MatcherLists;
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the texts looked for, the best; 1 where none is. */
  readonly score: Score;
  readonly threshold: number;
  readonly isByScore: boolean;
  readonly isDescending: boolean;
  readonly withScore: boolean;
  readonly limit: number;
  readonly batchSize: number;
}

function searchOf(all: URLSearchParams): Search {
  const isCaseSensitive = booleanParameter(all, 'case_sensitive', true);
  const algorithm = oneOf(all, 'fuzz_alg', ['subsequence', 'jarowinkler']);
  const sortBy = oneOf(all, 'sort_by', ['alpha', 'score']);
  const sortDir = oneOf(all, 'sort_dir', ['asc', 'dsc']);
  if (all.has('sort_dir') && sortBy !== 'alpha')
    throw new ApiError('bad_data', 'sort_dir is only valid with sort_by=alpha');
  const fold = (text: string): string => (isCaseSensitive ? text : text.toLowerCase());
  const make = algorithm === 'jarowinkler' ? resemblance : subsequence;
  const scores = all
    .getAll('search[]')
    .filter((term) => term !== '')
    .map((term) => make(fold(term)));
  return {
    matchers: matcherLists(all),
    fromMs: timeParameter(all, 'start', Number.MIN_SAFE_INTEGER),
    toMs: timeParameter(all, 'end', Number.MAX_SAFE_INTEGER),
    score: (text) => (scores.length === 0 ? 1 : Math.max(...scores.map((score) => score(fold(text))))),
    threshold: whole(all, 'fuzz_threshold', 0, { least: 0, most: 100 }) / 100,
    isByScore: sortBy === 'score',
    isDescending: sortDir === 'dsc',
    withScore: booleanParameter(all, 'include_score'),
    limit: whole(all, 'limit', 100, { least: 1, most: Number.MAX_SAFE_INTEGER }),
    batchSize: whole(all, 'batch_size', 100, { least: 1, most: Number.MAX_SAFE_INTEGER }),
  };
}

function oneOf(all: URLSearchParams, name: string, choices: readonly string[]): string {
  const text = all.get(name) ?? '';
  if (text === '') return choices[0] ?? '';
  if (choices.includes(text)) return text;
  throw new ApiError('bad_data', `invalid ${name} "${text}": must be one of ${choices.join(', ')}`);
}

function whole(
  all: URLSearchParams,
  name: string,
  fallback: number,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const text = all.get(name) ?? '';
  if (text === '') return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  throw new ApiError('bad_data', `invalid ${name} "${text}": must be a whole number, ${range}`);
}

function answer(
  reply: FastifyReply,
  search: Search,
  texts: readonly string[],
  describe: (text: string) => object,
): FastifyReply {
  const { score, threshold, limit, batchSize, withScore } = search;
  const found = texts
    .map((text) => ({ text, score: score(text) }))
    .filter((one) => one.score > 0 && one.score >= threshold);
  if (search.isByScore) found.sort((a, b) => b.score - a.score || compareTexts(a.text, b.text));
  else if (search.isDescending) found.reverse();
  const results = found
    .slice(0, limit)
    .map((one) => ({ ...describe(one.text), ...(withScore ? { score: one.score } : {}) }));
  const lines: unknown[] = [];
  for (let from = 0; from === 0 || from < results.length; from += batchSize)
    lines.push({ results: results.slice(from, from + batchSize) });
  lines.push({ status: 'success', has_more: found.length > limit });
  return reply
    .type('application/x-ndjson; charset=utf-8')
    .send(`${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
}

function metadataOf(all: Iterable<Metadata>): (name: string) => object {
  const byName = new Map<string, object>();
  for (const { name, type, help, unit = '' } of all)
    if (!byName.has(name)) byName.set(name, { type, help, ...(unit === '' ? {} : { unit }) });
  return (name) => byName.get(name) ?? {};
}
