import { type FastifyInstance, type FastifyReply, statusOf } from '../../http/server.ts';
import { messageOf, NotFoundError } from '../../kit/app-error.ts';

/** What Kubevuln's paths ask for, by the names that its statuses have for them. */
export type KubevulnEndpoint = 'generateSBOM' | 'scanCVE' | 'scanRegistry' | 'scanCP';

/** A job as Kubevuln tells of it. Times as RFC 3339 writes them. */
export interface KubevulnStatus {
  readonly jobID: string;
  readonly endpoint: KubevulnEndpoint;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'abandoned';
  readonly phase: string;
  readonly reason?: string;
  readonly acceptedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly updatedAt: string;
}

/** What the paths of Kubevuln need of the running process. */
export interface KubevulnSource {
  /** Why images cannot be judged now; '' when they can. */
  unreadyBecause(): string;
  /** Makes a job of a command, or finds the one of its id. @returns the job's id @throws {BadInputError | QueueFullError} */
  submit(endpoint: KubevulnEndpoint, body: unknown): string;
  /** What is said of a command, accepted or not; never throws. */
  detail(endpoint: KubevulnEndpoint, body: unknown): string;
  /** Undefined for a job that is not known, or not of these commands. */
  status(jobId: string): KubevulnStatus | undefined;
}

const commands = {
  '/v1/generateSBOM': 'generateSBOM',
  '/v1/scanImage': 'scanCVE',
  '/v1/scanRegistryImage': 'scanRegistry',
  '/v1/scanApplicationProfile': 'scanCP',
} as const satisfies Record<string, KubevulnEndpoint>;

/**
 * Kubevuln's paths: a command is answered at once and becomes a job; answers are problem documents (RFC 9457), those that all is well
 * too. A full queue is 503, as there.
 *
 * Source: https://github.com/kubescape/kubevuln, cmd/http/main.go and controllers/http.go
 */
export function kubevulnRoutes(app: FastifyInstance, source: KubevulnSource): void {
  app.setErrorHandler((error: unknown, _request, reply) => problem(reply, statusOf(error), messageOf(error)));

  for (const [path, endpoint] of Object.entries(commands))
    app.post(path, async (request, reply) => {
      const detail = source.detail(endpoint, request.body);
      try {
        return problem(reply.header('x-skopos-job-ids', source.submit(endpoint, request.body)), 200, detail);
      } catch (error) {
        return refused(reply, error, detail);
      }
    });

  app.get('/v1/scanStatus/:jobID', async (request, reply) => {
    const { jobID } = request.params as { readonly jobID: string };
    const status = source.status(jobID);
    return status ?? problem(reply, statusOf(new NotFoundError('')), `jobID=${jobID}`);
  });

  app.get('/v1/liveness', async (_request, reply) => problem(reply, 200));

  app.get('/v1/readiness', async (_request, reply) => {
    const reason = source.unreadyBecause();
    return reason === '' ? problem(reply, 200) : problem(reply, 503, reason);
  });
}

/** A full queue is the server's lack, not the caller's fault. */
function refused(reply: FastifyReply, error: unknown, detail: string): FastifyReply {
  const { retryAfterMs } = error as { readonly retryAfterMs?: unknown };
  const reason = `${detail}: ${messageOf(error)}`;
  if (typeof retryAfterMs !== 'number') return problem(reply, statusOf(error), reason);
  return problem(reply.header('retry-after', String(Math.ceil(retryAfterMs / 1000))), 503, reason);
}

const titles: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function problem(reply: FastifyReply, status: number, detail?: string): FastifyReply {
  const title = titles[status] ?? 'Error';
  return reply
    .code(status)
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify({ ...(detail === undefined ? {} : { detail }), status, title })));
}
