import { showGoNumber } from '../../kit/go-number.ts';
import type { GroupFamily, ShownGroup } from './source.ts';

/**
 * A group as `/api/v1/metrics` of the Pushgateway gives it: families beside `labels` and `last_push_successful`, all numbers as texts.
 *
 * Source: https://github.com/prometheus/pushgateway#query-api
 */
export function groupJson({ labels, isLastPushTaken, families }: ShownGroup): object {
  return {
    ...Object.fromEntries(families.map((family) => [family.name, familyJson(family)])),
    labels,
    last_push_successful: isLastPushTaken,
  };
}

function familyJson({ help, type, atMs, metrics }: GroupFamily): object {
  return {
    time_stamp: new Date(atMs).toISOString(),
    type: type === 'unknown' ? 'UNTYPED' : type.toUpperCase(),
    ...(help === '' ? {} : { help }),
    metrics: metrics.map(({ labels, value, distribution }) => {
      if (distribution === undefined) return { labels, value: showGoNumber(value) };
      const { count, sum, points } = distribution;
      return {
        labels,
        [type === 'summary' ? 'quantiles' : 'buckets']: Object.fromEntries(
          points.map(([at, of]) => [showGoNumber(at), type === 'summary' ? showGoNumber(of) : String(of)]),
        ),
        count: String(count),
        sum: showGoNumber(sum),
      };
    }),
  };
}
