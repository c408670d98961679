import { BadInputError, messageOf, NotFoundError, UnavailableError } from '../kit/app-error.ts';

/** How verbs reach a running Skopos. */
export interface ApiOptions {
  readonly url: string;
  /** Also taken from SKOPOS_TOKEN. */
  readonly token?: string;
}

/**
 * Calls our own API and reads the JSON reply.
 *
 * @throws {UnavailableError} when nobody answers; {BadInputError | NotFoundError} with the server's own words.
 */
export async function callApi<Reply>(
  { url, token = process.env['SKOPOS_TOKEN'] }: ApiOptions,
  path: string,
  request: { readonly method?: string; readonly body?: unknown; readonly signal: AbortSignal },
): Promise<Reply> {
  const target = new URL(path, url.endsWith('/') ? url : `${url}/`);
  let reply: Response;
  try {
    reply = await fetch(target, {
      method: request.method ?? 'GET',
      signal: request.signal,
      headers: {
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  } catch (error) {
    const why = messageOf((error as { cause?: unknown }).cause ?? error);
    throw new UnavailableError(`nobody answers at ${url} (${why}); is "skopos up" running there?`, {
      cause: error,
    });
  }
  const body = (await reply.json().catch(() => ({}))) as { error?: string };
  if (reply.ok) return body as Reply;
  const text = body.error ?? `HTTP ${reply.status}`;
  if (reply.status === 404) throw new NotFoundError(text);
  throw reply.status < 500 ? new BadInputError('', text) : new UnavailableError(text);
}
