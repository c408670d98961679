import type { Labels } from '../../model/labels.ts';
import type { MetricFamily } from '../../model/metric.ts';
import type { KindCounts } from './batch.ts';
import { dropReasons, durationBounds } from './queue-figures.ts';
import type { WriteQueue } from './write-queue.ts';

const prefix = 'prometheus_remote_storage_';

const kinds = [
  ['sample', 'samples'],
  ['exemplar', 'exemplars'],
  ['histogram', 'histograms'],
] as const;

type Value = (queue: WriteQueue) => number;

/** Prometheus' series of remote write, by its names. Source: https://github.com/prometheus/prometheus/blob/main/storage/remote/queue_manager.go */
export function queueMetrics(queues: readonly WriteQueue[]): MetricFamily[] {
  const labelsOf = ({ options: { name, config } }: WriteQueue): Labels => ({
    remote_name: name.shown,
    url: withoutUserInfo(config.url),
  });
  const family =
    (type: MetricFamily['type']) =>
    (name: string, help: string, value: Value): MetricFamily => ({
      name: prefix + name,
      type,
      help,
      samples: queues.map((queue) => ({ name: prefix + name, labels: labelsOf(queue), value: value(queue) })),
    });
  const counter = family('counter');
  const gauge = family('gauge');
  const byKind = (end: string, help: string, counts: (queue: WriteQueue) => KindCounts): MetricFamily[] =>
    kinds.map(([kind, name]) =>
      counter(`${name}${end}`, `${upper(name)} ${help}`, (queue) => counts(queue)[kind]),
    );
  return [
    ...byKind('_total', 'sent to the receiver, retries included.', ({ figures }) => figures.sent),
    ...byKind('_failed_total', 'that the receiver refused for good.', ({ figures }) => figures.failed),
    ...byKind('_retried_total', 'that had to be sent again.', ({ figures }) => figures.retried),
    ...kinds.map(([kind, name]) => droppedFamily(queues, labelsOf, kind, name)),
    counter('metadata_total', 'Families whose metadata was sent.', ({ figures }) => figures.metadata.sent),
    counter(
      'metadata_failed_total',
      'Families whose metadata was not taken.',
      ({ figures }) => figures.metadata.failed,
    ),
    counter(
      'metadata_retried_total',
      'Families whose metadata was sent again.',
      ({ figures }) => figures.metadata.retried,
    ),
    counter(
      'metadata_bytes_total',
      'Bytes of metadata sent, packed.',
      ({ figures }) => figures.metadata.bytes,
    ),
    counter('bytes_total', 'Bytes sent, packed; metadata left out.', ({ figures }) => figures.bytes),
    counter(
      'enqueue_retries_total',
      'Times that reading had to wait for a full shard.',
      ({ figures }) => figures.waits,
    ),
    ...kinds.map(([kind, name]) =>
      gauge(`${name}_pending`, `${upper(name)} that wait in shards.`, (queue) => queue.pending()[kind]),
    ),
    gauge('shards', 'Shards at work.', (queue) => queue.shards),
    gauge('shards_desired', 'Shards that the queue would like to have.', (queue) => queue.desiredShards),
    gauge(
      'shards_max',
      'Shards that there may be at most.',
      (queue) => queue.options.config.queue_config.max_shards,
    ),
    gauge(
      'shards_min',
      'Shards that there are at least.',
      (queue) => queue.options.config.queue_config.min_shards,
    ),
    gauge(
      'shard_capacity',
      'Values that a shard holds at most.',
      (queue) => queue.options.config.queue_config.capacity,
    ),
    gauge(
      'max_samples_per_send',
      'Values that go in one request at most.',
      (queue) => queue.options.config.queue_config.max_samples_per_send,
    ),
    gauge(
      'queue_highest_sent_timestamp_seconds',
      'Time of the newest value that was taken, in Unix seconds.',
      ({ figures }) => figures.highestSentMs / 1000,
    ),
    gauge(
      'queue_highest_timestamp_seconds',
      'Time of the newest value that was read for this queue, in Unix seconds.',
      ({ figures }) => figures.highestReadMs / 1000,
    ),
    durations(queues, labelsOf),
    ...totals(queues),
  ];
}

/** Of all queues together; there without one, too. */
function totals(queues: readonly WriteQueue[]): MetricFamily[] {
  const one = (type: MetricFamily['type'], name: string, help: string, value: number): MetricFamily => ({
    name: prefix + name,
    type,
    help,
    samples: queues.length === 0 ? [] : [{ name: prefix + name, labels: {}, value }],
  });
  const most = (of: (queue: WriteQueue) => number): number => Math.max(0, ...queues.map(of));
  return [
    one(
      'gauge',
      'highest_timestamp_in_seconds',
      'Time of the newest value that came for remote write, in Unix seconds.',
      most(({ figures }) => figures.highestReadMs) / 1000,
    ),
    ...kinds.map(([kind, name]) =>
      one(
        'counter',
        `${name}_in_total`,
        `${upper(name)} that came for remote write.`,
        most(({ figures }) => figures.read[kind]),
      ),
    ),
  ];
}

function droppedFamily(
  queues: readonly WriteQueue[],
  labelsOf: (queue: WriteQueue) => Labels,
  kind: keyof KindCounts,
  plural: string,
): MetricFamily {
  const name = `${prefix}${plural}_dropped_total`;
  return {
    name,
    type: 'counter',
    help: `${upper(plural)} that were read and are not sent, by reason.`,
    samples: queues.flatMap((queue) =>
      dropReasons.map((reason) => ({
        name,
        labels: { ...labelsOf(queue), reason },
        value: queue.figures.dropped[reason][kind],
      })),
    ),
  };
}

function durations(queues: readonly WriteQueue[], labelsOf: (queue: WriteQueue) => Labels): MetricFamily {
  const name = `${prefix}sent_batch_duration_seconds`;
  const samples = queues.flatMap((queue) => {
    const labels = labelsOf(queue);
    const { requests, requestSeconds, requestBuckets } = queue.figures;
    const buckets = [...durationBounds.map(String), '+Inf'].map((le, i) => ({
      name: `${name}_bucket`,
      labels: { ...labels, le },
      value: requestBuckets[i] ?? requests,
    }));
    return [
      ...buckets,
      { name: `${name}_sum`, labels, value: requestSeconds },
      { name: `${name}_count`, labels, value: requests },
    ];
  });
  return { name, type: 'histogram', help: 'Time that a request took.', samples };
}

/** An address may carry credentials. */
export function withoutUserInfo(url: string): string {
  if (!URL.canParse(url)) return '';
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return url;
  parsed.username = 'xxxxx';
  parsed.password = '';
  return parsed.href;
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
