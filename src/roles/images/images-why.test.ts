import { mkdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { addCve, cart, patience } from '../../../test/support/images-role.ts';
import { registryServer } from '../../../test/support/registry-server.ts';
import { runSkopos, workshop } from '../../../test/support/run-skopos.ts';
import { databaseOf } from '../../../test/support/vulnerability-data.ts';
import type { AlertDetailJson, WhyJson } from '../../api/skopos/contract.ts';
import type { ImagesJson } from '../../api/skopos/images-contract.ts';

const ignoring = 'ignore:\n  - { vulnerability: CVE-2026-1, reason: not reachable }\n';

it('pages for what is new in an image, tells why from the first change on, and why no more once it is ignored', async () => {
  const { data, dir, write } = workshop();
  const server = await registryServer({ 'shop/cart:1': cart });
  const file = write(
    'skopos.yaml',
    `source: { folder: ${dir}/cart }
data: ${data}
images:
  ignore_files: [rules.yaml]
  registries: [{prefix: "${server.host}", plain_http: true}]
  database: {folder: ${databaseOf((writer) => addCve(writer, 'CVE-2026-1')).folder}, max_age: 3650d}
`,
  );
  write('rules.yaml', ignoring);
  mkdirSync(`${dir}/cart`);
  write(
    'cart/deployment.yaml',
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec: { template: { spec: { containers: [{ name: main, image: "${server.host}/shop/cart:1" }] } } }
`,
  );
  const running = await runSkopos({ config: file }, dir);
  await vi.waitFor(async () => {
    const { items } = await running.api<ImagesJson>('images');
    expect(items).toMatchObject([{ state: 'complete', ignored: 1 }]);
  }, patience);

  // What never counted is new once it does.
  write('rules.yaml', 'ignore: []\n');
  expect(await running.reload()).toBe(200);
  const why = async (): Promise<AlertDetailJson> => {
    const alert = encodeURIComponent('SkoposNewFixableImageVulnerability');
    const { items, answer } = await running.api<WhyJson>(`why?alert=${alert}`);
    const [first] = items;
    if (first === undefined) throw new Error(answer);
    return first;
  };
  const paged = await vi.waitFor(async () => {
    const found = await why();
    const receipts = found.ledger.filter(({ hop }) => hop === 'receipt');
    expect(receipts.length).toBeGreaterThan(0);
    return found;
  }, patience);
  expect(paged.labels).toMatchObject({
    ...{ vulnerability: 'CVE-2026-1', package: 'openssl', fixed_in: '3.0.2-1' },
    ...{ namespace: 'shop', workload: 'cart', kind: 'Deployment' },
  });
  expect(paged.annotations['summary']).toContain('fixed in openssl 3.0.2-1');
  const { cause } = paged.ledger.find(({ hop }) => hop === 'alert') ?? {};
  const { items: rows } = await running.api<{ items: AlertDetailJson['ledger'] }>(`ledger?cause=${cause}`);
  expect(new Set(rows.map(({ hop }) => hop))).toEqual(
    new Set(['change', 'finding', 'series', 'rule', 'alert', 'route', 'notify', 'receipt']),
  );
  expect(rows.find(({ hop }) => hop === 'change')).toMatchObject({ subject: 'image-rules' });

  write('rules.yaml', ignoring);
  expect(await running.reload()).toBe(200);
  await vi.waitFor(async () => expect((await why()).state).toBe('resolved'), patience);
  const { items } = await running.api<{ items: AlertDetailJson['ledger'] }>('ledger?limit=1000');
  expect(
    items.find(({ hop, decision }) => hop === 'finding' && decision === 'ignored')?.detail,
  ).toMatchObject({
    ignoredBy: 'ignore rule of rules.yaml',
    reason: 'not reachable',
  });

  // A file that cannot be understood refuses the reload, and what ran before runs on.
  write('rules.yaml', 'ignore: 5\n');
  expect(await running.reload()).toBe(400);
}, 120_000);
