import { appRoot } from '../../api/client.ts';

export type Labels = Readonly<Record<string, string>>;
export type Point = readonly [seconds: number, value: string];
export type HistogramPoint = readonly [seconds: number, histogram: HistogramJson];

export interface HistogramJson {
  readonly count: string;
  readonly sum: string;
  readonly buckets?: readonly (readonly [ends: number, lower: string, upper: string, count: string])[];
}

export interface VectorSeries {
  readonly metric: Labels;
  readonly value?: Point;
  readonly histogram?: HistogramPoint;
}

export interface MatrixSeries {
  readonly metric: Labels;
  readonly values?: readonly Point[];
  readonly histograms?: readonly HistogramPoint[];
}

export type QueryData =
  | { readonly resultType: 'vector'; readonly result: readonly VectorSeries[] }
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixSeries[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: Point };

/** As src/promql/query-options.ts describes it. */
export interface PlanNode {
  readonly expression: string;
  readonly kind: string;
  readonly detail: string;
  readonly seriesIn: number;
  readonly samplesIn: number;
  readonly seriesOut: number;
  readonly samplesOut: number;
  readonly ms: number;
  readonly children: readonly PlanNode[];
}

export interface Answer<T> {
  readonly data: T;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** From asking to the last byte. */
  readonly tookMs: number;
}

/** What the API refused or could not do; `type` is Prometheus' word for it. */
export class QueryError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = 'QueryError';
    this.type = type;
  }
}

type Values = Readonly<Record<string, string | number | undefined>>;

/** Asks below `api/`, by POST, as an expression may be longer than an address. @throws {QueryError} */
export async function ask<T>(path: string, values: Values, signal: AbortSignal): Promise<Answer<T>> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') body.set(name, String(value));
  }
  return request<T>(new URL(`api/${path}`, appRoot), { method: 'POST', body, signal });
}

/** As {@link ask}, by GET. `values` may name a parameter several times. @throws {QueryError} */
export async function read<T>(
  path: string,
  values: readonly (readonly [string, string])[],
  signal: AbortSignal,
): Promise<Answer<T>> {
  const url = new URL(`api/${path}`, appRoot);
  for (const [name, value] of values) url.searchParams.append(name, value);
  return request<T>(url, { signal });
}

async function request<T>(url: URL, init: RequestInit): Promise<Answer<T>> {
  const startedMs = performance.now();
  const reply = await fetch(url, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new QueryError('no_answer', `Skopos does not answer at ${url.host}. It may be restarting.`);
  });
  const body = (await reply.json().catch(() => ({}))) as {
    status?: string;
    data?: T;
    error?: string;
    errorType?: string;
    warnings?: string[];
    infos?: string[];
  };
  if (!reply.ok || body.data === undefined) {
    const words = body.error ?? `The server answered ${reply.status} ${reply.statusText}`.trim();
    throw new QueryError(body.errorType ?? `http_${reply.status}`, words);
  }
  return {
    data: body.data,
    warnings: body.warnings ?? [],
    infos: body.infos ?? [],
    tookMs: performance.now() - startedMs,
  };
}

/** `up{instance="a", job="b"}`; a name that is no legacy name stands in the braces. */
export function seriesName(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  const bare = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
  const pairs = Object.keys(rest)
    .sort()
    .map((label) => `${labelName(label)}=${JSON.stringify(rest[label])}`);
  if (name !== '' && !bare) pairs.unshift(JSON.stringify(name));
  return `${bare ? name : ''}${pairs.length === 0 && bare ? '' : `{${pairs.join(', ')}}`}`;
}

export function labelName(label: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label) ? label : JSON.stringify(label);
}
