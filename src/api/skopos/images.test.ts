import { expect, it, onTestFinished } from 'vitest';
import { createServer } from '../../http/server.ts';
import { silentLogger } from '../../log/logger.ts';
import { type ImageFilter, imageRoutes } from './images.ts';
import type { ImageDetailJson, ImagesJson } from './images-contract.ts';
import { base } from './parameters.ts';

const none: ImagesJson = {
  enabled: true,
  items: [],
  total: 0,
  states: { waiting: 0, scanning: 0, complete: 0, partial: 0, unknown: 0 },
  data: { state: 'missing', problem: '', builtAtMs: 0 },
};

const detail: ImageDetailJson = {
  ...{ digest: 'sha256:a', uses: [], state: 'complete', reasons: [] },
  ...{ matchedAtMs: 1, ignored: 0, vulnerabilities: [] },
};

function serve() {
  const asked: ImageFilter[] = [];
  const app = createServer({ log: silentLogger, loopbackOnly: false });
  onTestFinished(() => app.close());
  imageRoutes(app, {
    images(filter) {
      asked.push(filter);
      return none;
    },
    image: (digest) => (digest === detail.digest ? detail : undefined),
  });
  const get = (path: string) => app.inject({ method: 'GET', url: `${base}/${path}` });
  return { asked, get };
}

it('lists images by state, namespace and text, page by page', async () => {
  const { asked, get } = serve();
  expect(
    (await get('images?state=unknown,partial&namespace=shop&q=%20cart%20&offset=5&limit=9999')).json(),
  ).toEqual(none);
  expect(asked).toEqual([
    { states: ['unknown', 'partial'], namespaces: ['shop'], text: 'cart', offset: 5, limit: 1000 },
  ]);
});

it('refuses a state that there is not, by its name', async () => {
  const reply = await serve().get('images?state=complet');
  expect(reply.statusCode).toBe(400);
  expect(reply.body).toContain('complete');
});

it('gives one image by its digest, and 404 for one that nobody scanned', async () => {
  const { get } = serve();
  expect((await get('images/sha256:a')).json()).toEqual(detail);
  expect((await get('images/sha256:b')).statusCode).toBe(404);
});
