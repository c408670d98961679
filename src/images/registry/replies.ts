import { Buffer } from 'node:buffer';
import type { HttpStream } from '../../http/client.ts';
import { HttpError } from '../../http/http-error.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import type { Clock } from '../../kit/clock.ts';
import { ImageError, RegistryDeniedError, RegistryError } from '../image-error.ts';

/** A reply that brings nothing for so long is given up. */
export const idleTimeoutMs = 60_000;

/** More of a refusal is not read. */
const maxRefusalBytes = 64 * 1024;

/** Headers that do not come for so long are given up. */
const headersTimeoutMs = 30_000;

/** What somebody is asked for, unless nothing comes for too long. @throws {HttpError} then, or as `ask` does */
export async function inTime<Reply>(
  host: string,
  clock: Clock,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Reply>,
): Promise<Reply> {
  const late = new AbortController();
  const cancel = clock.timer(headersTimeoutMs, () => late.abort());
  try {
    return await ask(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!late.signal.aborted) throw error;
    throw new HttpError(`${host}: no answer within ${headersTimeoutMs / 1000} s`);
  } finally {
    cancel();
  }
}

/** A body as it comes; given up when nothing comes for too long. @throws {RegistryError} */
export async function* bodyOf(
  { body }: HttpStream,
  from: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let isIdle = false;
  const arm = (): (() => void) =>
    clock.timer(idleTimeoutMs, () => {
      isIdle = true;
      body.destroy();
    });
  const leave = (): void => void body.destroy();
  signal.addEventListener('abort', leave, { once: true });
  let disarm = arm();
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      disarm();
      yield piece;
      disarm = arm();
    }
  } catch (error) {
    signal.throwIfAborted();
    const why = isIdle ? `nothing came for ${idleTimeoutMs / 1000} s` : 'the connection broke';
    throw new RegistryError(`${from} stopped within its answer: ${why}`, 0, { cause: error });
  } finally {
    disarm();
    signal.removeEventListener('abort', leave);
    body.destroy();
  }
}

/** @throws {ImageError} when it is longer. */
export async function wholeBody(
  stream: HttpStream,
  what: string,
  maxBytes: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of bodyOf(stream, what, clock, signal)) {
    bytes += piece.length;
    if (bytes > maxBytes)
      throw new ImageError(`${what} has more than ${maxBytes} bytes, which is too much for what it is`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What a status that was not hoped for says, as an error. Reads the reply. */
export async function refusal(
  stream: HttpStream,
  what: string,
  registry: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Error> {
  const said = await reasonIn(stream, registry, clock, signal);
  const { status } = stream;
  if (status === 404) return new NotFoundError(`${what} is not there, says ${registry}${said}`);
  if (status === 401 || status === 403)
    return new RegistryDeniedError(`${registry} does not give ${what}${said}`);
  return new RegistryError(`${registry} answered ${status} for ${what}${said}`, status);
}

async function reasonIn(
  stream: HttpStream,
  registry: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  let text = '';
  try {
    text = (await wholeBody(stream, registry, maxRefusalBytes, clock, signal)).toString('utf8');
    const { errors } = JSON.parse(text) as { errors?: unknown };
    const [first] = Array.isArray(errors) ? (errors as Record<string, unknown>[]) : [];
    const parts = [first?.['code'], first?.['message']].filter(
      (part) => typeof part === 'string' && part !== '',
    );
    return parts.length === 0
      ? ''
      : ` (${parts
          .join(': ')
          .replace(/[^\x20-\x7e]/g, ' ')
          .slice(0, 200)})`;
  } catch {
    signal.throwIfAborted();
    return '';
  }
}

/** Milliseconds of a `Retry-After` header, a number of seconds or a date. */
export function retryAfterOf({ headers }: HttpStream, nowMs: number): number | undefined {
  const value = headerOf(headers['retry-after']);
  if (value === '') return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), 24 * 3_600_000);
}

export function headerOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}
