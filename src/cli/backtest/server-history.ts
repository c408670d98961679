import { NotFoundError, UnavailableError } from '../../kit/app-error.ts';
import type { MixedSamples } from '../../model/float-histogram.ts';
import type { Labels } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';
import { QueryFailedError } from '../../promql/errors.ts';
import { formatExpr } from '../../promql/format.ts';
import type { History, Steps } from '../../rules/backtest/history.ts';
import { askPrometheus, type Server } from '../query/ask.ts';

interface RangeJson {
  readonly result: readonly {
    readonly metric: Labels;
    readonly values?: readonly (readonly [number, string])[];
    readonly histograms?: readonly (readonly [number, unknown])[];
  }[];
}

/**
 * The history of a server, by range queries of the rules' expressions: only what the rules found comes over the wire, so a
 * long history of many series costs little here.
 */
export function serverHistory(server: Server): History {
  return {
    name: server.url,
    async range(expr: Expr, steps: Steps, signal: AbortSignal): Promise<readonly MixedSamples[]> {
      const { startMs, endMs, stepMs } = steps;
      const parameters = {
        query: formatExpr(expr),
        start: String(startMs / 1000),
        end: String(endMs / 1000),
        step: String(stepMs / 1000),
      };
      try {
        const { data } = await askPrometheus<RangeJson>(server, 'query_range', parameters, signal);
        return data.result.map(samplesOf);
      } catch (error) {
        throw classified(error);
      }
    },
  };
}

/** Of native histograms only that they are there matters to an alert. */
function samplesOf({ metric, values = [], histograms = [] }: RangeJson['result'][number]): MixedSamples {
  const points = [
    ...values.map(([seconds, value]) => [Math.round(seconds * 1000), Number(value)] as const),
    ...histograms.map(([seconds]) => [Math.round(seconds * 1000), Number.NaN] as const),
  ].sort((a, b) => a[0] - b[0]);
  return {
    labels: metric,
    timesMs: Float64Array.from(points, ([atMs]) => atMs),
    values: Float64Array.from(points, ([, value]) => value),
  };
}

/** What the server says of one query is that rule's fault; anything else ends the back-test. */
function classified(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (/^query error: (?:bad_data|execution|timeout)/.test(error.message))
    return new QueryFailedError(error.message.replace(/^query error: /, ''), { cause: error });
  if (/HTTP 404/.test(error.message))
    return new NotFoundError(`${error.message}; is that the address of a Prometheus API?`, { cause: error });
  if (error.name === 'AbortError') return error;
  return new UnavailableError(error.message, { cause: error });
}
