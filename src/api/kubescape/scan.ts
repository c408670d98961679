import { Readable } from 'node:stream';
import { type FastifyInstance, type FastifyRequest, parameters, statusOf } from '../../http/server.ts';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { keyOf, signalOf } from '../skopos/jobs-request.ts';
import type { KubescapeJob, KubescapeSource } from './source.ts';

/** Kubescape's own limit. */
const bodyLimitBytes = 1024 * 1024;

type Type = 'v1results' | 'busy' | 'notBusy' | 'error';

interface Answer {
  readonly id?: string;
  readonly type?: Type;
  readonly response?: unknown;
}

/**
 * `/v1/scan`, `/v1/status` and `/v1/results` of Kubescape's scanner. A scan judges what is in scope again and keeps a report, which goes
 * with the first look at it unless `keep` is given.
 *
 * Source: https://github.com/kubescape/kubescape, httphandler/handlerequests/v1/requestshandler.go
 */
export function scanRoutes(app: FastifyInstance, source: KubescapeSource): void {
  app.setErrorHandler((error: unknown, _request, reply) => {
    const { retryAfterMs } = error as { readonly retryAfterMs?: unknown };
    if (typeof retryAfterMs === 'number') reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000)));
    return reply.code(statusOf(error)).send({ type: 'error', response: messageOf(error) } satisfies Answer);
  });

  app.post('/v1/scan', { bodyLimit: bodyLimitBytes }, async (request, reply) => {
    const query = queryOf(request);
    const { id } = source.scan(request.body ?? {}, keyOf(request));
    if (!query.flag('wait'))
      return { id, type: 'busy', response: `scanning '${id}' is in progress` } satisfies Answer;
    const job = await source.ended(id, signalOf(reply));
    if (job.state !== 'done') return reply.code(500).send(failed(job));
    const report = source.report(id);
    if (!query.flag('keep')) source.dropReports(id);
    return reply.type('application/json; charset=utf-8').send(reportAnswer(id, report));
  });

  app.delete('/v1/scan', async (request): Promise<Answer> => {
    const { id } = queryOf(request);
    const job = source.scanOf(id);
    if (job === undefined)
      throw new BadInputError('id', id === undefined ? 'no scan goes on' : `there is no scan '${id}'`);
    source.cancel(job.id);
    return { id: job.id, type: 'notBusy', response: `scanning '${job.id}' was cancelled` };
  });

  app.get('/v1/status', async (request): Promise<Answer> => {
    const { id } = queryOf(request);
    const job = id === undefined && !source.isBusy() ? undefined : source.scanOf(id);
    if (job === undefined || !goesOn(job)) return { type: 'notBusy' };
    return { id: job.id, type: 'busy', response: job.id };
  });

  app.get('/v1/results', async (request, reply) => {
    const { id, flag } = queryOf(request);
    if (id === undefined)
      return reply.code(400).send({ type: 'error', response: 'scan ID is required' } satisfies Answer);
    const job = source.scanOf(id);
    if (job !== undefined && goesOn(job))
      return { id, type: 'busy', response: `scanning '${id}' in progress` } satisfies Answer;
    if (job !== undefined && job.state !== 'done') return reply.code(500).send(failed(job));
    const report = source.report(id);
    if (report === undefined) return reply.code(204).send();
    if (!flag('keep')) source.dropReports(id);
    return reply.type('application/json; charset=utf-8').send(reportAnswer(id, report));
  });

  app.delete('/v1/results', async (request, reply) => {
    const { id, flag } = queryOf(request);
    if (flag('all')) source.dropReports();
    else if (id === undefined)
      return reply.code(400).send({ type: 'error', response: 'scan ID is required' } satisfies Answer);
    else source.dropReports(id);
    return reply.code(200).send();
  });
}

function goesOn({ state }: KubescapeJob): boolean {
  return state === 'queued' || state === 'running';
}

function failed({ id, state, reason }: KubescapeJob): Answer {
  return { id, type: 'error', response: reason === '' ? state : reason };
}

/** The report may be large and is JSON already: it goes out as it is read. */
function reportAnswer(id: string, report: AsyncIterable<Uint8Array> | undefined): Readable {
  return Readable.from(answerPieces(id, report), { objectMode: false });
}

async function* answerPieces(
  id: string,
  report: AsyncIterable<Uint8Array> | undefined,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`{"id":${JSON.stringify(id)},"type":"v1results","response":`);
  if (report === undefined) yield Buffer.from('null');
  else yield* report;
  yield Buffer.from('}');
}

/** Names of parameters are read however their letters are written, as Kubescape does. */
function queryOf(request: FastifyRequest): { readonly id: string | undefined; flag(name: string): boolean } {
  const all = new Map([...parameters(request)].map(([name, value]) => [name.toLowerCase(), value]));
  const id = all.get('id') ?? '';
  return {
    id: id === '' ? undefined : id,
    flag: (name) => ['', 'true', '1', 't', 'on'].includes((all.get(name) ?? 'false').toLowerCase()),
  };
}
