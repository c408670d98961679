import type { MetricFamily } from '../../model/metric.ts';

interface Asked {
  success: number;
  error: number;
}

/** kube-state-metrics' metrics of itself, as far as they make sense in one process that shares its watches. */
export class StateSelfMetrics {
  readonly #lists = new Map<string, Asked>();
  readonly #watches = new Map<string, Asked>();

  /** The API server answered a list or a watch of a kind, or did not. */
  asked(kind: string, verb: 'list' | 'watch', isAnswered: boolean): void {
    const counts = verb === 'list' ? this.#lists : this.#watches;
    const of = counts.get(kind) ?? { success: 0, error: 0 };
    counts.set(kind, of);
    if (isAnswered) of.success++;
    else of.error++;
  }

  /** `objects`: how many of each kind there are. */
  families(objects: Iterable<readonly [string, number]>): readonly MetricFamily[] {
    return [
      counted(
        'kube_state_metrics_list_total',
        'Lists that the API server answered, or did not.',
        this.#lists,
      ),
      counted(
        'kube_state_metrics_watch_total',
        'Watches that the API server answered, or did not.',
        this.#watches,
      ),
      {
        name: 'kube_state_metrics_list_objects',
        help: 'Objects of each kind that are rendered.',
        type: 'gauge',
        samples: [...objects].map(([resource, value]) => ({
          name: 'kube_state_metrics_list_objects',
          labels: { resource },
          value,
        })),
      },
      single('kube_state_metrics_shard_ordinal', 'The part that is rendered here; there is one.', 0, {
        shard_ordinal: '0',
      }),
      single('kube_state_metrics_total_shards', 'Parts that rendering is split into; there is one.', 1),
    ];
  }
}

function counted(name: string, help: string, counts: ReadonlyMap<string, Asked>): MetricFamily {
  const samples = [...counts].flatMap(([resource, { success, error }]) => [
    { name, labels: { resource, result: 'success' }, value: success },
    { name, labels: { resource, result: 'error' }, value: error },
  ]);
  return { name, help, type: 'counter', samples };
}

function single(
  name: string,
  help: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): MetricFamily {
  return { name, help, type: 'gauge', samples: [{ name, labels, value }] };
}
