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
  request: {
    readonly method?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
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
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  } catch (error) {
    const why = messageOf((error as { cause?: unknown }).cause ?? error);
    throw new UnavailableError(`nobody answers at ${url} (${why}); is "skopos up" running there?`, {
      cause: error,
    });
  }
  const answer = await reply.text();
  const body = jsonOf(answer);
  if (reply.ok) return body as Reply;
  const text =
    body.error ?? (answer.startsWith('{') || answer === '' ? `HTTP ${reply.status}` : answer.trim());
  if (reply.status === 404) throw new NotFoundError(text);
  throw reply.status < 500 ? new BadInputError('', text) : new UnavailableError(text);
}

function jsonOf(text: string): { readonly error?: string } {
  try {
    return JSON.parse(text) as { readonly error?: string };
  } catch {
    return {};
  }
}
