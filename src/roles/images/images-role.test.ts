import { expect, it, vi } from 'vitest';
import {
  cart,
  container,
  deployment,
  patience,
  pod,
  replaceData,
  startImages,
} from '../../../test/support/images-role.ts';

it('scans images of a folder, and tells what new data brings without a pull', async () => {
  const { role, server, data, series, scanned, scanners } = await startImages(
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
  replaceData(data, 'CVE-2026-1', 'CVE-2026-2');
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
  const { series, scanned, server } = await startImages(
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
    { group: 'apps', namespace: 'shop', kind: 'Deployment', name: 'cart', container: 'main' },
  ]);
  expect(series('skopos_images')).toContain('{state="complete"} 1');
});

it('takes nothing for gone while pods may not be read', async () => {
  const { scanned, series, inventory } = await startImages(
    (host) => [deployment(host), pod(host)],
    'cluster',
  );
  await scanned();
  const denied = { group: '', kind: 'Pod', reason: '403', sinceMs: 0 };
  inventory.setUnreadable('cluster', [denied]);
  inventory.remove('/Pod/shop/cart-1');
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(series('skopos_images')).toContain('{state="complete"} 1');
  inventory.setUnreadable('cluster', []);
  await vi.waitFor(() => expect(series('skopos_images')).toContain('{state="complete"} 0'), patience);
});
