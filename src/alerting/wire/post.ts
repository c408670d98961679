import type { HttpClient, HttpReply, HttpRequest } from '../../http/client.ts';
import { type ExpectOptions, expectSuccess, type Receipt } from '../notifier.ts';

export interface Call extends HttpRequest, ExpectOptions {
  /** For messages: the service's name. */
  readonly service: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** 0 or left out: as long as the attempt may take. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Calls a service, and takes anything but a success as a failure.
 *
 * @throws {NotifyError} for a refusal, {HttpError} when no answer came.
 */
export async function call(
  http: HttpClient,
  { service, json, form, timeoutMs, ...what }: Call,
  signal: AbortSignal,
): Promise<{ readonly receipt: Receipt; readonly reply: HttpReply }> {
  const { secrets, retryOn, details, ...request } = what;
  const limited = timeoutMs ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) : signal;
  const reply = await http.request(
    {
      ...request,
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(form === undefined
        ? {}
        : {
            body: new URLSearchParams(form).toString(),
            contentType: 'application/x-www-form-urlencoded',
          }),
    },
    limited,
  );
  const expected: ExpectOptions = {
    ...(secrets === undefined ? {} : { secrets }),
    ...(retryOn === undefined ? {} : { retryOn }),
    ...(details === undefined ? {} : { details }),
  };
  return { receipt: expectSuccess(service, reply, expected), reply };
}

/** The reply as a JSON object; an empty one when it is none. */
export function jsonOf({ body }: Pick<HttpReply, 'body'>): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Without what is '', false, null or an empty list: services take an absent key better. */
export function withoutEmpty(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) =>
        value !== '' &&
        value !== false &&
        value !== undefined &&
        value !== null &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );
}
