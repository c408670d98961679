import { Readable } from 'node:stream';
import type { FastifyInstance } from '../../http/server.ts';
import { parameters } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { keyOf } from './jobs-request.ts';
import {
  type JobDetailJson,
  type JobJson,
  type JobsJson,
  jobKinds,
  jobStates,
  newJobSchema,
} from './operator-contract.ts';
import type { OperatorSource } from './operator-source.ts';
import { base, bodyOf, listParameter, oneOf, wholeParameter } from './parameters.ts';

/** `GET` and `POST /jobs`, `GET /jobs/:id`, its report and its cancelling. */
export function jobRoutes(app: FastifyInstance, source: OperatorSource): void {
  app.get(`${base}/jobs`, async (request): Promise<JobsJson> => {
    const all = parameters(request);
    const parentId = all.get('parent') ?? '';
    const schedule = all.get('schedule') ?? '';
    return source.jobs({
      states: listParameter(all, 'state').map((text) => oneOf('state', text, jobStates)),
      kinds: listParameter(all, 'kind').map((text) => oneOf('kind', text, jobKinds)),
      text: all.get('q') ?? '',
      offset: wholeParameter(all, 'offset', { fallback: 0 }),
      limit: wholeParameter(all, 'limit', { fallback: 100, most: 1000 }),
      ...(parentId === '' ? {} : { parentId }),
      ...(schedule === '' ? {} : { schedule }),
    });
  });

  app.post(`${base}/jobs`, async (request, reply): Promise<{ readonly items: readonly JobJson[] }> => {
    const started = source.start(bodyOf(newJobSchema, request), keyOf(request));
    reply.code(started.some(({ isNew }) => isNew) ? 202 : 200);
    return { items: started.map(({ job }) => job) };
  });

  app.get(`${base}/jobs/:id`, async (request): Promise<JobDetailJson> => {
    const { id } = request.params as { readonly id: string };
    const job = source.job(id);
    if (job === undefined) throw new NotFoundError(`there is no job "${id}"; the oldest ones are forgotten`);
    return job;
  });

  app.get(`${base}/jobs/:id/report`, async (request, reply) => {
    const { id } = request.params as { readonly id: string };
    const report = source.report(id);
    if (report === undefined)
      throw new NotFoundError(
        `there is no report of the job "${id}"; only scans by /v1/scan keep one, and the last few`,
      );
    return reply.type('application/json; charset=utf-8').send(Readable.from(report, { objectMode: false }));
  });

  app.post(`${base}/jobs/:id/cancel`, async (request): Promise<JobJson> => {
    const { id } = request.params as { readonly id: string };
    return source.cancel(id);
  });
}
