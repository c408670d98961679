import { z } from 'zod';
import type { FastifyInstance } from '../../http/server.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import type { DrillJson } from './contract.ts';
import { base } from './parameters.ts';
import type { SkoposSource } from './source.ts';

/** How long a drill is waited for when it does not say. */
const defaultTimeoutMs = 30_000;

const startBody = z
  .strictObject({
    receiver: z.string().optional(),
    timeoutMs: z.number().int().min(100).max(3_600_000).default(defaultTimeoutMs),
  })
  .default({ timeoutMs: defaultTimeoutMs });

/** `GET /drills`, `POST /drills`, `GET /drills/:id`. */
export function drillRoutes(app: FastifyInstance, { drills }: SkoposSource): void {
  app.get(`${base}/drills`, async () => ({ items: drills.list() }));

  app.post(`${base}/drills`, async (request, reply) => {
    const body = startBody.safeParse(request.body ?? undefined);
    if (!body.success) {
      const [issue] = body.error.issues;
      throw new BadInputError(issue?.path.join('.') ?? '', issue?.message ?? 'not a drill');
    }
    const { receiver = '', timeoutMs } = body.data;
    return reply.code(202).send(drills.start({ timeoutMs, ...(receiver === '' ? {} : { receiver }) }));
  });

  app.get(`${base}/drills/:id`, async (request): Promise<DrillJson> => {
    const { id } = request.params as { readonly id: string };
    const drill = drills.get(id);
    if (drill === undefined)
      throw new NotFoundError(`there is no drill "${id}"; the last ones are remembered until the next start`);
    return drill;
  });
}
