import type { FastifyInstance } from '../../http/server.ts';
import { BadInputError, messageOf } from '../../kit/app-error.ts';
import { type KubevulnSource, kubevulnRoutes } from './kubevuln.ts';
import { scanRoutes } from './scan.ts';
import type { KubescapeSource } from './source.ts';
import { triggerRoutes } from './trigger-action.ts';

/** The paths of Kubescape's scanner, of its operator and of Kubevuln, so that what calls them can call us. `/v1/metrics` stands with the operations. */
export function kubescapeRoutes(app: FastifyInstance, source: KubescapeSource, images: KubevulnSource): void {
  app.get('/livez', (_request, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', (_request, reply) =>
    source.isReady()
      ? reply.type('text/plain').send('ok\n')
      : reply.code(503).type('text/plain').send('reading the objects for the first time\n'),
  );
  // Each has its own form of errors, so each is a scope of its own.
  const all = [
    (scope: FastifyInstance) => triggerRoutes(scope, source),
    (scope: FastifyInstance) => scanRoutes(scope, source),
    (scope: FastifyInstance) => kubevulnRoutes(scope, images),
  ];
  for (const routes of all)
    void app.register((scope, _options, done) => {
      // Fastify's own would give a text.
      scope.removeContentTypeParser('text/plain');
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) =>
        jsonOf(body, parsed),
      );
      routes(scope);
      done();
    });
}

/** Bodies are JSON whatever their type says, as Kubescape takes them. */
function jsonOf(body: string | Buffer, parsed: (error: Error | null, body?: unknown) => void): void {
  try {
    parsed(null, JSON.parse(String(body)));
  } catch (error) {
    parsed(new BadInputError('', `the body is no JSON: ${messageOf(error)}`, { cause: error }));
  }
}
