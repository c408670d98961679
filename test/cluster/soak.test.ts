import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { binaries, KubeCluster } from './support/kube-cluster.ts';
import { soak } from './support/soak.ts';

const { folder, missing } = binaries();

// Ten minutes of the same: npm run bench -- soak --minutes 10.
it.skipIf(missing !== '')(
  `killing the program and the API server at random loses no finding and leaves none${missing}`,
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'skopos-soak-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const cluster = await KubeCluster.start(folder, { flags: ['--etcd-compaction-interval=5s'] });
    onTestFinished(() => cluster.close());
    const result = await soak({ cluster, folder: dir, minutes: 0.5 });
    expect(result).toMatchObject({ missing: [], wrong: [] });
    expect(result.findings).toBeGreaterThan(0);
    expect(result.killsOfSkopos + result.killsOfApi).toBeGreaterThan(0);
  },
  600_000,
);
