import { systemClock } from '../../src/kit/clock.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { TimeSeriesStore } from '../../src/tsdb/store.ts';
import { parseScript } from './promql-script.ts';

/** Makes a data directory with the series of a `load` command of a PromQL script, the first sample at time 0. */
export function loadDataDirectory(dir: string, load: string): void {
  const store = new TimeSeriesStore({
    dir,
    clock: systemClock,
    log: silentLogger,
    // The samples are of 1970.
    retentionMs: Number.MAX_SAFE_INTEGER,
  });
  for (const command of parseScript(load)) {
    if (command.kind !== 'load') continue;
    for (const { labels, values } of command.series) {
      for (const [index, value] of values.entries()) {
        if (value.kind !== 'float') continue;
        store.append([{ labels, atMs: index * command.stepMs, value: value.value }]);
      }
    }
  }
  store.close();
}
