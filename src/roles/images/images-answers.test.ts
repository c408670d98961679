import { expect, it, vi } from 'vitest';
import {
  cart,
  container,
  deployment,
  everything,
  patience,
  pod,
  replaceData,
  startImages,
} from '../../../test/support/images-role.ts';
import { noSettings } from '../../operator/cluster-settings.ts';

const ignoring = (id: string, reason: string) => `ignore:\n  - vulnerability: ${id}\n    reason: ${reason}\n`;
const noNews = {
  ...{ kinds: [], severities: [], namespaces: [], isFixable: false, text: '' },
  ...{ offset: 0, limit: 100 },
};

it('tells of an image what each layer brought, and why each vulnerability is there', async () => {
  const { role, scanned, server } = await startImages((host) => [deployment(host)], 'folder');
  await scanned();
  const found = role.source.image(`${server.host}/shop/cart:1`);
  expect(found).toMatchObject({
    ...{ digest: cart.digest, state: 'complete', distribution: 'debian 12', packages: 1, hasSbom: true },
    layers: [{ packages: 1, vulnerabilities: { critical: { all: 1, fixable: 1 } } }],
    vulnerabilities: [
      {
        ...{ id: 'CVE-2026-1', severity: 'critical', layers: [0], status: 'still' },
        fix: { state: 'fixed', versions: ['3.0.2-1'] },
        reasons: [{ kind: 'exact-direct-match', constraint: expect.stringContaining('< 3.0.2-1') }],
      },
    ],
  });
  expect(role.source.packages(cart.digest, { text: 'open', offset: 0, limit: 10 })).toMatchObject({
    total: 1,
    items: [{ name: 'openssl', layers: [0], vulnerabilities: 1, worst: 'critical' }],
  });
  expect(role.source.packages(cart.digest, { text: '', layer: 1, offset: 0, limit: 10 })?.total).toBe(0);
  const cyclonedx = JSON.parse(role.source.sbom(cart.digest, 'cyclonedx') ?? '');
  expect(cyclonedx).toMatchObject({ bomFormat: 'CycloneDX', vulnerabilities: [{ id: 'CVE-2026-1' }] });
  expect(JSON.parse(role.source.sbom(cart.digest, 'spdx') ?? '')).toMatchObject({ spdxVersion: 'SPDX-2.3' });
  expect(role.source.image('sha256:none')).toBeUndefined();
});

it('tells where a vulnerability is and since when, and the news since a time', async () => {
  const { role, scanned, data, series } = await startImages((host) => [deployment(host)], 'folder');
  await scanned();
  replaceData(data, 'CVE-2026-2');
  await vi.waitFor(() => expect(series('skopos_new_image_vulnerability')).toHaveLength(1), patience);
  expect(role.source.cve('CVE-2026-2')).toMatchObject({
    ...{ severity: 'critical', records: ['debian:distro:debian:12: CVE-2026-2'] },
    findings: [
      {
        ...{ status: 'new', isBaseline: false, packageName: 'openssl', fixedIn: '3.0.2-1' },
        workloads: [{ namespace: 'shop', kind: 'Deployment', name: 'cart', container: 'main' }],
        images: [{ id: cart.digest }],
      },
    ],
  });
  expect(role.source.cve('CVE-2026-1')?.findings).toMatchObject([{ status: 'fixed', isBaseline: true }]);
  expect(role.source.cve('CVE-2026-3')).toBeUndefined();
  expect(role.source.cve('cve-2026-1')).toEqual(role.source.cve('CVE-2026-1'));
  const news = role.source.news(noNews);
  expect(news).toMatchObject({ total: 2, counts: { new: 1, fixed: 1, ignored: 0 } });
  expect(news.items.map(({ kind, vulnerability }) => `${kind} ${vulnerability}`).sort()).toEqual([
    'fixed CVE-2026-1',
    'new CVE-2026-2',
  ]);
  expect(role.source.news({ ...noNews, kinds: ['fixed'] })).toMatchObject({
    total: 1,
    counts: { new: 1, fixed: 1 },
  });
  expect(role.source.news({ ...noNews, sinceMs: Date.now() + 1000 }).total).toBe(0);
  expect(role.source.images(everything).newsToday).toBe(1);
});

it('keeps what a rule or a VEX document says does not count in sight, and takes a change up by itself', async () => {
  const { role, scanned, write, series, rows } = await startImages((host) => [deployment(host)], 'folder', {
    files: { 'rules/a.yaml': 'ignore: []\n', 'vex/none.txt': '' },
    images: '  ignore_files: [rules]\n  vex_files: [vex]\n',
  });
  await scanned();
  write('rules/a.yaml', ignoring('CVE-2026-1', 'not reachable'));
  await vi.waitFor(() => expect(role.source.images(everything).items[0]?.ignored).toBe(1), patience);
  const why = { by: 'ignore rule of a.yaml', reason: 'not reachable' };
  expect(role.source.image(cart.digest)).toMatchObject({
    vulnerabilities: [],
    ignored: [{ id: 'CVE-2026-1', status: 'ignored', ignored: why }],
  });
  expect(role.source.cve('CVE-2026-1')?.findings).toMatchObject([{ status: 'ignored', ignored: why }]);
  expect(series('skopos_image_vulnerabilities_ignored')).toEqual([
    '{container="main", kind="Deployment", namespace="shop", workload="cart"} 1',
  ]);
  expect(series('skopos_image_vulnerabilities')).toEqual([]);
  expect(series('skopos_image_ignore_rules')).toEqual(['{kind="rule"} 1', '{kind="vex"} 0']);
  const change = rows.find(({ hop, subject }) => hop === 'change' && subject === 'image-rules');
  expect(rows.find(({ hop, decision }) => hop === 'finding' && decision === 'ignored')).toMatchObject({
    cause: change?.cause,
    detail: { ignoredBy: why.by, reason: why.reason },
  });

  write('rules/a.yaml', 'ignore: 5\n');
  await vi.waitFor(
    () => expect(series('skopos_image_ignore_rules_last_read_successful')).toEqual(['{} 0']),
    patience,
  );
  expect(role.source.image(cart.digest)?.ignored).toHaveLength(1);

  const statement = { vulnerability: { name: 'CVE-2026-1' }, status: 'not_affected' };
  const product = { '@id': `pkg:oci/cart@${cart.digest}` };
  write(
    'vex/cart.json',
    JSON.stringify({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      statements: [{ ...statement, justification: 'component_not_present', products: [product] }],
    }),
  );
  write('rules/a.yaml', 'ignore: []\n');
  await vi.waitFor(
    () =>
      expect(role.source.image(cart.digest)?.ignored).toMatchObject([
        { ignored: { by: 'vex cart.json', reason: 'not_affected: component_not_present' } },
      ]),
    patience,
  );
});

it('tells as rows and series, with one cause, what new data brings', async () => {
  const { scanned, data, rows, written, woken } = await startImages((host) => [deployment(host)], 'folder');
  await scanned();
  expect(rows).toMatchObject([{ hop: 'verdict', decision: 'complete', detail: { vulnerabilities: 1 } }]);
  replaceData(data, 'CVE-2026-2');
  await vi.waitFor(() => expect(woken).toHaveLength(1), patience);
  const own = rows.filter(({ cause }) => cause === woken[0]);
  expect(own.map(({ hop, decision }) => `${hop} ${decision}`)).toEqual([
    'change replaced',
    'finding opened',
    'finding fixed',
    'series written',
  ]);
  expect(written).toEqual([expect.stringMatching(/vulnerability="CVE-2026-2", workload="cart"\} 1$/)]);
});

it('shows single vulnerabilities as series only on request, no more than asked for, and counts the rest', async () => {
  const { series, scanned, data } = await startImages(
    (host) => [deployment(host), { ...deployment(host), metadata: { name: 'web', namespace: 'shop' } }],
    'folder',
    { images: '  cve_series: 3\n' },
  );
  await scanned();
  expect(series('skopos_image_vulnerability')).toHaveLength(2);
  expect(series('skopos_image_series_left_out')).toEqual(['{} 0']);
  replaceData(data, 'CVE-2026-1', 'CVE-2026-2');
  await vi.waitFor(() => expect(series('skopos_image_vulnerability')).toHaveLength(3), patience);
  expect(series('skopos_image_series_left_out')).toEqual(['{} 1']);
});

it("tells as Kubescape's series what images have, and nothing of what is unknown", async () => {
  const gone = (host: string) => ({ name: 'gone', image: `${host}/shop/none:1` });
  const { series, scanned, role } = await startImages(
    (host) => [
      {
        ...deployment(host),
        spec: { template: { spec: { containers: [container(host), gone(host)] } } },
      },
    ],
    'folder',
  );
  const found = await scanned();
  const image = found?.names[0];
  expect(series('kubescape_image_count_cve')).toEqual([
    `{image="${image}", platform="linux/amd64", severity="Critical"} 1`,
  ]);
  expect(series('kubescape_image_count_cve_fixable')).toHaveLength(1);
  const total = { critical: 1, high: 0, medium: 0, low: 0, unknown: 0 };
  expect(role.vulnerabilityRows()).toEqual([
    { total },
    { namespace: 'shop', total },
    { namespace: 'shop', workload: { name: 'cart', kind: 'Deployment', container: 'main' }, total },
  ]);
});

it('leaves new images to those who ask while the cluster says so, and says why', async () => {
  const { role, scanners, server } = await startImages((host) => [pod(host)], 'cluster', {
    settings: { ...noSettings, triggerNewImageScan: false },
  });
  await vi.waitFor(() => expect(role.source.images(everything).states.waiting).toBe(1), patience);
  const [waiting] = role.source.images(everything).items;
  expect(waiting?.reasons.join()).toContain('triggerNewImageScan is false');
  expect(role.source.image(waiting?.id ?? '')).toMatchObject({ state: 'waiting', hasSbom: false });
  const request = { image: waiting?.reference ?? '', cause: 'job-1' };
  await scanners[0]?.scan(request, new AbortController().signal);
  expect(role.source.images(everything).states.complete).toBe(1);
  expect(server.requests.length).toBeGreaterThan(0);
});
