import { type FastifyInstance, parameters } from '../../http/server.ts';
import type { LedgerJson } from './contract.ts';
import { base, wholeParameter } from './parameters.ts';
import type { SkoposSource } from './source.ts';

/** `GET /ledger`: the newest rows, or those of one cause, subject or alert. */
export function ledgerRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/ledger`, async (request): Promise<LedgerJson> => {
    const all = parameters(request);
    const limit = wholeParameter(all, 'limit', { fallback: 100, most: 1000 });
    const [cause, subject, alert] = ['cause', 'subject', 'alert'].map((name) => all.get(name) ?? '');
    return {
      items: source.ledger.query({
        limit,
        ...(cause ? { cause } : {}),
        ...(subject ? { subject } : {}),
        ...(alert ? { alert } : {}),
      }),
    };
  });
}
