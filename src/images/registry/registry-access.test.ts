import { describe, expect, it, onTestFinished } from 'vitest';
import { image, index } from '../../../test/support/oci-image.ts';
import { type Handler, registryServer, sendJson } from '../../../test/support/registry-server.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { Secret } from '../../kit/secret.ts';
import { defaultAnalysisSettings, registrySchema } from '../config.ts';
import { parseReference } from '../reference.ts';
import type { CredentialSource } from './credentials.ts';
import { RegistryAccess } from './registry-access.ts';

const content = Buffer.alloc(300_000, 'contents that do not compress to nothing ');
const made = image([[{ name: 'file', content }]], { pack: (archive) => archive });

/** A registry that is reached in plain HTTP, and what else is to be set. */
function access(
  host: string,
  settings: Record<string, unknown> = {},
  more: readonly Record<string, unknown>[] = [],
) {
  const clock = new VirtualClock(1_700_000_000_000);
  const registries = [{ prefix: host, plain_http: true, ...settings }, ...more].map((entry) =>
    registrySchema.parse(entry),
  );
  const registry = new RegistryAccess({ settings: { ...defaultAnalysisSettings(), registries }, clock });
  onTestFinished(() => registry.close());
  const ask = { signal: new AbortController().signal, credentials: undefined, platform: 'linux/amd64' };
  return { registry, clock, ask };
}

const login = (username: string, password: string): CredentialSource => ({
  find: () =>
    Promise.resolve([
      { login: { kind: 'password', username, password: new Secret(password) }, origin: 'the test' },
    ]),
});

async function bytesOf(blob: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of blob) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Waits in virtual time for what may need several rounds of it. */
async function settled<Result>(clock: VirtualClock, result: Promise<Result>): Promise<Result> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  result.then(done, done);
  while (!isDone) {
    await clock.advance(200);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return result;
}

const isBlob = (url: string | undefined) => url?.includes('/blobs/') === true;
const layerOf = (digest = made.diffIds[0] ?? '') => digest;

it('finds an image and reads its layers, by tag and by digest', async () => {
  const { host, requests } = await registryServer({ 'team/shop:1.0': made });
  const { registry, ask } = access(host);
  const opened = await registry.open(parseReference(`${host}/team/shop:1.0`), ask);
  expect(opened).toMatchObject({ digest: made.digest, repoDigests: [`${host}/team/shop@${made.digest}`] });
  const [layer] = opened.layers;
  if (layer === undefined) throw new Error('no layer');
  expect((await bytesOf(opened.openLayer(layer, ask.signal))).includes(content)).toBe(true);
  await registry.open(parseReference(`${host}/team/shop@${made.digest}`), ask);
  expect(requests).toContain(`GET /v2/team/shop/manifests/${made.digest}`);
  expect(await registry.digestOf(parseReference(`${host}/team/shop:1.0`), ask)).toBe(made.digest);
  expect(requests.at(-1)).toBe('HEAD /v2/team/shop/manifests/1.0');
});

it('chooses from an index, and knows it by both digests', async () => {
  const several = index([[made, 'linux/amd64']]);
  const { host } = await registryServer({ 'a:1': several });
  const { registry, ask } = access(host);
  const opened = await registry.open(parseReference(`${host}/a:1`), ask);
  expect(opened.digest).toBe(made.digest);
  expect(opened.repoDigests).toEqual([several.digest, made.digest].map((digest) => `${host}/a@${digest}`));
});

describe('tokens', () => {
  /** A registry that wants a token, which its own path /token gives to alice, or to everybody. */
  function tokens(options: { readonly isPublic?: boolean; readonly lastsS?: number } = {}): Handler {
    let given = 0;
    let current = '';
    return (request, response) => {
      const url = new URL(request.url ?? '', `http://${request.headers.host}`);
      if (url.pathname === '/token') {
        const sent = request.headers.authorization;
        const alice = `Basic ${Buffer.from('alice:s3cret').toString('base64')}`;
        const isRefused = sent === undefined ? options.isPublic !== true : sent !== alice;
        if (isRefused) return sendJson(response, 401, {});
        expect(url.searchParams.get('service')).toBe('the registry');
        expect(url.searchParams.get('scope')).toBe('repository:a:pull');
        current = `token-${++given}`;
        return sendJson(response, 200, { token: current, expires_in: options.lastsS ?? 300 });
      }
      if (current !== '' && request.headers.authorization === `Bearer ${current}`) return false;
      return sendJson(
        response,
        401,
        {},
        {
          'www-authenticate': `Bearer realm="http://${request.headers.host}/token",service="the registry"`,
        },
      );
    };
  }

  it('are asked for once, and again when they end', async () => {
    const { host, requests } = await registryServer({ 'a:1': made }, tokens({ lastsS: 300 }));
    const { registry, ask, clock } = access(host);
    const credentials = login('alice', 's3cret');
    const asked = () => requests.filter((one) => one.startsWith('GET /token')).length;
    await registry.open(parseReference(`${host}/a:1`), { ...ask, credentials });
    await registry.open(parseReference(`${host}/a:1`), { ...ask, credentials });
    expect(asked()).toBe(1);
    await clock.advance(295_000);
    await registry.open(parseReference(`${host}/a:1`), { ...ask, credentials });
    expect(asked()).toBe(2);
  });

  it('are given to nobody in particular where a login is refused and the image is public', async () => {
    const { host } = await registryServer({ 'a:1': made }, tokens({ isPublic: true }));
    const { registry, ask } = access(host);
    const opened = await registry.open(parseReference(`${host}/a:1`), {
      ...ask,
      credentials: login('alice', 'old'),
    });
    expect(opened.digest).toBe(made.digest);
  });

  it('that are refused tell which logins were tried, and no password', async () => {
    const { host } = await registryServer({ 'a:1': made }, tokens());
    const { registry, ask } = access(host);
    const failure = registry.open(parseReference(`${host}/a:1`), {
      ...ask,
      credentials: login('alice', 'wr0ng'),
    });
    await expect(failure).rejects.toMatchObject({ code: 'REGISTRY_DENIED' });
    await expect(failure).rejects.toThrow('to the test, nobody in particular');
    await expect(failure).rejects.not.toThrow('wr0ng');
  });

  it('are not asked for at addresses that are not public, where the registry is', async () => {
    const { host } = await registryServer({ 'a:1': made }, (_request, response) =>
      sendJson(
        response,
        401,
        {},
        { 'www-authenticate': 'Bearer realm="http://169.254.169.254/token",service="x"' },
      ),
    );
    const { registry, ask } = access(host);
    const failure = registry.open(parseReference(`${host}/a:1`), {
      ...ask,
      credentials: login('alice', 's3cret'),
    });
    await expect(failure).rejects.toThrow('sends for a token to 169.254.169.254');
  });
});

it('logs in with a password where the registry asks for one', async () => {
  const { host } = await registryServer({ 'a:1': made }, (request, response) =>
    request.headers.authorization === `Basic ${Buffer.from('bob:pass').toString('base64')}`
      ? false
      : sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="r"' }),
  );
  const { registry, ask } = access(host, { username: 'bob', password: 'pass' });
  expect((await registry.open(parseReference(`${host}/a:1`), ask)).digest).toBe(made.digest);
});

describe('redirects', () => {
  it('are followed to blob storage without the login', async () => {
    const storage = await registryServer({ 'a:1': made });
    const basic = { 'www-authenticate': 'Basic realm="r"' };
    const { host } = await registryServer({ 'a:1': made }, (request, response) => {
      if (request.headers.authorization === undefined) return sendJson(response, 401, {}, basic);
      if (!isBlob(request.url)) return false;
      return sendJson(
        response,
        307,
        {},
        { location: `http://${storage.host}${request.url}?signed=1`.replace('?signed=1', '') },
      );
    });
    const { registry, ask } = access(host, { username: 'bob', password: 'pass' });
    await registry.open(parseReference(`${host}/a:1`), ask);
    expect(storage.requests).toHaveLength(1);
    expect(storage.authorizations).toEqual(['']);
  });

  it.each([
    ['http://169.254.169.254/latest', 'no public address'],
    ['http://10.0.0.7/blob', 'no public address'],
    ['http://[fd00:ec2::254]/blob', 'no public address'],
    ['file:///etc/passwd', 'not encrypted and not followed'],
    ['http://user:pass@127.0.0.1/blob', 'a password in it'],
  ])('are not followed to %s', async (location, problem) => {
    const { host } = await registryServer({ 'a:1': made }, (_request, response) =>
      sendJson(response, 302, {}, { location }),
    );
    const { registry, ask } = access(host);
    const failure = registry.open(parseReference(`${host}/a:1`), ask);
    await expect(failure).rejects.toMatchObject({ code: 'REGISTRY' });
    await expect(failure).rejects.toThrow(problem);
  });

  it('in circles end', async () => {
    const { host } = await registryServer({}, (request, response) =>
      sendJson(response, 302, {}, { location: request.url ?? '' }),
    );
    const { registry, ask } = access(host);
    await expect(registry.open(parseReference(`${host}/a:1`), ask)).rejects.toThrow(
      'from one place to the next',
    );
  });
});

describe('what goes wrong on the way', () => {
  it('is gone on with where it broke', async () => {
    let breaks = 0;
    const { host, requests } = await registryServer({ 'a:1': made }, (request, response) => {
      if (!isBlob(request.url) || !request.url?.endsWith(layerOf()) || breaks === 2) return false;
      const blob = made.blobs.get(layerOf()) ?? Buffer.alloc(0);
      const [, from = '0'] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
      breaks++;
      response.writeHead(request.headers.range === undefined ? 200 : 206, {
        'content-length': blob.length - Number(from),
      });
      response.write(blob.subarray(Number(from), Number(from) + 100_000), () => response.destroy());
      return true;
    });
    const { registry, ask, clock } = access(host);
    const opened = await registry.open(parseReference(`${host}/a:1`), ask);
    const [layer] = opened.layers;
    if (layer === undefined) throw new Error('no layer');
    const bytes = await settled(clock, bytesOf(opened.openLayer(layer, ask.signal)));
    expect(bytes.length).toBe(layer.sizeBytes);
    expect(requests.filter((one) => one.endsWith(layerOf()))).toHaveLength(3);
  });

  it('is tried again, some times', async () => {
    let failures = 0;
    const { host, requests } = await registryServer({ 'a:1': made }, (_request, response) =>
      failures++ < 2 ? sendJson(response, 502, {}) : false,
    );
    const { registry, ask, clock } = access(host);
    expect((await settled(clock, registry.open(parseReference(`${host}/a:1`), ask))).digest).toBe(
      made.digest,
    );
    expect(requests.length).toBe(4);
  });

  it('is told with the status when it stays so', async () => {
    const { host } = await registryServer({}, (_request, response) =>
      sendJson(response, 500, { errors: [{ code: 'UNKNOWN', message: 'disk full' }] }),
    );
    const { registry, ask, clock } = access(host);
    const failure = registry.open(parseReference(`${host}/a:1`), ask);
    failure.catch(() => {});
    await expect(settled(clock, failure)).rejects.toThrow(/answered 500 for .* \(UNKNOWN: disk full\)/);
  });

  it('is not made worse: after 429 nothing is sent until its time', async () => {
    let isBusy = true;
    const { host, requests } = await registryServer({ 'a:1': made }, (_request, response) =>
      isBusy ? sendJson(response, 429, {}, { 'retry-after': '120' }) : false,
    );
    const { registry, ask, clock } = access(host);
    const first = registry.open(parseReference(`${host}/a:1`), ask);
    first.catch(() => {});
    await expect(settled(clock, first)).rejects.toMatchObject({ code: 'REGISTRY_BUSY' });
    expect(requests).toHaveLength(1);
    await expect(registry.open(parseReference(`${host}/a:1`), ask)).rejects.toThrow('wants none for another');
    expect(requests).toHaveLength(1);
    isBusy = false;
    await clock.advance(120_000);
    expect((await registry.open(parseReference(`${host}/a:1`), ask)).digest).toBe(made.digest);
  });

  it('does not wait for ever for a registry that hangs', async () => {
    const { host } = await registryServer({}, () => true);
    const { registry, ask, clock } = access(host);
    const failure = registry.open(parseReference(`${host}/a:1`), ask);
    failure.catch(() => {});
    await expect(settled(clock, failure)).rejects.toThrow('no answer within 30 s');
  });
});

describe('what lies', () => {
  it.each([
    ['schema 1', JSON.stringify({ schemaVersion: 1, fsLayers: [] }), 'schema 1'],
    ['no JSON', '<html>', 'is no JSON'],
    [
      'a chart',
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest: made.digest, size: 1 },
        layers: [],
      }),
      'no container image',
    ],
    ['an endless manifest', ' '.repeat(5_000_000), 'more than 4194304 bytes'],
  ])('is refused: %s', async (_what, body, problem) => {
    const { host } = await registryServer({}, (_request, response) => {
      response.end(body);
      return true;
    });
    const { registry, ask } = access(host);
    const failure = registry.open(parseReference(`${host}/a:1`), ask);
    await expect(failure).rejects.toMatchObject({ code: 'BAD_IMAGE' });
    await expect(failure).rejects.toThrow(problem);
  });

  it('is refused when another manifest is sent than was asked for', async () => {
    const other = image([[{ name: 'other' }]]);
    const { host } = await registryServer({}, (_request, response) => {
      response.end(other.manifest);
      return true;
    });
    const { registry, ask } = access(host);
    await expect(registry.open(parseReference(`${host}/a@${made.digest}`), ask)).rejects.toThrow(
      'not what its digest says',
    );
  });
});

it('says of what is not there that it is not there', async () => {
  const { host } = await registryServer({ 'a:1': made });
  const { registry, ask } = access(host);
  await expect(registry.open(parseReference(`${host}/a:2`), ask)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

describe('mirrors', () => {
  it('are asked first, and what they do not have is asked of the registry', async () => {
    const other = image([[{ name: 'only here' }]]);
    const mirror = await registryServer({ 'hub/library/a:1': made });
    const own = await registryServer({ 'library/a:2': other });
    const { registry, ask } = access(own.host, {
      prefix: 'docker.io',
      location: own.host,
      mirrors: [{ location: `${mirror.host}/hub`, plain_http: true }],
    });
    expect((await registry.open(parseReference('a:1'), ask)).reference).toBe('docker.io/library/a:1');
    expect(own.requests).toEqual([]);
    expect((await registry.open(parseReference('a:2'), ask)).digest).toBe(other.digest);
  });

  it('can be all that is asked', async () => {
    const mirror = await registryServer({});
    const own = await registryServer({ 'library/a:1': made });
    const { registry, ask } = access(own.host, {
      prefix: 'docker.io',
      location: own.host,
      mirrors: [{ location: mirror.host, plain_http: true }],
      mirrors_only: true,
    });
    await expect(registry.open(parseReference('a:1'), ask)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(own.requests).toEqual([]);
  });
});

it('lists repositories and tags page by page', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const { host } = await registryServer({}, (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const at = names.indexOf(url.searchParams.get('last') ?? '') + 1;
    const page = names.slice(at, at + 2);
    const headers: Record<string, string> =
      at + 2 < names.length ? { link: `<${url.pathname}?n=2&last=${page.at(-1)}>; rel="next"` } : {};
    return sendJson(
      response,
      200,
      { [url.pathname.endsWith('_catalog') ? 'repositories' : 'tags']: page },
      headers,
    );
  });
  const { registry, ask } = access(host);
  const all = async (list: AsyncIterable<string>) => {
    const found: string[] = [];
    for await (const name of list) found.push(name);
    return found;
  };
  expect(await all(registry.repositories(host, ask))).toEqual(names);
  expect(await all(registry.tags(parseReference(`${host}/a`), ask))).toEqual(names);
});

it('sends no more than it may at once', async () => {
  let running = 0;
  let most = 0;
  const { host } = await registryServer({ 'a:1': made }, (_request, response) => {
    most = Math.max(most, ++running);
    response.on('close', () => running--);
    return undefined;
  });
  const { registry, ask } = access(host, { max_concurrent: 2 });
  await Promise.all(Array.from({ length: 10 }, () => registry.open(parseReference(`${host}/a:1`), ask)));
  expect(most).toBeLessThanOrEqual(2);
});
