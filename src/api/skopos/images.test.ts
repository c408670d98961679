import { expect, it, onTestFinished } from 'vitest';
import { createServer } from '../../http/server.ts';
import { silentLogger } from '../../log/logger.ts';
import { type ImagesSource, imageRoutes } from './images.ts';
import type {
  CveJson,
  ImageDetailJson,
  ImageNewsJson,
  ImagesJson,
  WorkloadImagesJson,
} from './images-contract.ts';
import { base } from './parameters.ts';

const none: ImagesJson = {
  enabled: true,
  items: [],
  total: 0,
  states: { waiting: 0, scanning: 0, complete: 0, partial: 0, unknown: 0 },
  facets: { severity: [], namespace: [] },
  newsToday: 0,
  urgent: { criticalFixable: 0, highFixable: 0, knownExploited: 0 },
  data: { state: 'missing', problem: '', builtAtMs: 0 },
};

const id = 'r.test/shop/cart@sha256:a';
const detail: ImageDetailJson = {
  ...{ id, digest: 'sha256:a', imageId: '', uses: [], state: 'complete', reasons: [], layers: [] },
  ...{ matchedAtMs: 1, sizeBytes: 0, platform: 'linux/amd64', distribution: '', packages: 0 },
  ...{ ignored: [], vulnerabilities: [], hasSbom: true, registries: [] },
};
const noNews: ImageNewsJson = {
  ...{ enabled: true, sinceMs: 5, total: 0, items: [], facets: { severity: [], namespace: [] } },
  counts: { new: 0, fixed: 0, ignored: 0 },
};
const ofCart: WorkloadImagesJson = {
  enabled: true,
  workload: '',
  data: none.data,
  containers: [],
  newest: [],
};
const cve: CveJson = {
  ...{ id: 'CVE-1', aliases: [], description: '', urls: [], cvss: [], risk: 0, records: [], findings: [] },
  elsewhere: { total: 0, items: [] },
};

function serve() {
  const asked: unknown[] = [];
  const app = createServer({ log: silentLogger, loopbackOnly: false });
  onTestFinished(() => app.close());
  const ask = <Answer>(filter: unknown, answer: Answer): Answer => {
    asked.push(filter);
    return answer;
  };
  const workloadOf = (key: string) =>
    key === 'apps/Deployment/shop/cart' ? { workload: key, containers: [], unreadable: '' } : undefined;
  const source: ImagesSource = {
    images: (filter) => ask(filter, none),
    image: (of) => (of === id ? detail : undefined),
    packages: (of, filter) => (of === id ? ask(filter, { total: 0, items: [] }) : undefined),
    sbom: (of, format) => (of === id ? `{"is":"${format}"}` : undefined),
    cve: (of) => (of === 'CVE-1' ? cve : undefined),
    news: (filter) => ask(filter, noNews),
    workload: (asked) => ({ ...ofCart, workload: asked.workload }),
  };
  imageRoutes(app, source, workloadOf);
  const get = (path: string) => app.inject({ method: 'GET', url: `${base}/${path}` });
  return { asked, get };
}

it('lists images by state, severity, namespace and text, in an order, page by page', async () => {
  const { asked, get } = serve();
  const query =
    'state=unknown,partial&severity=high&namespace=shop&q=%20cart%20&fixable=1&sort=name&offset=5&limit=9999';
  expect((await get(`images?${query}`)).json()).toEqual(none);
  expect(asked).toEqual([
    {
      ...{ states: ['unknown', 'partial'], severities: ['high'], namespaces: ['shop'], text: 'cart' },
      ...{ isFixable: true, isExploited: false, sort: 'name', order: 'asc', offset: 5, limit: 1000 },
    },
  ]);
});

it.each([
  ['images?state=complet', 'complete'],
  ['images?sort=size', 'risk'],
  ['images/news?since=yesterday', 'RFC 3339|2026-01-31'],
  ['images/news?kind=old', 'ignored'],
])('refuses %s and says what there is', async (path, says) => {
  const reply = await serve().get(path);
  expect(reply.statusCode).toBe(400);
  expect(reply.body).toMatch(new RegExp(says));
});

it('gives one image by its digest or reference, and 404 for one that nobody knows', async () => {
  const { get } = serve();
  expect((await get(`images/${encodeURIComponent(id)}`)).json()).toEqual(detail);
  expect((await get('images/sha256:b')).statusCode).toBe(404);
});

it('gives its packages, of one layer where that is asked for', async () => {
  const { get, asked } = serve();
  await get(`images/${encodeURIComponent(id)}/packages?q=ssl&layer=0`);
  await get(`images/${encodeURIComponent(id)}/packages`);
  expect(asked).toEqual([
    { text: 'ssl', layer: 0, offset: 0, limit: 100 },
    { text: '', offset: 0, limit: 100 },
  ]);
});

it('gives its SBOM as a file, in the format that is asked for', async () => {
  const { get } = serve();
  const reply = await get(`images/${encodeURIComponent(id)}/sbom?format=spdx`);
  expect(reply.json()).toEqual({ is: 'spdx' });
  expect(reply.headers['content-disposition']).toBe(
    'attachment; filename="r.test-shop-cart-sha256-a.spdx.json"',
  );
  expect((await get('images/none/sbom')).statusCode).toBe(404);
});

it('tells the news since a time as a date or in milliseconds', async () => {
  const { get, asked } = serve();
  expect((await get('images/news?since=1970-01-01T00:00:01Z&kind=fixed')).json()).toEqual(noNews);
  await get('images/news?since=1000');
  await get('images/news');
  expect(asked).toMatchObject([{ sinceMs: 1000, kinds: ['fixed'] }, { sinceMs: 1000 }, { kinds: [] }]);
  expect(asked[2]).not.toHaveProperty('sinceMs');
});

it('gives one vulnerability, and 404 for one that no image has or had', async () => {
  const { get } = serve();
  expect((await get('cves/CVE-1')).json()).toEqual(cve);
  expect((await get('cves/CVE-2')).statusCode).toBe(404);
});

it('gives the images of an object that runs containers, and 404 for another', async () => {
  const { get } = serve();
  const key = 'apps/Deployment/shop/cart';
  expect((await get(`resource/images?key=${encodeURIComponent(key)}`)).json()).toEqual({
    ...ofCart,
    workload: key,
  });
  expect((await get('resource/images?key=/Service/shop/cart')).statusCode).toBe(404);
});
