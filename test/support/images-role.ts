import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { ImageFilter } from '../../src/api/skopos/images.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { DatabaseWriter } from '../../src/images/database/database-writer.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { runAll } from '../../src/kit/component.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { formatLabels } from '../../src/model/labels.ts';
import type { LedgerEntry } from '../../src/model/ledger.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { type ClusterSettings, noSettings } from '../../src/operator/cluster-settings.ts';
import type { ImageScanner } from '../../src/operator/image-scanner.ts';
import { createImagesRole } from '../../src/roles/images/images-role.ts';
import type { SourceChoice } from '../../src/roles/object-source.ts';
import { openDatabase } from '../../src/store/open.ts';
import { Registry } from '../../src/telemetry/registry.ts';
import { image } from './oci-image.ts';
import { registryServer } from './registry-server.ts';
import { workshop } from './run-skopos.ts';
import { databaseOf, debianPackage, rangeOf } from './vulnerability-data.ts';

/** All images in use. */
export const everything: ImageFilter = {
  ...{ states: [], namespaces: [], severities: [], isFixable: false, isExploited: false, text: '' },
  ...{ sort: 'risk', order: 'desc', offset: 0, limit: 10 },
};
export const patience = { timeout: 30_000, interval: 50 };

const status = 'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.1-1\n\n';
export const cart = image([
  [
    { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
    { name: 'var/lib/dpkg/status', content: status },
  ],
]);

/** A vulnerability of the image. */
export function addCve(writer: DatabaseWriter, id: string): void {
  writer.add({
    id,
    provider: 'debian',
    severities: ['critical'],
    packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.2-1', '3.0.2-1')])],
  });
}

/** A registry with one image, data with one vulnerability of it, and the role beside an inventory of these objects. */
export async function startImages(
  objects: (host: string) => readonly KubeObject[],
  kind: SourceChoice['kind'],
  more: {
    readonly settings?: ClusterSettings;
    /** More lines below `images:`. */
    readonly images?: string;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
) {
  const { dir, write, folder } = workshop();
  const rows: LedgerEntry[] = [];
  const written: string[] = [];
  const woken: string[] = [];
  const server = await registryServer({ 'shop/cart:1': cart });
  const data = databaseOf((writer) => addCve(writer, 'CVE-2026-1')).folder;
  for (const [name, text] of Object.entries(more.files ?? {})) {
    mkdirSync(join(dir, dirname(name)), { recursive: true });
    write(name, text);
  }
  write(
    'skopos.yaml',
    `images:
  trivy_series: true
  registries: [{prefix: "${server.host}", plain_http: true}]
  database: {folder: ${data}, max_age: 3650d}
${more.images ?? ''}`,
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
    ledger: (row) => void rows.push(row),
    store: {
      append(batch) {
        written.push(...batch.map(({ labels, value }) => `${formatLabels(labels)} ${value}`));
        return { appended: batch.length, outOfOrder: 0, duplicate: 0, tooOld: 0, overLimit: 0, invalid: 0 };
      },
    },
    inputsChanged: (_series, cause) => void woken.push(cause),
    operator: {
      settings: more.settings ?? noSettings,
      namespace: 'skopos',
      useImageScanner: (scanner) => void scanners.push(scanner),
    },
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
        ...everything,
      });
      expect(states.complete, JSON.stringify(items)).toBe(1);
      return items[0];
    }, patience);
  return { role, server, data, series, scanned, scanners, inventory, rows, written, woken, write, registry };
}

export const container = (host: string) => ({ name: 'main', image: `${host}/shop/cart:1` });

export const deployment = (host: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { template: { spec: { containers: [container(host)] } } },
});

export const pod = (host: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart-1', namespace: 'shop' },
  spec: { containers: [container(host)] },
  status: { containerStatuses: [{ name: 'main', imageID: `${host}/shop/cart@${cart.digest}` }] },
});

/** Puts data with these vulnerabilities of the image in the place of what there is. */
export function replaceData(folder: string, ...ids: readonly string[]): void {
  const writer = new DatabaseWriter(join(folder, 'vulnerability.db'), { builtAt: later, isIndexed: true });
  writer.addProvider('debian', later);
  for (const id of ids) addCve(writer, id);
  writer.finish();
}

const later = '2026-01-02T00:00:00Z';
