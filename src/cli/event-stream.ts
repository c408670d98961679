import { messageOf, UnavailableError } from '../kit/app-error.ts';
import type { ApiOptions } from './api-client.ts';

/** One server-sent event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** One event is a row of the ledger; a longer one is no answer of Skopos. */
const longestEvent = 4 * 1024 * 1024;

/**
 * Reads the events of a running Skopos until it ends the stream or the signal aborts. The first is `hello`.
 *
 * @throws {UnavailableError} when nobody answers, or the connection breaks.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* eventStream(
  { url, token = process.env['SKOPOS_TOKEN'] }: ApiOptions,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent, void, undefined> {
  try {
    let rest = '';
    for await (const piece of await open({ url, token }, signal)) {
      const parts = (rest + piece).split(/\r?\n\r?\n/);
      rest = parts.pop() ?? '';
      if (rest.length > longestEvent) throw new UnavailableError(`${url} sent an event without end`);
      for (const part of parts) yield* readEvent(part);
    }
  } catch (error) {
    if (!signal.aborted) throw broken(url, error);
  }
}

async function open(
  { url, token }: { readonly url: string; readonly token: string | undefined },
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  const reply = await fetch(new URL('api/skopos/v1/events', url.endsWith('/') ? url : `${url}/`), {
    signal,
    headers: {
      accept: 'text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  if (!reply.ok || reply.body === null)
    throw new UnavailableError(`${url} answered ${reply.status} instead of events`);
  return reply.body.pipeThrough(new TextDecoderStream());
}

function broken(url: string, error: unknown): UnavailableError {
  if (error instanceof UnavailableError) return error;
  const why = messageOf((error as { cause?: unknown }).cause ?? error);
  return new UnavailableError(`nobody answers at ${url} (${why}); is "skopos up" running there?`, {
    cause: error,
  });
}

/** Nothing for comments, which keep the connection alive. */
function readEvent(text: string): readonly ServerEvent[] {
  let name = 'message';
  const data: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, field = '', value = ''] = /^([a-z]+):? ?(.*)$/.exec(line) ?? [];
    if (field === 'event') name = value;
    else if (field === 'data') data.push(value);
  }
  return data.length === 0 ? [] : [{ name, data: data.join('\n') }];
}
