import { type FastifyInstance, parameters } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { formatLabels } from '../../model/labels.ts';
import { base, listParameter, oneOf, wholeParameter } from './parameters.ts';
import {
  type PushedGroupDetailJson,
  type PushedGroupJson,
  type PushedJson,
  type PushedStateJson,
  pushedStates,
} from './pushed-contract.ts';
import { holdsWords, wordsOf } from './targets.ts';

/** Groups of pushed metrics, for pages. */
export interface PushedReader {
  groups(): readonly PushedGroupJson[];
  /** @throws {BadInputError} for a path that cannot be read */
  group(path: string): PushedGroupDetailJson | undefined;
  /** @returns whether there was one. @throws {BadInputError} for a path that cannot be read */
  delete(path: string): Promise<boolean>;
}

/** `GET /pushed`, `GET /pushed/group` and `DELETE /pushed/group`; there is no reader where the role `push` is off. */
export function pushedRoutes(app: FastifyInstance, reader: PushedReader | undefined): void {
  app.get(`${base}/pushed`, async (request): Promise<PushedJson> => {
    const all = parameters(request);
    const states = listParameter(all, 'state').map((text) => oneOf('state', text, pushedStates));
    const words = wordsOf(all);
    const found = (reader?.groups() ?? []).filter(
      ({ labels }) => words.length === 0 || holdsWords(formatLabels(labels), words),
    );
    const shown = found.filter(({ state }) => states.length === 0 || states.includes(state));
    shown.sort(worstFirst);
    const offset = wholeParameter(all, 'offset', { fallback: 0 });
    const limit = wholeParameter(all, 'limit', { fallback: 500, most: 10_000 });
    return {
      isOn: reader !== undefined,
      total: shown.length,
      items: shown.slice(offset, offset + limit),
      counts: Object.fromEntries(
        pushedStates.map((state) => [state, found.filter((one) => one.state === state).length]),
      ) as Record<PushedStateJson, number>,
    };
  });

  app.get(`${base}/pushed/group`, async (request): Promise<PushedGroupDetailJson> => {
    const path = parameters(request).get('path') ?? '';
    return reader?.group(path) ?? noGroup(path);
  });

  app.delete(`${base}/pushed/group`, async (request, reply) => {
    const path = parameters(request).get('path') ?? '';
    if ((await reader?.delete(path)) !== true) noGroup(path);
    return reply.code(204).send();
  });
}

/** What needs looking at comes before what is well; the latest first. */
function worstFirst(a: PushedGroupJson, b: PushedGroupJson): number {
  return (
    pushedStates.indexOf(b.state) - pushedStates.indexOf(a.state) || (b.pushedAtMs ?? 0) - (a.pushedAtMs ?? 0)
  );
}

function noGroup(path: string): never {
  throw new NotFoundError(`there is no group of pushed metrics at "${path}"`);
}
