import { type FastifyInstance, parameters } from '../../http/server.ts';
import { foldFeed } from '../../model/feed.ts';
import type { LiveFeedJson } from './contract.ts';
import { base, wholeParameter } from './parameters.ts';
import type { LedgerRow, SkoposSource } from './source.ts';

/** Rows of the ledger that are looked through at most, a page at a time. */
const mostRows = 5000;
const pageSize = 1000;

/**
 * `GET /live-feed`: the newest changes with the verdicts, findings and messages that they brought about. Those that come later are
 * rows of `GET /events`, put together in the same way.
 */
export function liveFeedRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/live-feed`, async (request): Promise<LiveFeedJson> => {
    const limit = wholeParameter(parameters(request), 'limit', { fallback: 50, most: 200 });
    const rows: LedgerRow[] = [];
    let items = foldFeed([]);
    while (rows.length < mostRows) {
      const page = source.ledger.query({ limit: pageSize, ...before(rows) });
      rows.push(...page);
      items = foldFeed(rows, [], limit);
      if (page.length < pageSize || items.length >= limit) break;
    }
    return { items };
  });
}

function before(rows: readonly LedgerRow[]): { readonly beforeId?: number } {
  const last = rows.at(-1);
  return last === undefined ? {} : { beforeId: last.id };
}
