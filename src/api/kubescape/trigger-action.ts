import { type FastifyInstance, statusOf } from '../../http/server.ts';
import { messageOf } from '../../kit/app-error.ts';
import { keyOf, signalOf } from '../skopos/jobs-request.ts';
import type { KubescapeSource } from './source.ts';

/** The ids of the jobs, in the order of the commands. */
const idsHeader = 'x-skopos-job-ids';
/** Names the recurring scan that the request is a run of. */
const scheduleHeader = 'x-skopos-schedule';

/**
 * `POST /v1/triggerAction` of Kubescape's operator: `{"commands": […]}`, answered by `ok` at once; the work goes on in jobs. The ids of
 * the jobs stand in a header, and in the body for those who ask for JSON. Errors are texts.
 *
 * Source: https://github.com/kubescape/operator, restapihandler/triggeraction.go
 */
export function triggerRoutes(app: FastifyInstance, source: KubescapeSource): void {
  app.setErrorHandler((error: unknown, _request, reply) => {
    const { retryAfterMs } = error as { readonly retryAfterMs?: unknown };
    if (typeof retryAfterMs === 'number') reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000)));
    return reply.code(statusOf(error)).type('text/plain; charset=utf-8').send(messageOf(error));
  });

  app.post('/v1/triggerAction', async (request, reply) => {
    const schedule = request.headers[scheduleHeader];
    const key = keyOf(request);
    const started = await source.trigger(
      request.body,
      {
        ...(key === undefined ? {} : { key }),
        ...(typeof schedule === 'string' ? { schedule } : {}),
      },
      signalOf(reply),
    );
    reply.header(idsHeader, started.map(({ job }) => job.id).join(','));
    if (!/\bapplication\/json\b/.test(request.headers.accept ?? ''))
      return reply.type('text/plain; charset=utf-8').send('ok');
    return {
      jobs: started.map(({ job: { id, parentId, command, state, reason }, isNew }) => ({
        ...{ jobID: id, parentID: parentId, command, state, isNew },
        ...(reason === '' ? {} : { reason }),
      })),
    };
  });

  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/v1/triggerAction',
    handler: (request, reply) =>
      reply
        .code(405)
        .header('allow', 'POST')
        .type('text/plain; charset=utf-8')
        .send(`Method '${request.method}' not allowed`),
  });
}
