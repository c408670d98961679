import { expect, it, onTestFinished } from 'vitest';
import { digestOf, ociIndexType, ociManifestType } from '../../../test/support/oci-image.ts';
import { type Handler, registryServer, sendJson } from '../../../test/support/registry-server.ts';
import { type Clock, systemClock, VirtualClock } from '../../kit/clock.ts';
import { defaultAnalysisSettings, registrySchema } from '../config.ts';
import { parseReference } from '../reference.ts';
import { RegistryAccess } from './registry-access.ts';

async function hostile(answer: Handler, clock: Clock = systemClock) {
  const server = await registryServer({}, answer);
  const registries = [registrySchema.parse({ prefix: server.host, plain_http: true })];
  const settings = { ...defaultAnalysisSettings(), registries };
  const registry = new RegistryAccess({ settings, clock });
  onTestFinished(() => registry.close());
  const ask = { signal: new AbortController().signal, credentials: undefined, platform: 'linux/amd64' };
  return { server, registry, ask };
}

async function all(names: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const name of names) found.push(name);
  return found;
}

it('whose list leads in a circle is asked for no page twice', async () => {
  const { server, registry, ask } = await hostile((request, response) => {
    const next = request.url?.includes('last=a') ? 'b' : 'a';
    return sendJson(response, 200, { tags: ['1'] }, { link: `</v2/x/tags/list?last=${next}>; rel="next"` });
  });
  await expect(all(registry.tags(parseReference(`${server.host}/x`), ask))).rejects.toMatchObject({
    code: 'REGISTRY',
    message: expect.stringContaining('for its next page'),
  });
  expect(server.requests).toHaveLength(3);
});

it('whose next page is no address is told of', async () => {
  const { server, registry, ask } = await hostile((_, response) =>
    sendJson(response, 200, { tags: ['1'] }, { link: '<http://[>; rel="next"' }),
  );
  await expect(all(registry.tags(parseReference(`${server.host}/x`), ask))).rejects.toMatchObject({
    code: 'REGISTRY',
  });
});

it('that sends something else for a list has not said that there is nothing', async () => {
  for (const body of [{ errors: [{ code: 'UNKNOWN' }] }, { tags: 'all' }, [], 7, null]) {
    const { server, registry, ask } = await hostile((_, response) => sendJson(response, 200, body));
    await expect(all(registry.tags(parseReference(`${server.host}/x`), ask))).rejects.toMatchObject({
      code: 'REGISTRY',
      message: expect.stringContaining('is no list'),
    });
  }
  const { server, registry, ask } = await hostile((_, response) => sendJson(response, 200, { tags: null }));
  expect(await all(registry.tags(parseReference(`${server.host}/x`), ask))).toEqual([]);
});

it('that lists more than anybody has is left', async () => {
  let page = 0;
  const names = Array.from({ length: 100_000 }, (_, i) => `${'n'.repeat(120)}${i}`);
  const { server, registry, ask } = await hostile((_, response) =>
    sendJson(response, 200, { tags: names }, { link: `</v2/x/tags/list?n=${++page}>; rel="next"` }),
  );
  let bytes = 0;
  const tags = registry.tags(parseReference(`${server.host}/x`), ask);
  await expect(
    (async () => {
      for await (const tag of tags) bytes += tag.length;
    })(),
  ).rejects.toMatchObject({ code: 'REGISTRY', message: expect.stringContaining('more than') });
  expect(bytes).toBeLessThan(80 * 1024 * 1024);
});

it('is asked for nothing by a digest that is none', async () => {
  for (const digest of ['../../../../admin', 'sha256:short', '']) {
    const index = JSON.stringify({
      ...{ schemaVersion: 2, mediaType: ociIndexType },
      manifests: [
        { mediaType: ociManifestType, digest, size: 1, platform: { os: 'linux', architecture: 'amd64' } },
      ],
    });
    const manifest = JSON.stringify({
      ...{ schemaVersion: 2, mediaType: ociManifestType, layers: [] },
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 },
    });
    for (const body of [index, manifest]) {
      const { server, registry, ask } = await hostile((request, response) => {
        if (!request.url?.endsWith('/manifests/1')) return sendJson(response, 404, {});
        response.writeHead(200, { 'docker-content-digest': digestOf(body) }).end(body);
        return true;
      });
      await expect(registry.open(parseReference(`${server.host}/x:1`), ask)).rejects.toMatchObject({
        code: 'BAD_IMAGE',
        message: expect.stringContaining('which is none'),
      });
      expect(server.requests).toEqual(['GET /v2/x/manifests/1']);
    }
  }
});

it('whose token somebody waited for no longer gives it to the others', async () => {
  let isFirst = true;
  const stop = new AbortController();
  const { server, registry, ask } = await hostile((request, response) => {
    if (request.url?.startsWith('/token')) {
      if (!isFirst) return sendJson(response, 200, { token: 't' });
      isFirst = false;
      // Both wait for it when the first one leaves.
      setTimeout(() => stop.abort(), 300);
      return true;
    }
    if (request.headers.authorization === 'Bearer t') return sendJson(response, 200, { tags: ['1'] });
    const realm = `Bearer realm="http://${request.headers.host}/token"`;
    return sendJson(response, 401, {}, { 'www-authenticate': realm });
  });
  const x = parseReference(`${server.host}/x`);
  const first = all(registry.tags(x, { ...ask, signal: stop.signal }));
  const left = expect(first).rejects.toThrow();
  await expect.poll(() => server.requests.some((one) => one.includes('/token'))).toBe(true);
  expect(await all(registry.tags(x, ask))).toEqual(['1']);
  await left;
});

it('whose token service hangs is given up', async () => {
  const clock = new VirtualClock(0);
  const { server, registry, ask } = await hostile((request, response) => {
    if (request.url?.startsWith('/token')) return true;
    const realm = `Bearer realm="http://${request.headers.host}/token"`;
    return sendJson(response, 401, {}, { 'www-authenticate': realm });
  }, clock);
  let failure: unknown;
  const asked = all(registry.tags(parseReference(`${server.host}/x`), ask)).catch((error: unknown) => {
    failure = error;
  });
  await expect
    .poll(async () => {
      await clock.advance(10_000);
      return failure;
    })
    .toMatchObject({ code: 'REGISTRY', message: expect.stringContaining('no answer within 30 s') });
  await asked;
});
