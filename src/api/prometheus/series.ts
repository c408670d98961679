import { type FastifyInstance, parameters } from '../../http/server.ts';
import type { Labels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { PromqlError } from '../../promql/errors.ts';
import { parseSelector } from '../../promql/parser.ts';
import { ApiError, success } from './envelope.ts';
import { countParameter, invalid, timeParameter } from './parameters.ts';
import { both, cut, truncated } from './query.ts';

/** What the store tells of series; lists of matchers are alternatives. Names and values come sorted. */
export interface SeriesSource {
  series(matchers: readonly (readonly Matcher[])[], fromMs: number, toMs: number): readonly Labels[];
  labelNames(matchers: readonly (readonly Matcher[])[], fromMs: number, toMs: number): readonly string[];
  labelValues(
    name: string,
    matchers: readonly (readonly Matcher[])[],
    fromMs: number,
    toMs: number,
  ): readonly string[];
}

/** `/api/v1/series`, `/labels` and `/label/:name/values`. */
export function seriesRoutes(app: FastifyInstance, store: SeriesSource): void {
  both(app, '/api/v1/series', (all) => {
    const { matchers, fromMs, toMs, limit } = selectionOf(all);
    if (matchers.length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
    return limited(store.series(matchers, fromMs, toMs), limit);
  });

  both(app, '/api/v1/labels', (all) => {
    const { matchers, fromMs, toMs, limit } = selectionOf(all);
    return limited(store.labelNames(matchers, fromMs, toMs), limit);
  });

  app.get('/api/v1/label/:name/values', async (request) => {
    const { name } = request.params as { readonly name: string };
    if (name === '') throw new ApiError('bad_data', 'invalid label name: ""');
    const { matchers, fromMs, toMs, limit } = selectionOf(parameters(request));
    return limited(store.labelValues(name, matchers, fromMs, toMs), limit);
  });
}

interface SeriesSelection {
  readonly matchers: readonly (readonly Matcher[])[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

function selectionOf(all: URLSearchParams): SeriesSelection {
  const fromMs = timeParameter(all, 'start', Number.MIN_SAFE_INTEGER);
  const toMs = timeParameter(all, 'end', Number.MAX_SAFE_INTEGER);
  if (toMs < fromMs) throw invalid('end', 'end timestamp must not be before start time');
  return {
    matchers: all.getAll('match[]').map(selector),
    fromMs,
    toMs,
    limit: countParameter(all, 'limit', 0),
  };
}

function selector(text: string): readonly Matcher[] {
  try {
    return parseSelector(text);
  } catch (error) {
    if (error instanceof PromqlError) throw invalid('match[]', error.message);
    throw error;
  }
}

function limited<T>(items: readonly T[], limit: number): unknown {
  const [shown, isCut] = cut(items, limit);
  return success(shown, isCut ? { warnings: [truncated] } : {});
}
