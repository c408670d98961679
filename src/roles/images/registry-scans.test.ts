import { describe, expect, it } from 'vitest';
import { image, index, type MadeImage } from '../../../test/support/oci-image.ts';
import { registryJobs } from '../../../test/support/registry-jobs.ts';
import { type Handler, registryServer, sendJson } from '../../../test/support/registry-server.ts';
import type { RegistryStore } from '../../images/live/registry-store.ts';

const shop = (version: string, architecture = 'amd64'): MadeImage =>
  image(
    [
      [
        { name: 'etc/os-release', content: 'ID=debian\nVERSION_ID="12"\n' },
        {
          name: 'var/lib/dpkg/status',
          content: `Package: openssl\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n\n`,
        },
      ],
    ],
    { platform: { os: 'linux', architecture } },
  );
const old = shop('3.0.1-1');
const mended = shop('3.0.2-1');

/** Tags of so many versions; the newest is mended. */
function tagsOf(repository: string, count: number): Record<string, MadeImage> {
  const names = Array.from({ length: count }, (_, i) => `${repository}:1.${i}`);
  return Object.fromEntries(names.map((name, i) => [name, i === count - 1 ? mended : old]));
}

async function start(images: Readonly<Record<string, MadeImage>>, before?: Handler) {
  const server = await registryServer(images, before);
  return { server, ...registryJobs(server) };
}

const everything = { sort: 'name', order: 'asc', offset: 0, limit: 10_000 } as const;
const pulls = (requests: readonly string[]) => requests.filter((one) => one.includes('/manifests/1.'));

it('looks at the newest tags of the repositories that are wanted, and keeps what runs out of it', async () => {
  const all = { ...tagsOf('team/cart', 3), ...tagsOf('team/till', 12), ...tagsOf('else/x', 1) };
  const { server, store, submit, ended, scan, findings, live } = await start(all);
  const job = await ended(submit({ name: `${server.host}/team`, depth: 2, exclude: ['*none*'] }));
  expect(job).toMatchObject({
    state: 'done',
    result: { images: 4, failedImages: 0, fixable: 2, warnings: [] },
  });
  const rows = store.images({}, everything);
  expect(rows.map(({ repository, tag, state, fixable }) => [repository, tag, state, fixable])).toEqual([
    ['team/cart', '1.1', 'complete', 1],
    ['team/cart', '1.2', 'complete', 0],
    ['team/till', '1.10', 'complete', 1],
    ['team/till', '1.11', 'complete', 0],
  ]);
  expect(rows.map((row) => [row.job, row.digest === old.digest || row.digest === mended.digest])).toEqual(
    rows.map(() => [job.id, true]),
  );
  expect(scan()).toMatchObject({ job: job.id, state: 'whole', found: 4, done: 4, failed: 0, passedOver: 0 });
  expect([...live.entries()]).toEqual([]);
  expect(findings.openCounts().size).toBe(0);
});

it('forgets what a scan of the same scope no longer finds, and nothing when it could not list everything', async () => {
  const all: Record<string, MadeImage> = { ...tagsOf('a', 2), ...tagsOf('b', 1) };
  let denied = false;
  const { store, submit, ended } = await start(all, (request, response) =>
    denied && request.url?.startsWith('/v2/b/')
      ? sendJson(response, 403, { errors: [{ code: 'DENIED', message: 'no' }] })
      : undefined,
  );
  const names = () => store.images({}, everything).map(({ repository, tag }) => `${repository}:${tag}`);
  await ended(submit());
  delete all['a:1.0'];
  denied = true;
  const partly = await ended(submit());
  expect(partly.result?.warnings.join()).toContain('does not give the list of tags');
  expect(names()).toEqual(['a:1.0', 'a:1.1', 'b:1.0']);
  denied = false;
  await ended(submit());
  expect(names()).toEqual(['a:1.1', 'b:1.0']);
});

it('takes the repositories that are named where a registry does not list them', async () => {
  const { server, submit, ended } = await start(tagsOf('team/cart', 2), (request, response) =>
    request.url?.startsWith('/v2/_catalog') ? sendJson(response, 404, {}) : undefined,
  );
  const job = await ended(submit({ name: `${server.host}/team/cart` }));
  expect(job).toMatchObject({ state: 'done', result: { images: 2 } });
  expect(await ended(submit())).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('name one'),
  });
});

it('says what could not be scanned, and what is known of it otherwise', async () => {
  const lost = shop('9');
  const all = { ...tagsOf('a', 2), 'a:1.5': { ...lost, blobs: new Map([[lost.digest, lost.manifest]]) } };
  const { store, submit, ended, scan } = await start(all);
  expect(await ended(submit())).toMatchObject({ state: 'done', result: { images: 3, failedImages: 1 } });
  expect(scan()).toMatchObject({ state: 'whole', found: 3, done: 2, failed: 1 });
  const [broken] = store.images({ states: ['unknown'] }, everything);
  expect(broken).toMatchObject({
    tag: '1.5',
    digest: '',
    counts: [],
    reasons: [expect.stringContaining('is not there')],
  });
});

const askedFor = (requests: readonly string[]) => ({
  heads: requests.filter((one) => /^HEAD .*\/manifests\//.test(one)).length,
  gets: requests.filter((one) => /^GET .*\/manifests\//.test(one)).length,
});

describe('manifests', () => {
  const all = { ...tagsOf('a', 20), ...tagsOf('b', 5) };

  it('are fetched once for each digest of a repository; that a tag leads to it still is asked by HEAD', async () => {
    const { server, store, submit, ended } = await start(all);
    await ended(submit());
    const first = askedFor(server.requests);
    expect(first.heads).toBe(25);
    // Two are looked at at once, and know nothing of each other.
    expect(first.gets).toBeLessThanOrEqual(8);
    const before = server.requests.length;
    expect(await ended(submit())).toMatchObject({ state: 'done', result: { images: 25, fixable: 23 } });
    expect(askedFor(server.requests.slice(before))).toEqual({ heads: 25, gets: 0 });
    expect(store.counts('state', {})).toEqual(new Map([['complete', 25]]));
  });

  it('are fetched by their tags from a registry that does not know HEAD, which is asked so once in an hour', async () => {
    for (const status of [405, 501]) {
      const { server, clock, submit, ended } = await start(all, (request, response) =>
        request.method === 'HEAD' ? sendJson(response, status, {}) : undefined,
      );
      expect(await ended(submit())).toMatchObject({ state: 'done', result: { images: 25, failedImages: 0 } });
      const { heads, gets } = askedFor(server.requests);
      // Two are asked for at once.
      expect(heads).toBeLessThanOrEqual(2);
      expect(gets).toBe(25);
      await clock.advance(3_600_000);
      await ended(submit());
      expect(askedFor(server.requests).heads).toBeGreaterThan(heads);
    }
  });

  it('are fetched by their tags from a registry whose answer to HEAD has no digest, or none that can be one', async () => {
    for (const headers of [{}, { 'docker-content-digest': 'latest' }]) {
      const { server, submit, ended } = await start(all, (request, response) =>
        request.method === 'HEAD' ? sendJson(response, 200, {}, headers) : undefined,
      );
      expect(await ended(submit())).toMatchObject({ state: 'done', result: { images: 25, failedImages: 0 } });
      expect(askedFor(server.requests).heads).toBeLessThanOrEqual(2);
      expect(askedFor(server.requests).gets).toBe(25);
    }
  });

  it('of a tag that moved are fetched', async () => {
    const moving = tagsOf('a', 2);
    const { server, store, submit, ended } = await start(moving);
    await ended(submit());
    moving['a:1.0'] = shop('3.0.1-0');
    const before = server.requests.length;
    await ended(submit());
    expect(askedFor(server.requests.slice(before))).toEqual({ heads: 2, gets: 1 });
    expect(store.images({}, everything).map(({ digest }) => digest)).toEqual([
      moving['a:1.0'].digest,
      mended.digest,
    ]);
  });
});

describe('platforms', () => {
  const arm = shop('3.0.1-1', 'arm64');
  const both = ['linux/amd64', 'linux/arm64'];
  const rowsOf = (store: RegistryStore) =>
    store.images({}, everything).map(({ repository, platform, state }) => [repository, platform, state]);

  it('that are asked for are a row each, and one that is lacking is told', async () => {
    const all = {
      'all:1': index([
        [old, 'linux/amd64'],
        [arm, 'linux/arm64/v8'],
      ]),
      'some:1': index([[old, 'linux/amd64']]),
    };
    const { server, store, submit, ended, scan } = await start(all);
    const job = await ended(submit({ platforms: both }));
    expect(job).toMatchObject({ state: 'done', result: { images: 4, failedImages: 1 } });
    expect(job.result?.warnings.join()).toContain('is not there for linux/arm64; it is for linux/amd64');
    expect(scan()).toMatchObject({ found: 4, done: 3, failed: 1, scope: { platforms: both } });
    expect(rowsOf(store)).toEqual([
      ['all', 'linux/amd64', 'complete'],
      ['all', 'linux/arm64', 'complete'],
      ['some', 'linux/amd64', 'complete'],
      ['some', 'linux/arm64', 'unknown'],
    ]);
    expect(store.images({ platforms: ['linux/arm64'] }, everything).map(({ digest }) => digest)).toEqual([
      arm.digest,
      '',
    ]);
    expect(store.counts('platform', {})).toEqual(new Map(both.map((one) => [one, 2])));
    // Once for each platform of an index, and for each image in it.
    expect(askedFor(server.requests)).toEqual({ heads: 4, gets: 7 });
  });

  it('are linux/amd64 when nothing is said', async () => {
    const { store, submit, ended } = await start({
      'all:1': index([
        [old, 'linux/amd64'],
        [arm, 'linux/arm64'],
      ]),
    });
    await ended(submit());
    expect(rowsOf(store)).toEqual([['all', 'linux/amd64', 'complete']]);
  });

  it('of an image for one alone are its own, in one row', async () => {
    const { store, submit, ended } = await start({ 'one:1': arm, 'two:1': old });
    await ended(submit({ platforms: both }));
    const rows = [
      ['one', 'linux/arm64', 'complete'],
      ['two', 'linux/amd64', 'complete'],
    ];
    expect(rowsOf(store)).toEqual(rows);
    await ended(submit({ platforms: ['linux/amd64'] }));
    expect(rowsOf(store)).toEqual(rows);
  });
});

describe('a registry of many tags', { timeout: 120_000 }, () => {
  const depth = 100;
  const hundred = tagsOf('team/shop', 100);
  const thousand = Object.assign({}, ...Array.from({ length: 10 }, (_, i) => tagsOf(`team/r${i}`, 100)));
  const layers = [old, mended].map(({ manifest }) => {
    const { layers: own } = JSON.parse(manifest.toString('utf8')) as { layers: { digest: string }[] };
    return own[0]?.digest ?? '';
  });

  it('is asked again when it may be, while it has had too many requests for a while', async () => {
    const refuse = { at: 300, seconds: 120, until: 0 };
    const { server, clock, store, submit, ended, scan } = await start(thousand, (request, response) => {
      if (!request.url?.includes('/manifests/1.')) return undefined;
      if (pulls(server.requests).length === refuse.at) refuse.until = clock.now() + refuse.seconds * 1000;
      if (clock.now() >= refuse.until) return undefined;
      const headers = { 'retry-after': String(Math.ceil((refuse.until - clock.now()) / 1000)) };
      return sendJson(response, 429, {}, headers);
    });
    const job = submit({ depth });
    let waitedUntilMs = 0;
    const done = ended(job).finally(() => clearInterval(watch));
    const watch = setInterval(() => (waitedUntilMs ||= scan()?.waitsUntilMs ?? 0), 5);
    expect(await done).toMatchObject({ state: 'done', result: { images: 1000, failedImages: 0 } });
    expect(scan()).toMatchObject({ state: 'whole', found: 1000, done: 1000 });
    expect(waitedUntilMs).toBeGreaterThanOrEqual(refuse.until);
    expect(store.counts('state', {})).toEqual(new Map([['complete', 1000]]));
    // Few are asked for in vain: the registry is left alone while it wants that.
    expect(pulls(server.requests).length).toBeLessThan(1010);
    // Two layers are read, whatever the number of tags.
    expect(server.requests.filter((one) => layers.some((layer) => one.endsWith(layer)))).toHaveLength(2);
  });

  it('is left alone when that takes too long, and the next scan goes on with the rest', async () => {
    let isFull = false;
    const { server, clock, submit, ended, scan } = await start(hundred, (request, response) => {
      if (!request.url?.includes('/manifests/1.')) return undefined;
      isFull ||= pulls(server.requests).length === 40;
      return isFull ? sendJson(response, 429, {}, { 'retry-after': '21600' }) : undefined;
    });
    const first = await ended(submit({ depth }));
    expect(first).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('wants none for another'),
    });
    const before = scan();
    expect(before).toMatchObject({ state: 'unfinished', found: 100, failed: 0 });
    const done = before?.done ?? 0;
    expect(done).toBeGreaterThan(30);
    expect(pulls(server.requests).length).toBeLessThan(50);
    isFull = false;
    const asked = server.requests.length;
    expect(await ended(submit({ depth }))).toMatchObject({ state: 'failed' });
    expect(server.requests).toHaveLength(asked);
    await clock.advance(6 * 3_600_000);
    expect(await ended(submit({ depth }))).toMatchObject({ state: 'done', result: { images: 100 - done } });
    expect(scan()).toMatchObject({ state: 'whole', passedOver: done, done: 100 - done });
    expect(pulls(server.requests.slice(asked))).toHaveLength(100 - done);
  });

  it('that hangs is given up after a few requests', async () => {
    const { server, submit, ended, scan } = await start(hundred, (request) =>
      request.url?.includes('/manifests/1.') ? pulls(server.requests).length > 50 : undefined,
    );
    const job = await ended(submit({ depth }), 10_000);
    expect(job).toMatchObject({ state: 'failed', reason: expect.stringContaining('does not answer') });
    expect(scan()).toMatchObject({ state: 'unfinished', done: 50, found: 100 });
    expect(pulls(server.requests).length).toBeLessThan(90);
  });

  it('that is stopped goes on, too', async () => {
    const { server, jobs, submit, ended, scan } = await start(hundred);
    const job = submit({ depth });
    const watch = setInterval(() => {
      if ((scan()?.done ?? 0) < 20) return;
      clearInterval(watch);
      jobs.cancel(job.id);
    }, 1);
    expect(await ended(job)).toMatchObject({ state: 'cancelled' });
    const done = scan()?.done ?? 0;
    expect(scan()).toMatchObject({ state: 'unfinished', reason: 'it was stopped before its end' });
    const asked = pulls(server.requests).length;
    expect(await ended(submit({ depth }))).toMatchObject({ state: 'done' });
    expect(scan()).toMatchObject({ state: 'whole', passedOver: done, done: 100 - done });
    // One that was on its way when it was stopped may have come late.
    expect(pulls(server.requests).length - asked).toBeLessThanOrEqual(100 - done + 2);
  });
});
