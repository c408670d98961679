import type { ErrorJson } from './types.ts';

/** Where the application lives: the directory of `<base>`, which the server sets. Always ends in a slash. */
export const appRoot = new URL('.', document.baseURI);

/** A request that did not give what was asked for. `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(message: string, status: number, code: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The address of an API resource; parameters that are empty or undefined are left out. */
export function apiUrl(path: string, params: Params = {}): URL {
  const url = new URL(`api/skopos/v1/${path}`, appRoot);
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value)) for (const one of value) url.searchParams.append(name, String(one));
    else if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url;
}

/** @throws {ApiError} when there is no answer, or one that says no. */
export function get<T>(path: string, params: Params, signal: AbortSignal): Promise<T> {
  return request<T>(apiUrl(path, params), { signal, headers: { accept: 'application/json' } });
}

/** @throws {ApiError} when there is no answer, or one that says no. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return request<T>(apiUrl(path), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Changes a part of what is there. @throws {ApiError} when there is no answer, or one that says no. */
export function patch<T>(path: string, body: unknown): Promise<T> {
  return request<T>(apiUrl(path), {
    method: 'PATCH',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** @throws {ApiError} when there is no answer, or one that says no. */
export function remove(path: string): Promise<void> {
  return request<void>(apiUrl(path), { method: 'DELETE', headers: { accept: 'application/json' } });
}

async function request<T>(url: URL, init: RequestInit): Promise<T> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(`Skopos does not answer at ${url.host}. It may be restarting.`, 0, 'no_answer');
  });
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return undefined as T;
  return (await response.json().catch(() => {
    throw new ApiError(`The answer of ${url.pathname} is not JSON.`, response.status, 'bad_answer');
  })) as T;
}

async function refusal(response: Response): Promise<ApiError> {
  const body: Partial<ErrorJson> = await response.json().catch(() => ({}));
  const reason = body.error ?? `The server answered ${response.status} ${response.statusText}`.trim();
  return new ApiError(reason, response.status, body.code ?? `http_${response.status}`);
}
