import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { FindingsJson } from '../../src/api/skopos/contract.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { addCve, cart, patience } from '../support/images-role.ts';
import { writeLayout } from '../support/oci-image.ts';
import { runSkopos, workshop } from '../support/run-skopos.ts';
import { databaseOf } from '../support/vulnerability-data.ts';

const missing = ['docker-registry', 'skopeo'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);

/** Skipped where the peers are not there: `apt-get install docker-registry skopeo`. */
it.skipIf(missing.length > 0)(
  'a workload is judged by its image in a real registry, and unknown with an image that is not there',
  { timeout: 180_000 },
  async () => {
    const { data, dir, write } = workshop();
    const registry = await startDockerRegistry();
    onTestFinished(() => registry.stop());
    writeLayout(join(dir, 'oci'), { cart });
    const name = `${registry.host}/shop/cart:1`;
    execFileSync('skopeo', ['copy', '--dest-tls-verify=false', `oci:${dir}/oci:cart`, `docker://${name}`]);
    const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec: { containers: [{ name: main, image: "${image}" }] }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { type: NodePort, selector: { app: cart }, ports: [{ port: 80 }] }
`;
    mkdirSync(join(dir, 'work'));
    write('work/cart.yaml', deployment(name));
    const config = write(
      'skopos.yaml',
      `source: { folder: ${dir}/work }
data: ${data}
posture: { frameworks: [AllControls] }
images:
  registries: [{prefix: "${registry.host}", plain_http: true}]
  database: {folder: ${databaseOf((writer) => addCve(writer, 'CVE-2026-1')).folder}, max_age: 3650d}
`,
    );
    const running = await runSkopos({ config }, dir);
    const open = async () => (await running.api<FindingsJson>('findings?control=C-0083&status=open')).items;
    await vi.waitFor(async () => expect(await open()).toHaveLength(1), patience);
    expect((await open())[0]?.evidence.message).toContain(
      `container main: the image ${name} (${cart.digest.slice(0, 19)}) has 1 critical vulnerability`,
    );
    // Of an image that nobody has nothing is known, and that mends nothing.
    write('work/cart.yaml', deployment(`${registry.host}/shop/none:1`));
    const verdict = () => running.embedded.engine.verdict('C-0083', 'apps/Deployment/shop/cart');
    await vi.waitFor(() => expect(verdict()?.reason).toContain('it could not be scanned: '), patience);
    expect(await open()).toHaveLength(1);
    expect(await running.metric('skopos_change_to_verdict_seconds_count')).not.toEqual({});
  },
);
