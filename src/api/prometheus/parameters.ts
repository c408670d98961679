import { parseDuration } from '../../kit/duration.ts';
import { ApiError } from './envelope.ts';

/** `invalid parameter "start": …`, as Prometheus says it. */
export function invalid(name: string, why: string): ApiError {
  return new ApiError('bad_data', `invalid parameter "${name}": ${why}`);
}

/** Unix seconds with fractions, or RFC 3339; milliseconds come out. `fallback` when the parameter is not there. */
export function timeParameter(all: URLSearchParams, name: string, fallback?: number): number {
  const text = all.get(name);
  if (text === null || text === '') {
    if (fallback !== undefined) return fallback;
    throw invalid(name, 'cannot parse "" to a valid timestamp');
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Math.round(Number(text) * 1000);
  const ms = /^\d{4}-\d\d-\d\d[Tt]/.test(text) ? Date.parse(text) : Number.NaN;
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
  const ms = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined || !Number.isFinite(ms))
    throw invalid(name, `cannot parse "${text}" to a valid duration`);
  return Math.round(ms);
}

/** A count from 0; `fallback` when the parameter is not there. */
export function countParameter(all: URLSearchParams, name: string, fallback: number): number {
  const text = all.get(name);
  if (text === null || text === '') return fallback;
  if (!/^\d+$/.test(text)) throw invalid(name, `cannot parse "${text}" to a non-negative integer`);
  return Number(text);
}
