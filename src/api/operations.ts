import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from '../http/server.ts';
import { allInTurns, textStream } from '../http/text-stream.ts';
import { NotFoundError } from '../kit/app-error.ts';
import type { MetricFamily } from '../model/metric.ts';
import { expositionPieces, expositionType } from '../telemetry/exposition.ts';
import { inOrderOfName } from '../telemetry/registry.ts';

/** What the paths beside the APIs need. */
export interface OperationsSource {
  isReady(): boolean;
  /** @throws {BadInputError} when the new configuration is refused. */
  reload(): void;
  /** In any order, each made when it is asked for. */
  metrics(): Iterable<MetricFamily>;
  /** Kubescape's families alone, as its `/v1/metrics` gives them. */
  kubescapeMetrics(): Iterable<MetricFamily>;
  /** Where the runbooks are, one `<name>.md` each. */
  readonly runbookFolder: string;
}

/** `/-/healthy`, `/-/ready`, `/-/reload`, `/metrics`, Kubescape's `/v1/metrics`, and the runbooks that alerts link to. */
export function operationsRoutes(app: FastifyInstance, source: OperationsSource): void {
  app.get('/-/healthy', (_request, reply) => reply.type('text/plain').send('Skopos is healthy.\n'));

  app.get('/-/ready', (_request, reply) =>
    source.isReady()
      ? reply.type('text/plain').send('Skopos is ready.\n')
      : reply.code(503).type('text/plain').send('Skopos is reading the objects for the first time.\n'),
  );

  app.route({
    method: ['POST', 'PUT'],
    url: '/-/reload',
    handler(_request, reply) {
      source.reload();
      return reply.type('text/plain').send('');
    },
  });

  // In turns with other work. Families are all there before anything is sent, so that a fault in one has a status of its own.
  app.get('/metrics', async (_request, reply) =>
    send(reply, inOrderOfName(await allInTurns(source.metrics()))),
  );
  app.get('/v1/metrics', (_request, reply) => send(reply, source.kubescapeMetrics()));

  app.get('/guide/runbooks/:name', (request, reply) => {
    const { name } = request.params as { name: string };
    const file = join(source.runbookFolder, `${name}.md`);
    if (!/^[A-Za-z0-9-]+$/.test(name) || !existsSync(file))
      throw new NotFoundError(`there is no runbook "${name}"`);
    return reply.type('text/plain; charset=utf-8').send(readFileSync(file, 'utf8'));
  });
}

function send(reply: FastifyReply, families: Iterable<MetricFamily>): FastifyReply {
  return reply.type(expositionType).send(textStream(expositionPieces(families)));
}
