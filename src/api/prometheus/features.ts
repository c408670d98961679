import type { FastifyInstance } from '../../http/server.ts';
import { signatures } from '../../promql/signatures.ts';
import { success } from './envelope.ts';

const operators = [
  ...['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '>', '<', '>=', '<=', 'and', 'or', 'unless'],
  ...['sum', 'avg', 'count', 'min', 'max', 'group', 'stddev', 'stdvar', 'topk', 'bottomk', 'count_values'],
  ...['quantile', 'limitk', 'limit_ratio'],
];

const promql = [
  ...[
    'anchored',
    'at_modifier',
    'bool',
    'by',
    'duration_expr',
    'fill',
    'fill_left',
    'fill_right',
    'group_left',
  ],
  ...['group_right', 'ignoring', 'negative_offset', 'offset', 'on', 'per_query_lookback_delta', 'smoothed'],
  ...['subqueries', 'without'],
];

/**
 * `GET /api/v1/features`: what this server understands, by category, so that clients need not guess from a version.
 *
 * Source: https://pkg.go.dev/github.com/prometheus/prometheus/util/features
 */
export function featureRoutes(
  app: FastifyInstance,
  { isAdminEnabled }: { readonly isAdminEnabled: boolean },
): void {
  const features = {
    api: {
      admin: isAdminEnabled,
      exclude_alerts: true,
      label_values_match: true,
      query_stats: true,
      query_warnings: true,
      search: true,
      time_range_labels: true,
      time_range_series: true,
    },
    promql: { ...allOf(promql), delayed_name_removal: false, per_step_stats: false },
    promql_functions: allOf([...signatures.keys()].sort()),
    promql_operators: allOf(operators),
    rules: { concurrent_rule_eval: false, keep_firing_for: true, query_offset: true },
    tsdb: { exemplar_storage: true, native_histograms: true, out_of_order: true },
  };
  app.get('/api/v1/features', async () => success(features));
}

function allOf(names: readonly string[]): Record<string, true> {
  return Object.fromEntries(names.map((name) => [name, true]));
}
