import { expect, it, vi } from 'vitest';
import { addCve, cart, patience } from '../../../test/support/images-role.ts';
import { type Handler, registryServer } from '../../../test/support/registry-server.ts';
import { type Running, runSkopos, workshop } from '../../../test/support/run-skopos.ts';
import { databaseOf } from '../../../test/support/vulnerability-data.ts';
import type { JobDetailJson } from '../../api/skopos/operator-contract.ts';

// Each starts a whole Skopos.
vi.setConfig({ testTimeout: 120_000 });

/** Skopos with vulnerability data, beside a registry with one image. */
async function start(before?: Handler, more = '') {
  const { folder, data, dir, write } = workshop();
  const server = await registryServer({ 'shop/cart:1': cart }, before);
  const file = write(
    'skopos.yaml',
    `source: { folder: ${folder} }
data: ${data}
images:
  registries: [{prefix: "${server.host}", plain_http: true}]
  database: {folder: ${databaseOf((writer) => addCve(writer, 'CVE-2026-1')).folder}, max_age: 3650d}
${more}`,
  );
  const running = await runSkopos({ config: file }, dir);
  return { running, image: `${server.host}/shop/cart:1` };
}

interface Answer extends Readonly<Record<string, unknown>> {
  readonly detail: string;
  readonly state: string;
}

async function send({ url }: Running, path: string, body?: unknown) {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const reply = await fetch(`${url}${path}`, init);
  const json = (await reply.json()) as Answer;
  return { status: reply.status, type: reply.headers.get('content-type'), json };
}

async function ended(running: Running, id: string): Promise<Answer> {
  return await vi.waitFor(async () => {
    const { json } = await send(running, `/v1/scanStatus/${id}`);
    expect(['succeeded', 'failed']).toContain(json.state);
    return json;
  }, patience);
}

it('scans an image that Kubevuln would, as a job of the same id, and tells how it goes', async () => {
  const { running, image } = await start();
  expect(await send(running, '/v1/liveness')).toMatchObject({
    status: 200,
    type: 'application/problem+json',
    json: { title: 'OK' },
  });
  expect((await send(running, '/v1/readiness')).status).toBe(200);
  const wlid = 'wlid://cluster-c/namespace-shop/deployment-cart';
  const command = { imageTag: image, wlid, containerName: 'main', JobID: 'job-1', isScanned: false };
  expect((await send(running, '/v1/scanImage', command)).json).toEqual({
    detail: `Wlid=${wlid}, ImageHash=${image}`,
    status: 200,
    title: 'OK',
  });
  expect(await ended(running, 'job-1')).toMatchObject({
    ...{ jobID: 'job-1', endpoint: 'scanCVE', state: 'succeeded', phase: 'completed' },
    finishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const job = await running.api<JobDetailJson>('jobs/job-1');
  expect(job).toMatchObject({
    ...{ kind: 'images', command: 'scanCVE', origin: 'command', state: 'done' },
    result: { images: 1, vulnerabilities: { critical: 1 }, fixable: 1 },
  });
});

it('makes SBOMs, scans images of registries, says plainly that it knows no profiles, and refuses what names no image', async () => {
  const { running, image } = await start();
  await send(running, '/v1/generateSBOM', { imageTag: image, jobID: 'sbom' });
  await send(running, '/v1/scanRegistryImage', { imageTag: image, jobID: 'registry', parentJobID: 'p' });
  const args = { name: 'cart', namespace: 'shop' };
  expect((await send(running, '/v1/scanApplicationProfile', { jobID: 'profile', args })).status).toBe(200);
  expect(await ended(running, 'sbom')).toMatchObject({ endpoint: 'generateSBOM', state: 'succeeded' });
  expect(await ended(running, 'registry')).toMatchObject({ endpoint: 'scanRegistry', state: 'succeeded' });
  expect(await ended(running, 'profile')).toMatchObject({
    state: 'failed',
    reason: expect.stringContaining('no profiles'),
  });
  expect((await running.api<JobDetailJson>('jobs/registry')).parentId).toBe('p');

  const refused = await send(running, '/v1/scanImage', { wlid: 'wlid://cluster-c' });
  expect(refused).toMatchObject({ status: 400, json: { title: 'Bad Request' } });
  expect(refused.json.detail).toContain('imageTag');
  expect((await send(running, '/v1/scanApplicationProfile', {})).status).toBe(400);
  expect(await send(running, '/v1/scanStatus/none')).toMatchObject({
    status: 404,
    json: { detail: 'jobID=none' },
  });
});

it('says 503 when too many wait, and does nothing of it', async () => {
  const { running, image } = await start(() => true, 'operator: { max_queued_jobs: 1 }\n');
  const answers = [];
  // Two run, one waits.
  for (let i = 0; i < 4; i++)
    answers.push(await send(running, '/v1/scanImage', { imageTag: image, jobID: `job-${i}` }));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 503]);
  expect(answers[3]?.json.detail).toContain('operator.max_queued_jobs');
  expect((await send(running, '/v1/scanStatus/job-3')).status).toBe(404);
});

it('logs in with what comes with a command, and keeps it nowhere', async () => {
  const password = 'a-secret-of-the-command';
  const wanted = `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`;
  const { running, image } = await start((request, response) => {
    if (request.headers.authorization === wanted) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
    return true;
  });
  const credentialsList = [{ Username: 'robot', password }];
  await send(running, '/v1/scanImage', { imageTag: image, jobID: 'with', credentialsList });
  expect(await ended(running, 'with')).toMatchObject({ state: 'succeeded' });
  expect(JSON.stringify(await running.api('jobs/with'))).not.toContain(password);
  await send(running, '/v1/scanRegistryImage', {
    imageTag: 'another.test/x:1',
    jobID: 'else',
    credentialsList,
  });
  expect(JSON.stringify(await ended(running, 'else'))).not.toContain(password);
});

it('is not ready without vulnerability data', async () => {
  const { folder, data, dir, write } = workshop();
  const file = write('skopos.yaml', `source: { folder: ${folder} }\ndata: ${data}\nimages: { scan: true }\n`);
  const running = await runSkopos({ config: file }, dir);
  expect(await send(running, '/v1/readiness')).toMatchObject({
    status: 503,
    json: { detail: 'there is no vulnerability data yet' },
  });
});
