import type { Labels } from '../model/labels.ts';
import type { MetricFamily, MetricType } from '../model/metric.ts';
import type { Collector } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import { one } from './process-metrics.ts';

/** What the store of samples holds, took and refused. */
export function storeMetrics(store: Pick<TimeSeriesStore, 'figures'>): Collector {
  return () => {
    const figures = store.figures();
    return [
      one('skopos_tsdb_head_series', 'gauge', 'Series of the recent past.', figures.series),
      one('skopos_tsdb_samples_appended_total', 'counter', 'Samples taken.', figures.appended),
      many('skopos_tsdb_samples_refused_total', 'counter', 'Samples refused.', [
        [{ reason: 'out_of_order' }, figures.refused.outOfOrder],
        [{ reason: 'duplicate' }, figures.refused.duplicate],
        [{ reason: 'too_old' }, figures.refused.tooOld],
        [{ reason: 'over_limit' }, figures.refused.overLimit],
        [{ reason: 'invalid' }, figures.refused.invalid],
      ]),
      one('skopos_tsdb_blocks', 'gauge', 'Blocks on disk.', figures.blocks),
      one('skopos_tsdb_corrupt_blocks', 'gauge', 'Blocks that could not be opened.', figures.corruptBlocks),
      many('skopos_tsdb_storage_bytes', 'gauge', 'Size on disk.', [
        [{ part: 'blocks' }, figures.blockBytes],
        [{ part: 'wal' }, figures.walBytes],
        [{ part: 'head_chunks' }, figures.headChunkBytes],
      ]),
      one('skopos_tsdb_head_chunk_bytes', 'gauge', 'Memory held for samples.', figures.chunkBytes),
      one('skopos_tsdb_compactions_total', 'counter', 'Blocks written.', figures.compactions),
      one(
        'skopos_tsdb_compactions_failed_total',
        'counter',
        'Blocks that could not be written.',
        figures.compactionFailures,
      ),
      one(
        'skopos_tsdb_wal_failures_total',
        'counter',
        'Times that the write-ahead log could not be written.',
        figures.walFailures,
      ),
    ];
  };
}

function many(
  name: string,
  type: MetricType,
  help: string,
  values: readonly (readonly [Labels, number])[],
): MetricFamily {
  return { name, type, help, samples: values.map(([labels, value]) => ({ name, labels, value })) };
}
