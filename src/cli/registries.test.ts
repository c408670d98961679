import { expect, it, vi } from 'vitest';
import { addCve, cart } from '../../test/support/images-role.ts';
import { registryServer } from '../../test/support/registry-server.ts';
import { runCli } from '../../test/support/run-cli.ts';
import { runSkopos, workshop } from '../../test/support/run-skopos.ts';
import { databaseOf } from '../../test/support/vulnerability-data.ts';
import type { CveJson, ImageDetailJson, ImagesJson } from '../api/skopos/images-contract.ts';
import type { RegistryImagesJson } from '../api/skopos/registries-contract.ts';
import { registriesCommand } from './registries.ts';

// It starts a whole Skopos.
vi.setConfig({ testTimeout: 120_000 });

it('looks through a registry, tells what is there, and never takes it for what runs', async () => {
  const { folder, data, dir, write } = workshop();
  const server = await registryServer({ 'shop/cart:1': cart, 'shop/cart:2': cart, 'else/x:1': cart });
  const database = databaseOf((writer) => addCve(writer, 'CVE-2026-1')).folder;
  const config = write(
    'skopos.yaml',
    `source: { folder: ${folder} }
data: ${data}
images:
  registries: [{prefix: "${server.host}", plain_http: true}]
  database: {folder: ${database}, max_age: 3650d}
`,
  );
  const { url, api } = await runSkopos({ config }, dir);
  const to = ['--url', url];
  const run = (...args: readonly string[]) => runCli(registriesCommand, ['registries', ...args, ...to], dir);
  expect((await run()).out).toBe('No registry has been looked through yet.\n');
  expect(await run('scan', server.host, '--newest', '0')).toMatchObject({ exitCode: 2 });
  const wrong = await run('scan', server.host, '--platform', 'arm64');
  expect(wrong).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('a platform such as linux/amd64'),
  });

  const scan = await run('scan', server.host, '--newest', '5', '--exclude', 'else/*', '--wait');
  expect(scan).toMatchObject({ exitCode: 0 });
  expect(scan.out).toContain('2 images, 0 not scanned; vulnerabilities: 2 critical');
  expect((await run()).out).toMatch(
    /^whole {7}\S+ \S+ {2}\S+ \(newest 5 -else\/\*\) {2}2 of 2 images {2}\S+\n$/,
  );
  const text = (await run('images', '--not-running')).out;
  expect(text).toMatch(/^complete .*\/shop\/cart:1 {2}1 critical, 1 fixable {2}runs nowhere\n/m);
  expect(text).toContain('2 images, 0 of them run');
  expect((await run('images', '--platform', 'linux/arm64')).out).toBe(
    'No image of a registry is like that.\n',
  );
  expect((await run('images', '--state', 'unknown')).out).toBe('No image of a registry is like that.\n');

  const { items, facets } = await api<RegistryImagesJson>('registry-images?sort=name&severity=critical');
  expect(items.map(({ tag, vulnerabilities }) => [tag, vulnerabilities.critical])).toEqual([
    ['1', { all: 1, fixable: 1 }],
    ['2', { all: 1, fixable: 1 }],
  ]);
  expect(facets.platform).toEqual([{ value: 'linux/amd64', label: 'linux/amd64', count: 2 }]);
  expect(facets.severity).toEqual([{ value: 'critical', label: 'critical', count: 2 }]);
  const id = encodeURIComponent(cart.digest);
  expect(await api<ImageDetailJson>(`images/${id}`)).toMatchObject({
    ...{ uses: [], state: 'complete' },
    registries: [{ image: `${server.host}/shop/cart:1` }, { image: `${server.host}/shop/cart:2` }],
  });
  expect(await api<CveJson>('cves/CVE-2026-1')).toMatchObject({
    ...{ severity: 'critical', findings: [] },
    elsewhere: { total: 2, items: [{ id: cart.digest }, { id: cart.digest }] },
  });
  const inUse = await api<ImagesJson>('images');
  expect(inUse.items.some(({ digest }) => digest === cart.digest)).toBe(false);
  expect(await api('images/news?since=0')).toMatchObject({ total: 0 });
  const metrics = (await (await fetch(`${url}/metrics`)).text()).split('\n');
  const host = `registry="${server.host}"`;
  expect(metrics.filter((line) => /^skopos_registry_image[^ ]* [1-9]/.test(line))).toEqual([
    `skopos_registry_image_vulnerabilities{${host},severity="critical",fixable="true"} 2`,
    `skopos_registry_images{${host},state="complete"} 2`,
  ]);
  expect(metrics.filter((line) => line.startsWith('skopos_image_vulnerabilities{'))).toEqual([]);
});
