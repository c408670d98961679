import { type FastifyInstance, parameters } from '../../http/server.ts';
import { formatMatcher } from '../../model/matcher.ts';
import { selectorsOf } from '../../promql/inspect.ts';
import type { Turns } from '../../promql/turns.ts';
import { ApiError, success } from './envelope.ts';
import { valueText } from './json-numbers.ts';
import { invalid, limitParameter, matcherLists, queryParameter, timeParameter } from './parameters.ts';
import { both } from './query.ts';
import { sendPieces } from './send-pieces.ts';
import { firstOf, type List, listPieces, namesOf, valuesOf } from './series-lists.ts';
import type { MatcherLists, Store } from './source.ts';

type SeriesStore = Pick<Store, 'series' | 'labelNames' | 'labelValues' | 'exemplars'>;

/** `/api/v1/series`, `/labels`, `/label/:name/values` and `/query_exemplars`. What looks at every series does so in turns with queries. */
export function seriesRoutes(app: FastifyInstance, store: SeriesStore, turns: Turns): void {
  both(app, '/api/v1/series', async (all, reply) => {
    if (!all.has('match[]')) throw new ApiError('bad_data', 'no match[] parameter provided');
    const { matchers, fromMs, toMs, limit } = selectionOf(all);
    const found = await turns.run(firstOf(store.series(matchers, fromMs, toMs), limit));
    return sendPieces(reply, listPieces(found), turns);
  });

  both(app, '/api/v1/labels', async (all, reply) => {
    const { matchers, fromMs, toMs, limit } = selectionOf(all);
    const names =
      matchers.length === 0
        ? store.labelNames(matchers, fromMs, toMs)
        : await turns.run(namesOf(store.series(matchers, fromMs, toMs)));
    return sendPieces(reply, listPieces(cut(names, limit)), turns);
  });

  app.get('/api/v1/label/:name/values', async (request, reply) => {
    const { name: written } = request.params as { readonly name: string };
    const name = unescapeName(written);
    if (name === '') throw new ApiError('bad_data', 'invalid label name: ""');
    const { matchers, fromMs, toMs, limit } = selectionOf(parameters(request));
    const values =
      matchers.length === 0
        ? store.labelValues(name, matchers, fromMs, toMs)
        : await turns.run(valuesOf(name, store.series(matchers, fromMs, toMs)));
    return sendPieces(reply, listPieces(cut(values, limit)), turns);
  });

  both(app, '/api/v1/query_exemplars', async (all, reply) => {
    const fromMs = timeParameter(all, 'start', Number.MIN_SAFE_INTEGER);
    const toMs = timeParameter(all, 'end', Number.MAX_SAFE_INTEGER);
    if (toMs < fromMs) throw new ApiError('bad_data', 'end timestamp must not be before start timestamp');
    const matchers = selectorsOf(queryParameter(all));
    // As Prometheus: without a selector there is no answer at all.
    if (matchers.length === 0) return reply.code(204).send();
    const found: unknown[] = [];
    for (const { series, exemplars } of store.exemplars?.(unique(matchers), fromMs, toMs) ?? []) {
      if (exemplars.length === 0) continue;
      found.push({
        seriesLabels: series,
        exemplars: exemplars.map(({ labels, value, atMs }) => ({
          labels,
          value: valueText(value),
          timestamp: atMs / 1000,
        })),
      });
    }
    return success(found);
  });
}

/** A selector that stands in the query twice is asked for once. */
function unique(matchers: MatcherLists): MatcherLists {
  return [...new Map(matchers.map((list) => [list.map(formatMatcher).join(), list])).values()];
}

interface SeriesSelection {
  readonly matchers: MatcherLists;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

function selectionOf(all: URLSearchParams): SeriesSelection {
  const limit = limitParameter(all);
  const fromMs = timeParameter(all, 'start', Number.MIN_SAFE_INTEGER);
  const toMs = timeParameter(all, 'end', Number.MAX_SAFE_INTEGER);
  if (toMs < fromMs) throw invalid('end', 'end timestamp must not be before start time');
  return { matchers: matcherLists(all), fromMs, toMs, limit };
}

function cut(items: readonly string[], limit: number): List {
  const isCut = limit > 0 && items.length > limit;
  return { items: isCut ? items.slice(0, limit) : items, isCut };
}

/**
 * Names that are no legacy names come as `U__`, with `_` doubled and other characters as `_hex_`.
 *
 * Source: https://prometheus.io/docs/instrumenting/escaping_schemes/
 */
export function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return name;
  const rest = name.slice(3);
  if (!/^(?:[^_]|__|_[0-9a-fA-F]{1,6}_)*$/.test(rest)) return name;
  return rest.replace(/__|_([0-9a-fA-F]{1,6})_/g, (_, code?: string) => {
    if (code === undefined) return '_';
    const point = Number.parseInt(code, 16);
    return point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff) ? '\ufffd' : String.fromCodePoint(point);
  });
}
