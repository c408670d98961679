import { z } from 'zod';
import { type FastifyInstance, type FastifyRequest, parameters } from '../../http/server.ts';
import { BadInputError, NotFoundError } from '../../kit/app-error.ts';
import type { InboxJson, InboxMessageJson } from './contract.ts';
import { base, wholeParameter } from './parameters.ts';
import type { SkoposSource } from './source.ts';

const readBody = z.strictObject({ read: z.boolean().default(true) }).default({ read: true });

/** `GET /inbox`, `GET /inbox/:id`, and `POST /inbox/:id/read`, where `all` stands for every message. */
export function inboxRoutes(app: FastifyInstance, { inbox }: SkoposSource): void {
  app.get(`${base}/inbox`, async (request): Promise<InboxJson> => {
    const all = parameters(request);
    return inbox.list({
      offset: wholeParameter(all, 'offset', { fallback: 0 }),
      limit: wholeParameter(all, 'limit', { fallback: 50, most: 500 }),
    });
  });

  app.get(`${base}/inbox/:id`, async (request): Promise<InboxMessageJson> => messageOf(idOf(request)));

  app.post(`${base}/inbox/:id/read`, async (request): Promise<InboxMessageJson | { marked: number }> => {
    const body = readBody.safeParse(request.body ?? undefined);
    if (!body.success) throw new BadInputError('', 'expected {"read": true} or {"read": false}, or nothing');
    const { read } = body.data;
    if ((request.params as { readonly id: string }).id === 'all')
      return { marked: inbox.markRead('all', read) };
    const id = idOf(request);
    inbox.markRead(id, read);
    return messageOf(id);
  });

  function messageOf(id: number): InboxMessageJson {
    const message = inbox.get(id);
    if (message === undefined)
      throw new NotFoundError(`there is no message ${id}; old ones are removed in time`);
    return message;
  }
}

function idOf(request: FastifyRequest): number {
  const { id } = request.params as { readonly id: string };
  if (!/^\d{1,15}$/.test(id)) throw new BadInputError('id', `expected a message's number, got "${id}"`);
  return Number(id);
}
