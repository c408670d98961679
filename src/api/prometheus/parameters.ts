import { parseDuration } from '../../kit/duration.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Expr } from '../../promql/ast.ts';
import { PromqlError } from '../../promql/errors.ts';
import { parseExpr, parseSelector } from '../../promql/parser.ts';
import { ApiError } from './envelope.ts';

/** `invalid parameter "start": …`, as Prometheus says it. */
export function invalid(name: string, why: string): ApiError {
  return new ApiError('bad_data', `invalid parameter "${name}": ${why}`);
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** How Prometheus' own clients write the beginning and the end of time. Source: web/api/v1/api.go of Prometheus. */
const ends: ReadonlyMap<string, number> = new Map([
  ['-292273086-05-16T16:47:06Z', Number.MIN_SAFE_INTEGER],
  ['292277025-08-18T07:12:54.999999999Z', Number.MAX_SAFE_INTEGER],
]);

/** Unix seconds with fractions, or RFC 3339; milliseconds come out. `fallback` when the parameter is not there. */
export function timeParameter(all: URLSearchParams, name: string, fallback?: number): number {
  const text = all.get(name);
  if (text === null || text === '') {
    if (fallback !== undefined) return fallback;
    throw invalid(name, 'cannot parse "" to a valid timestamp');
  }
  if (decimal.test(text)) {
    const ms = Math.round(Number(text) * 1000);
    // What is beyond all time is at its end.
    return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, ms));
  }
  const ms = ends.get(text) ?? (rfc3339.test(text) ? Date.parse(text) : Number.NaN);
  if (Number.isNaN(ms)) throw invalid(name, `cannot parse "${text}" to a valid timestamp`);
  return ms;
}

/** Seconds with fractions, or a duration such as `5m`; milliseconds come out. */
export function durationParameter(all: URLSearchParams, name: string, fallback?: number): number {
  const text = all.get(name);
  if (text === null || text === '') {
    if (fallback !== undefined) return fallback;
    throw invalid(name, 'cannot parse "" to a valid duration');
  }
  return readDuration(text, (why) => invalid(name, why));
}

/** @throws what `refusal` makes of the reason. */
export function readDuration(text: string, refusal: (why: string) => Error): number {
  const isNumber = decimal.test(text);
  const ms = isNumber ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined || !Number.isFinite(ms)) throw refusal(`cannot parse "${text}" to a valid duration`);
  if (Math.abs(ms) > 9_223_372_036_854)
    throw refusal(`cannot parse "${text}" to a valid duration. It overflows int64`);
  return Math.round(ms);
}

/** How many items to answer with; 0, and none given, is no limit. */
export function limitParameter(all: URLSearchParams): number {
  const text = all.get('limit') ?? '';
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw invalid('limit', `strconv.Atoi: parsing "${text}": invalid syntax`);
  if (Number(text) < 0) throw invalid('limit', 'limit must be non-negative');
  return Number(text);
}

/** A whole number, for paths that say what they want in their own words. */
export function wholeParameter(
  all: URLSearchParams,
  name: string,
  fallback: number,
  refusal: string,
): number {
  const text = all.get(name) ?? '';
  if (text === '') return fallback;
  if (!/^[+-]?\d+$/.test(text)) throw new ApiError('bad_data', refusal);
  return Number(text);
}

/** As Go reads one: `1`, `t`, `true` …; false when it is not there. */
export function booleanParameter(all: URLSearchParams, name: string, fallback = false): boolean {
  const text = all.get(name) ?? '';
  if (text === '') return fallback;
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw invalid(name, `strconv.ParseBool: parsing "${text}": invalid syntax`);
}

/** @throws {ApiError} `invalid parameter "query": 1:5: parse error: …` */
export function queryParameter(all: URLSearchParams): Expr {
  try {
    return parseExpr(all.get('query') ?? '');
  } catch (error) {
    if (error instanceof PromqlError) throw invalid('query', error.message);
    throw error;
  }
}

/** Each `match[]`. @throws {ApiError} */
export function matcherLists(all: URLSearchParams): (readonly Matcher[])[] {
  return all.getAll('match[]').map((text) => {
    try {
      return parseSelector(text);
    } catch (error) {
      if (error instanceof PromqlError) throw invalid('match[]', error.message);
      throw error;
    }
  });
}
