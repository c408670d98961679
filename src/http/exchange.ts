import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** A reply and its body, as far as it was wanted. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends a request and reads the reply's body up to `maxBytes`; what is longer ends the connection. As undici's `request`, without a
 * stream for each body: that of a notification is a few bytes, and they come by the thousand.
 *
 * @throws what undici throws when no reply came; the reason of `signal`, when it aborts first.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const stop = (): void => {
      reject(signal.reason);
      controller?.abort(signal.reason);
    };
    const chunks: Buffer[] = [];
    let bytes = 0;
    let head: Omit<Answer, 'body'> = { statusCode: 0, headers: {} };
    const end = (): void => {
      signal.removeEventListener('abort', stop);
      resolve({ ...head, body: Buffer.concat(chunks).subarray(0, maxBytes) });
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop);
    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        // It waited for a connection until now.
        if (signal.aborted) started.abort(signal.reason);
      },
      onResponseStart(_, statusCode, headers) {
        head = { statusCode, headers };
      },
      onResponseData(given, chunk) {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes < maxBytes) return;
        end();
        given.abort(new Error(`more than ${maxBytes} bytes`));
      },
      onResponseEnd: end,
      onResponseError(_, error) {
        signal.removeEventListener('abort', stop);
        reject(error);
      },
    });
  });
}
