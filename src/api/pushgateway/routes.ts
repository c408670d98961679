import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  parameters,
  statusOf,
} from '../../http/server.ts';
import { textStream } from '../../http/text-stream.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import { parseDuration } from '../../kit/duration.ts';
import type { Labels } from '../../model/labels.ts';
import { expositionPieces, expositionType } from '../../telemetry/exposition.ts';
import { groupJson } from './groups-json.ts';
import { formOf, PushRefusedError, tooLarge, unpackedBody } from './push-body.ts';
import type { PushSource } from './source.ts';

/**
 * The Pushgateway's API: pushes below `/metrics/job`, `/api/v1/metrics`, `/api/v1/status` and `/api/v1/admin/wipe`. What was pushed is
 * served at `/metrics/push`, as `/metrics` has our own.
 *
 * Source: https://github.com/prometheus/pushgateway#api
 * @param source undefined where nothing may be pushed
 */
export function pushgatewayRoutes(app: FastifyInstance, source: PushSource | undefined): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, read) => read(null, body));
    scope.setErrorHandler((error: unknown, request, reply) => {
      const told = isTooLarge(error) && source !== undefined ? tooLarge(source.maxBodyBytes) : error;
      const status = statusOf(told);
      // The server's own answer to a fault also writes it into the log.
      if (status >= 500) throw error;
      source?.answered(request.method, status, 0);
      return reply
        .code(status)
        .type('text/plain; charset=utf-8')
        .send(`${(told as Error).message}\n`);
    });
    if (source === undefined) offRoutes(scope);
    else {
      pushRoutes(scope, source);
      readRoutes(scope, source);
      refuseMethods(scope);
    }
    done();
  });
}

function isTooLarge(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'FST_ERR_CTP_BODY_TOO_LARGE';
}

function offRoutes(scope: FastifyInstance): void {
  const refuse = (): never => {
    throw new NotFoundError('metrics cannot be pushed here: add `push: {}` to skopos.yaml');
  };
  scope.route({ method: ['PUT', 'POST', 'DELETE'], url: '/metrics/*', handler: refuse });
  for (const url of ['/metrics/push', '/api/v1/metrics', '/api/v1/status']) scope.get(url, refuse);
  scope.put('/api/v1/admin/wipe', refuse);
}

function pushRoutes(scope: FastifyInstance, source: PushSource): void {
  scope.route({
    method: ['PUT', 'POST'],
    url: '/metrics/*',
    bodyLimit: source.maxBodyBytes,
    async handler(request, reply) {
      const labels = groupOf(request, source);
      const packed = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const encoding = request.headers['content-encoding'] ?? '';
      const body = await unpackedBody(packed, encoding, {
        mostBytes: source.maxBodyBytes,
        crc32c: source.crc32c,
      });
      await source.push({
        ...{ labels, body, form: formOf(request.headers['content-type'] ?? '') },
        mode: request.method === 'PUT' ? 'replace' : 'merge',
        ...timeToLiveOf(request),
      });
      source.answered(request.method, 200, packed.length);
      return reply.code(200).send();
    },
  });
  scope.delete('/metrics/*', { bodyLimit: source.maxBodyBytes }, async (request, reply) => {
    await source.delete(groupOf(request, source));
    source.answered('DELETE', 202, 0);
    return reply.code(202).send();
  });
  scope.put('/api/v1/admin/wipe', async (_request, reply) => {
    if (!source.mayWipe)
      throw new PushRefusedError(404, 'nothing can be wiped: set push.admin_api to true in skopos.yaml');
    await source.wipe();
    return reply.code(202).send();
  });
}

/** Groups can be written, not read, one by one. */
function refuseMethods(scope: FastifyInstance): void {
  scope.route({
    method: ['GET', 'PATCH'],
    url: '/metrics/job/*',
    handler: (_request, reply) =>
      reply.code(405).header('allow', 'PUT, POST, DELETE').type('text/plain').send('Method Not Allowed\n'),
  });
}

function readRoutes(scope: FastifyInstance, source: PushSource): void {
  scope.get('/metrics/push', (_request, reply) =>
    reply.type(expositionType).send(textStream(expositionPieces(source.families()))),
  );
  scope.get('/api/v1/metrics', (_request, reply) => answer(reply, source.groups().map(groupJson)));
  scope.get('/api/v1/status', (_request, reply) =>
    answer(reply, {
      build_information: {
        ...{ branch: '', buildDate: '', buildUser: '', goVersion: '', revision: '' },
        version: source.version,
      },
      flags: source.flags,
      start_time: new Date(source.startedAtMs).toISOString(),
    }),
  );
}

function answer(reply: FastifyReply, data: unknown): FastifyReply {
  return reply.send({ status: 'success', data });
}

function groupOf(request: FastifyRequest, source: PushSource): Labels {
  // As it came: the router's own reading of it would lose what tells a slash from an escaped one.
  const [path = ''] = (request.raw.url ?? '').split('?', 1);
  const labels = source.groupingOf(path);
  if (labels !== undefined) return labels;
  throw new NotFoundError('pushes go to /metrics/job/<job>, with pairs of /<label>/<value> behind it');
}

function timeToLiveOf(request: FastifyRequest): { readonly timeToLiveMs?: number } {
  const text = parameters(request).get('ttl');
  if (text === null) return {};
  const timeToLiveMs = parseDuration(text);
  if (timeToLiveMs === undefined || timeToLiveMs === 0)
    throw new BadInputError('ttl', `expected a duration such as 26h, got "${text}"`);
  return { timeToLiveMs };
}
