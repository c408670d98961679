/**
 * The shipped program and a real Kubernetes API server, killed and started again at random under changes: at the end there must be
 * exactly the findings of a scan of everything. Flags: `--minutes N` (10), `--rate N` (20 changes a second), `--seed N`.
 */

import { binaries, KubeCluster } from '../test/cluster/support/kube-cluster.ts';
import { soak } from '../test/cluster/support/soak.ts';
import { type Line, load, numberFlag } from './support/figures.ts';
import { inFolder } from './support/temp.ts';

export function run(flags: readonly string[] = []): AsyncGenerator<Line> {
  return inFolder(async function* (folder, ending) {
    const { folder: peers, missing: reason } = binaries();
    if (reason !== '') {
      yield { bench: 'soak', case: 'all', skipped: reason };
      return;
    }
    const cluster = await KubeCluster.start(peers, { flags: ['--etcd-compaction-interval=30s'] });
    ending.push(() => cluster.close());
    const minutes = numberFlag(flags, 'minutes', 10);
    const { missing, wrong, ...result } = await soak({
      cluster,
      folder,
      minutes,
      rate: numberFlag(flags, 'rate', 20),
      seed: numberFlag(flags, 'seed', 23),
    });
    yield {
      bench: 'soak',
      case: 'killed at random',
      minutes,
      ...result,
      missing: missing.length,
      wrong: wrong.length,
      ...(missing.length + wrong.length === 0
        ? {}
        : { first: [...missing, ...wrong].slice(0, 3).join('; ') }),
      load: load(),
    };
    if (missing.length + wrong.length > 0) process.exitCode = 1;
  });
}
