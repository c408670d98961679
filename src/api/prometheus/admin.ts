import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  parameters,
} from '../../http/server.ts';
import { ApiError, success } from './envelope.ts';
import { invalid, matcherLists, timeParameter } from './parameters.ts';
import type { PrometheusSource } from './source.ts';

/**
 * `POST` and `PUT` of `/api/v1/admin/tsdb/{delete_series,clean_tombstones,snapshot}`, unless they are switched off.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#tsdb-admin-apis
 */
export function adminRoutes(
  app: FastifyInstance,
  { store, isAdminEnabled }: Pick<PrometheusSource, 'store' | 'isAdminEnabled'>,
): void {
  admin(app, 'delete_series', isAdminEnabled, async (all, reply) => {
    if (!all.has('match[]')) throw new ApiError('bad_data', 'no match[] parameter provided');
    const fromMs = timeParameter(all, 'start', Number.MIN_SAFE_INTEGER);
    const toMs = timeParameter(all, 'end', Number.MAX_SAFE_INTEGER);
    if (toMs < fromMs) throw invalid('end', 'end timestamp must not be before start time');
    await able(store.deleteSeries, 'delete series').call(store, matcherLists(all), fromMs, toMs);
    return reply.code(204).send();
  });

  admin(app, 'clean_tombstones', isAdminEnabled, async (_all, reply) => {
    await able(store.cleanTombstones, 'clean tombstones').call(store);
    return reply.code(204).send();
  });

  admin(app, 'snapshot', isAdminEnabled, async (all) => {
    const skipHead = booleanParameter(all, 'skip_head');
    return success({ name: await able(store.snapshot, 'write snapshots').call(store, { skipHead }) });
  });
}

function admin(
  app: FastifyInstance,
  name: string,
  isEnabled: boolean,
  handle: (all: URLSearchParams, reply: FastifyReply) => Promise<unknown>,
): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (!isEnabled) throw new ApiError('unavailable', 'admin APIs disabled');
    return handle(parameters(request), reply);
  };
  app.route({ method: ['POST', 'PUT'], url: `/api/v1/admin/tsdb/${name}`, handler });
}

function able<F>(operation: F | undefined, what: string): F {
  if (operation === undefined) throw new ApiError('internal', `this store cannot ${what}`);
  return operation;
}

/** As Go reads booleans. */
function booleanParameter(all: URLSearchParams, name: string): boolean {
  const text = all.get(name) ?? '';
  if (text === '') return false;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return false;
  throw invalid(name, `unable to parse boolean "${text}"`);
}
