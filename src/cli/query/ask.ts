import { messageOf } from '../../kit/app-error.ts';

export interface Server {
  readonly url: string;
  readonly token: string | undefined;
}

interface Envelope<T> {
  readonly status?: string;
  readonly data?: T;
  readonly errorType?: string;
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

export interface Answer<T> {
  readonly data: T;
  /** Warnings and infos. */
  readonly notes: readonly string[];
}

/**
 * Asks a Prometheus API; by POST, as an expression may be longer than an address.
 *
 * @throws {Error} in promtool's words: `query error: bad_data: …`.
 */
export async function askPrometheus<T>(
  { url, token }: Server,
  path: string,
  parameters: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  signal: AbortSignal,
  method: 'GET' | 'POST' = 'POST',
): Promise<Answer<T>> {
  const body = new URLSearchParams(parameters as Record<string, string>);
  const target = new URL(`api/v1/${path}`, url.endsWith('/') ? url : `${url}/`);
  if (method === 'GET') target.search = body.toString();
  let reply: Response;
  try {
    reply = await fetch(target, {
      method,
      signal,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(method === 'POST' ? { body } : {}),
    });
  } catch (error) {
    const why = messageOf((error as { cause?: unknown }).cause ?? error);
    throw new Error(`query error: nobody answers at ${url} (${why})`, { cause: error });
  }
  const answer = (await reply.json().catch(() => ({}))) as Envelope<T>;
  if (answer.status === 'success' && answer.data !== undefined)
    return { data: answer.data, notes: [...(answer.warnings ?? []), ...(answer.infos ?? [])] };
  const { errorType, error } = answer;
  const words = error ?? (reply.ok ? 'the answer is not that of a Prometheus API' : `HTTP ${reply.status}`);
  throw new Error(`query error: ${errorType === undefined ? '' : `${errorType}: `}${words}`);
}

/** `{__name__="up", job="a"}`. */
export function showLabelSet(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(labels)
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`);
  return `{${pairs.join(', ')}}`;
}
