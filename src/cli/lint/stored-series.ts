import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dirname } from 'node:path/posix';
import type { AlertingConfig } from '../../alerting/config/alerting-config.ts';
import { loadAlertingConfig } from '../../alerting/config/load-alerting-config.ts';
import { readText } from '../../config/load-config.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import { systemClock } from '../../kit/clock.ts';
import { formatDuration } from '../../kit/duration.ts';
import { createLogger } from '../../log/logger.ts';
import { metricName } from '../../model/labels.ts';
import { formatMatcher, type Matcher } from '../../model/matcher.ts';
import type { SeriesLookup } from '../../rules/lint/lint-surroundings.ts';
import { TimeSeriesStore } from '../../tsdb/store.ts';
import { askPrometheus, type Server } from '../query/ask.ts';

/** Where a verb finds stored series. */
export interface SeriesFlags {
  readonly server?: string;
  readonly data?: string;
  readonly token?: string;
}

/** The server that the flags name, with its token. */
export function serverOf({ server, token }: SeriesFlags, fallback: string): Server {
  const url = server ?? fallback;
  return {
    url: /^https?:\/\//.test(url) ? url : `http://${url}`,
    token: token ?? process.env['SKOPOS_TOKEN'],
  };
}

/**
 * Opens a data directory of Prometheus, or the data folder of a Skopos, to read.
 *
 * @throws {NotFoundError}
 */
export function openData(folder: string, cwd: string): TimeSeriesStore {
  const full = resolve(cwd, folder);
  if (!existsSync(full)) throw new NotFoundError(`there is no folder ${folder}`);
  const inside = join(full, 'tsdb');
  return new TimeSeriesStore({
    dir: existsSync(inside) ? inside : full,
    clock: systemClock,
    log: createLogger('warn'),
    readOnly: true,
    maxSeries: Number.MAX_SAFE_INTEGER,
  });
}

/** @throws {BadInputError} naming file, line and field. */
export function readAlerting(file: string, cwd: string): AlertingConfig {
  const full = resolve(cwd, file);
  return loadAlertingConfig(readText(full, 'alerting configuration'), {
    file,
    baseDir: dirname(full),
    readFile: (path) => readFileSync(path, 'utf8'),
  });
}

const valuesAsked = 20_000;

/** Series of a running Skopos or Prometheus, asked by its API; each thing once. */
export function serverLookup(
  server: Server,
  windowMs: number,
  nowMs: number,
  signal: AbortSignal,
): SeriesLookup {
  const time = [
    ['start', String((nowMs - windowMs) / 1000)],
    ['end', String(nowMs / 1000)],
  ] as const;
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const asked = (known.get(key) as Promise<T> | undefined) ?? ask();
    known.set(key, asked);
    return asked;
  };
  const match = (matchers: readonly Matcher[]) =>
    ['match[]', `{${matchers.map(formatMatcher).join(',')}}`] as const;
  return {
    name: server.url,
    window: formatDuration(windowMs),
    hasSeries: (matchers) =>
      once(match(matchers)[1], async () => {
        const { data } = await askPrometheus<unknown[]>(
          server,
          'series',
          [match(matchers), ...time, ['limit', '1']],
          signal,
        );
        return data.length > 0;
      }),
    labelValues: (label, matchers) =>
      once(`${label} ${match(matchers)[1]}`, async () => {
        const narrowed = matchers.length === 0 ? [] : [match(matchers)];
        const { data } = await askPrometheus<string[]>(
          server,
          `label/${encodeURIComponent(label)}/values`,
          [...narrowed, ...time, ['limit', String(valuesAsked)]],
          signal,
          'GET',
        );
        return data;
      }),
    typeOf: (metric) =>
      once(`type ${metric}`, async () => {
        const { data } = await askPrometheus<Record<string, { readonly type?: string }[]>>(
          server,
          'metadata',
          { metric, limit: '1' },
          signal,
          'GET',
        );
        return data[metric]?.[0]?.type;
      }),
  };
}

/** Types of metrics as a data directory has them; it keeps them for series of its last hours. */
export function typeIn(
  store: TimeSeriesStore,
  fromMs: number,
  toMs: number,
): (metric: string) => string | undefined {
  return (metric) => {
    const [labels] = store.series([[{ name: metricName, op: '=', value: metric }]], fromMs, toMs);
    return labels === undefined ? undefined : store.metadataOf(labels)?.type;
  };
}
