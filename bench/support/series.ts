import type { Labels } from '../../src/model/labels.ts';

/** Series of a hundred metrics, each of a hundred hosts where there are 10,000. */
export function benchSeries(count: number): Labels[] {
  return Array.from({ length: count }, (_, i) => ({
    __name__: `metric_${i % 100}`,
    cluster: 'eu-1',
    instance: `host-${Math.floor(i / 100)}`,
    job: 'node',
    namespace: `ns-${i % 17}`,
  }));
}
