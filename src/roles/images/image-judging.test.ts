import { mkdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { addCve, cart, patience } from '../../../test/support/images-role.ts';
import { image } from '../../../test/support/oci-image.ts';
import { registryServer } from '../../../test/support/registry-server.ts';
import { type Running, runSkopos, workshop } from '../../../test/support/run-skopos.ts';
import { databaseOf, debianPackage, rangeOf } from '../../../test/support/vulnerability-data.ts';
import type { FindingsJson, LedgerJson } from '../../api/skopos/contract.ts';

const deployment = (name: string, reference: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "${reference}" }] }
`;
const service = (name: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { type: LoadBalancer, selector: { app: ${name} }, ports: [{ port: 80 }] }
`;

const key = (name: string) => `apps/Deployment/shop/${name}`;
const verdictOf = ({ embedded }: Running, control: string, name: string) =>
  embedded.engine.verdict(control, key(name));
const findingsOf = async ({ api }: Running, control: string): Promise<FindingsJson['items']> =>
  (await api<FindingsJson>(`findings?control=${control}&status=open`)).items;

/** All rows with the cause of the finding of C-0085 on a workload. */
async function rowsOfFinding({ api }: Running, name: string): Promise<LedgerJson['items']> {
  const { items } = await api<LedgerJson>('ledger?limit=1000');
  const found = items.find(
    ({ hop, decision, detail }) =>
      hop === 'finding' && decision === 'opened' && JSON.stringify(detail).includes(`shop/${name}`),
  );
  return (await api<LedgerJson>(`ledger?cause=${found?.cause}&limit=1000`)).items;
}

const others = [2, 3, 4, 5, 6].map((n) => `CVE-2026-${n}`);
const ignoring = `ignore:\n${others.map((id) => `  - { vulnerability: ${id}, reason: not reachable }\n`).join('')}`;

const tidy = 'Package: tidy\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1-1\n\n';

/** A program that looks after a folder of workloads whose images are in a registry; of six vulnerabilities five do not count. */
async function startShop(workloads: (host: string) => string) {
  const { data, dir, write } = workshop();
  const server = await registryServer({
    'shop/cart:1': cart,
    'shop/clean:1': image([
      [
        { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
        { name: 'var/lib/dpkg/status', content: tidy },
      ],
    ]),
  });
  const database = databaseOf((writer) => {
    writer.add({
      id: 'CVE-2026-1',
      provider: 'debian',
      description: 'A remote code execution flaw.',
      severities: ['critical'],
      packages: [debianPackage('openssl', [rangeOf('dpkg', '< 3.0.2-1', '3.0.2-1')])],
    });
    for (const id of others) addCve(writer, id);
  });
  write('rules.yaml', ignoring);
  const config = write(
    'skopos.yaml',
    `source: { folder: ${dir}/work }
data: ${data}
posture: { frameworks: [AllControls] }
images:
  ignore_files: [rules.yaml]
  registries: [{prefix: "${server.host}", plain_http: true}]
  database: {folder: ${database.folder}, max_age: 3650d}
`,
  );
  mkdirSync(`${dir}/work`);
  write('work/all.yaml', workloads(server.host));
  const running = await runSkopos({ config }, dir);
  return { running, server, write, dir, config };
}

it('judges workloads by the images that they run, as soon as these are scanned, and tells why it cannot', {
  timeout: 180_000,
}, async () => {
  const { running, server, write } = await startShop((host) =>
    [
      ...[
        deployment('open', `${host}/shop/cart:1`),
        service('open'),
        deployment('closed', `${host}/shop/cart:1`),
      ],
      ...[
        deployment('clean', `${host}/shop/clean:1`),
        service('clean'),
        deployment('gone', `${host}/shop/none:1`),
      ],
    ].join('---\n'),
  );
  await vi.waitFor(() => expect(verdictOf(running, 'C-0083', 'open')?.state).toBe('fail'), patience);
  expect(verdictOf(running, 'C-0083', 'open')?.evidence).toMatchObject([
    {
      path: 'spec.template.spec.containers[0].image',
      message:
        `container main: the image ${server.host}/shop/cart:1 (${cart.digest.slice(0, 19)}) has 1 critical vulnerability, ` +
        'and a Service opens its pods to the outside: CVE-2026-1 in openssl 3.0.1-1 (fixed in 3.0.2-1)',
    },
  ]);
  expect(verdictOf(running, 'C-0084', 'open')?.state).toBe('fail');
  expect(verdictOf(running, 'C-0083', 'closed')?.state).toBe('pass');
  await vi.waitFor(() => expect(verdictOf(running, 'C-0083', 'clean')?.state).toBe('pass'), patience);
  await vi.waitFor(
    () => expect(verdictOf(running, 'C-0085', 'gone')?.reason).toContain('it could not be scanned: '),
    patience,
  );
  for (const name of ['open', 'closed', 'clean'])
    expect(verdictOf(running, 'C-0085', name)?.state).toBe('pass');
  // It was there before us.
  expect(await findingsOf(running, 'C-0083')).toMatchObject([{ baseline: true, object: { name: 'open' } }]);

  // Now all six count.
  write('rules.yaml', 'ignore: []\n');
  expect(await running.reload()).toBe(200);
  await vi.waitFor(async () => expect(await findingsOf(running, 'C-0085')).toHaveLength(2), patience);
  const many = await findingsOf(running, 'C-0085');
  expect(many.map(({ baseline, object }) => [baseline, object.name]).sort()).toEqual([
    [false, 'closed'],
    [false, 'open'],
  ]);
  expect(many[0]?.evidence.message).toMatch(
    /6 critical vulnerabilities, more than 5: CVE-2026-1 .*and 3 more$/,
  );
  const rows = await rowsOfFinding(running, 'closed');
  expect(rows.find(({ hop }) => hop === 'change')?.subject).toBe('image-rules');
  const judged = rows.filter(({ hop, subject }) => hop === 'verdict' && subject.startsWith('C-'));
  expect(judged.map(({ subject, decision }) => `${subject} ${decision}`).sort()).toEqual([
    `C-0085:${key('closed')} fail`,
    `C-0085:${key('open')} fail`,
  ]);

  // What comes later is news, and because of the change that brought it.
  write('work/late.yaml', deployment('late', `${server.host}/shop/cart@${cart.digest}`));
  await vi.waitFor(async () => expect(await findingsOf(running, 'C-0085')).toHaveLength(3), patience);
  const late = (await findingsOf(running, 'C-0085')).find(({ object }) => object.name === 'late');
  expect(late?.baseline).toBe(false);
  const brought = await rowsOfFinding(running, 'late');
  expect(brought.find(({ hop }) => hop === 'change')?.subject).toBe(key('late'));
});

it('knows after a restart what it knew, and tells nothing of it again', { timeout: 180_000 }, async () => {
  const { running, config, dir, server } = await startShop((host) =>
    [deployment('open', `${host}/shop/cart@${cart.digest}`), service('open')].join('---\n'),
  );
  await vi.waitFor(async () => expect(await findingsOf(running, 'C-0083')).toHaveLength(1), patience);
  await running.stop();
  const asked = server.requests.length;
  const again = await runSkopos({ config }, dir);
  await vi.waitFor(() => expect(verdictOf(again, 'C-0083', 'open')?.state).toBe('fail'), patience);
  expect(await findingsOf(again, 'C-0083')).toMatchObject([{ baseline: true, reappeared: 0 }]);
  expect(server.requests).toHaveLength(asked);
});

it('says once for each control that nobody scans images, where nobody does', {
  timeout: 60_000,
}, async () => {
  const { dir, folder, data, write } = workshop();
  const config = write('skopos.yaml', 'posture: { frameworks: [AllControls] }\n');
  const running = await runSkopos({ config, folder, data }, dir);
  const unknown = [...running.embedded.engine.verdicts({ controlIds: ['C-0083', 'C-0085'] })];
  expect(unknown).toMatchObject([
    {
      controlId: 'C-0083',
      state: 'unknown',
      object: { name: '*' },
      reason: expect.stringContaining('images.scan'),
    },
    { controlId: 'C-0085', state: 'unknown', object: { name: '*' } },
  ]);
});
