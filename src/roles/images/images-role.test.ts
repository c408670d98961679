import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { image } from '../../../test/support/oci-image.ts';
import { registryServer } from '../../../test/support/registry-server.ts';
import { workshop } from '../../../test/support/run-skopos.ts';
import { databaseOf, debianPackage, rangeOf } from '../../../test/support/vulnerability-data.ts';
import { loadConfig } from '../../config/load-config.ts';
import { DatabaseWriter } from '../../images/database/database-writer.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { systemClock } from '../../kit/clock.ts';
import { runAll } from '../../kit/component.ts';
import { silentLogger } from '../../log/logger.ts';
import { formatLabels } from '../../model/labels.ts';
import type { KubeObject } from '../../model/object.ts';
import type { ImageScanner } from '../../operator/image-scanner.ts';
import { openDatabase } from '../../store/open.ts';
import { Registry } from '../../telemetry/registry.ts';
import type { SourceChoice } from '../object-source.ts';
import { createImagesRole } from './images-role.ts';

const patience = { timeout: 30_000, interval: 50 };

const status = 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.1-1\n\n';
const cart = image([
  [
    { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
    { name: 'var/lib/dpkg/status', content: status },
  ],
]);

function addCve(writer: DatabaseWriter, id: string): void {
  writer.add({
    id,
    provider: 'debian',
    severities: ['critical'],
    packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.2-1', '3.0.2-1')])],
  });
}

/** A registry with one image, data with one vulnerability of it, and the role beside an inventory of these objects. */
async function start(objects: (host: string) => readonly KubeObject[], kind: SourceChoice['kind']) {
  const { dir, write, folder } = workshop();
  const server = await registryServer({ 'shop/cart:1': cart });
  const data = databaseOf((writer) => addCve(writer, 'CVE-2026-1')).folder;
  write(
    'skopos.yaml',
    `images:
  trivy_series: true
  registries: [{prefix: "${server.host}", plain_http: true}]
  database: {folder: ${data}, max_age: 3650d}
`,
  );
  const inventory = new Inventory({ cluster: 'c', clock: systemClock, log: silentLogger });
  const registry = new Registry();
  const db = openDatabase(join(dir, 'skopos.db'));
  const scanners: ImageScanner[] = [];
  const choice: SourceChoice =
    kind === 'folder'
      ? { kind, folder, isExample: false, cluster: 'c' }
      : { kind, access: { kubeconfig: join(dir, 'none') }, cluster: 'c' };
  const role = createImagesRole({
    ...{ config: loadConfig({}, dir), choice, dataFolder: join(dir, 'data'), db },
    ...{ clock: systemClock, log: silentLogger, registry, inventory },
    operator: { useImageScanner: (scanner) => void scanners.push(scanner) },
    lookEveryMs: 20,
  });
  const stop = new AbortController();
  const run = runAll(role.components, stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await run;
    db.close();
  });
  inventory.announce(kind);
  const atMs = systemClock.now();
  const origin = { source: kind };
  inventory.apply(
    kind,
    objects(server.host).map((object) => ({ type: 'put', object, origin, atMs })),
    { initial: true },
  );
  inventory.synced(kind);
  const series = (name: string) =>
    registry
      .gather()
      .flatMap((family) => family.samples)
      .filter((sample) => sample.name === name)
      .map(({ labels, value }) => `${formatLabels(labels)} ${value}`);
  const scanned = () =>
    vi.waitFor(() => {
      const { states, items } = role.source.images({
        ...{ states: [], namespaces: [], text: '', offset: 0, limit: 10 },
      });
      expect(states.complete, JSON.stringify(items)).toBe(1);
      return items[0];
    }, patience);
  return { role, server, data, series, scanned, scanners, inventory };
}

const container = (host: string) => ({ name: 'main', image: `${host}/shop/cart:1` });

const deployment = (host: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { template: { spec: { containers: [container(host)] } } },
});

const pod = (host: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart-1', namespace: 'shop' },
  spec: { containers: [container(host)] },
  status: { containerStatuses: [{ name: 'main', imageID: `${host}/shop/cart@${cart.digest}` }] },
});

it('scans images of a folder, and tells what new data brings without a pull', async () => {
  const { role, server, data, series, scanned, scanners } = await start(
    (host) => [deployment(host)],
    'folder',
  );
  const found = await scanned();
  expect(found).toMatchObject({
    digest: cart.digest,
    vulnerabilities: { critical: { all: 1, fixable: 1 } },
    workloads: [{ namespace: 'shop', kind: 'Deployment', name: 'cart', container: 'main' }],
  });
  expect(series('skopos_image_vulnerabilities')).toEqual([
    '{container="main", fixable="true", kind="Deployment", known_exploited="false", namespace="shop", severity="critical", workload="cart"} 1',
  ]);
  expect(series('trivy_image_vulnerabilities')).toHaveLength(5);
  expect(series('skopos_new_image_vulnerability')).toEqual([]);

  const asked = server.requests.length;
  const writer = new DatabaseWriter(join(data, 'vulnerability.db'), {
    builtAt: '2026-01-02T00:00:00Z',
    isIndexed: true,
  });
  writer.addProvider('debian', '2026-01-02T00:00:00Z');
  for (const id of ['CVE-2026-1', 'CVE-2026-2']) addCve(writer, id);
  writer.finish();
  await vi.waitFor(() => {
    expect(series('skopos_new_image_vulnerability')).toEqual([
      expect.stringMatching(
        /fixable="true", fixed_in="3\.0\.2-1", installed="3\.0\.1-1", kind="Deployment".*package="openssl".*severity="critical", vulnerability="CVE-2026-2", workload="cart"\} 1$/,
      ),
    ]);
  }, patience);
  expect(series('skopos_image_findings_new_total')).toEqual(['{fixable="true", severity="critical"} 1']);
  expect(server.requests).toHaveLength(asked);
  expect(role.source.image(cart.digest)?.vulnerabilities.map(({ id, status: of }) => `${id} ${of}`)).toEqual([
    'CVE-2026-1 still',
    'CVE-2026-2 new',
  ]);

  const outcome = await scanners[0]?.scan(
    { image: `${server.host}/shop/cart:1`, cause: 'c' },
    new AbortController().signal,
  );
  expect(outcome).toMatchObject({ digest: cart.digest, vulnerabilities: { critical: 2 }, fixable: 2 });
});

it('scans what pods run by the digest that their node tells, for the workload that they belong to', async () => {
  const owner = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, controller: true }];
  const { series, scanned, server } = await start(
    (host) => [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'cart-1-x', namespace: 'shop', ownerReferences: owner('ReplicaSet', 'cart-1') },
        spec: { containers: [container(host)], initContainers: [{ name: 'waits', image: `${host}/no:1` }] },
        status: {
          containerStatuses: [{ name: 'main', imageID: `${host}/shop/cart@${cart.digest}` }],
          initContainerStatuses: [{ name: 'waits', imageID: '' }],
        },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'cart-1', namespace: 'shop', ownerReferences: owner('Deployment', 'cart') },
      },
      deployment(host),
    ],
    'cluster',
  );
  const found = await scanned();
  expect(found?.reference).toBe(`${server.host}/shop/cart@${cart.digest}`);
  expect(found?.workloads).toEqual([
    { namespace: 'shop', kind: 'Deployment', name: 'cart', container: 'main' },
  ]);
  expect(series('skopos_images')).toContain('{state="complete"} 1');
});

it('takes nothing for gone while pods may not be read', async () => {
  const { scanned, series, inventory } = await start((host) => [deployment(host), pod(host)], 'cluster');
  await scanned();
  const denied = { group: '', kind: 'Pod', reason: '403', sinceMs: 0 };
  inventory.setUnreadable('cluster', [denied]);
  inventory.remove('/Pod/shop/cart-1');
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(series('skopos_images')).toContain('{state="complete"} 1');
  inventory.setUnreadable('cluster', []);
  await vi.waitFor(() => expect(series('skopos_images')).toContain('{state="complete"} 0'), patience);
});
