import { type FastifyInstance, parameters } from '../../http/server.ts';
import type { SilenceJson, SuppressionJson, SuppressionsJson } from './contract.ts';
import { exceptionJson } from './exceptions.ts';
import { base, wordParameter } from './parameters.ts';
import { silenceJson } from './silences.ts';
import type { SkoposSource } from './source.ts';

/** `GET /suppressions`: silences of alerts and exceptions of verdicts, as one list. */
export function suppressionRoutes(app: FastifyInstance, source: SkoposSource): void {
  app.get(`${base}/suppressions`, async (request): Promise<SuppressionsJson> => {
    const all = parameters(request);
    const kind = wordParameter(all, 'kind', ['silence', 'exception']);
    const state = wordParameter(all, 'state', ['pending', 'active', 'expired']);
    const q = (all.get('q') ?? '').toLowerCase();
    const nowMs = source.clock.now();
    const items = [
      ...(kind === 'exception'
        ? []
        : source.router.silences.list().map((one) => suppressionOf(silenceJson(one, source)))),
      ...(kind === 'silence' ? [] : source.exceptions.list().map((one) => exceptionJson(one, nowMs))),
    ];
    return {
      items: items
        .filter((one) => (state === undefined || one.state === state) && textOf(one).includes(q))
        .sort((a, b) => order[a.state] - order[b.state] || a.endsAtMs - b.endsAtMs),
    };
  });
}

const order = { active: 0, pending: 1, expired: 2 } as const;

function suppressionOf({ matchers, matches, ...rest }: SilenceJson): SuppressionJson {
  return { kind: 'silence', scope: matchers, holdsBack: matches, ...rest };
}

function textOf({ kind, scope, owner, createdBy, reason, id, source }: SuppressionJson): string {
  return [kind, ...scope, owner, createdBy, reason, id, source].join(' ').toLowerCase();
}
