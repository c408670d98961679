import { expect, it, vi } from 'vitest';
import { type Running, runSkopos, workshop } from '../../../test/support/run-skopos.ts';
import { openApiDocument, operations } from '../../api/skopos/openapi.ts';
import type {
  JobDetailJson,
  JobJson,
  JobsJson,
  ScheduleJson,
  SchedulesJson,
} from '../../api/skopos/operator-contract.ts';
import type { ImageScanner } from '../../operator/image-scanner.ts';
import { version } from '../version.ts';

async function shop(config = ''): Promise<Running> {
  const { folder, data, dir, write } = workshop();
  const file = write('skopos.yaml', `source: { folder: ${folder} }\ndata: ${data}\n${config}`);
  return await runSkopos({ config: file }, dir);
}

async function send(
  { url }: Running,
  path: string,
  body?: unknown,
  init: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  return await fetch(`${url}${path}`, {
    method: init.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

async function ended(running: Running, id: string): Promise<JobDetailJson> {
  return await vi.waitFor(
    async () => {
      const job = await running.api<JobDetailJson>(`jobs/${id}`);
      expect(['done', 'failed', 'cancelled']).toContain(job.state);
      return job;
    },
    { timeout: 60_000, interval: 50 },
  );
}

interface ScanAnswer {
  readonly id: string;
  readonly response: {
    readonly resources: readonly { readonly object: { readonly metadata: { readonly namespace: string } } }[];
  };
}

/** Sends commands; the ids of their jobs. */
async function trigger(running: Running, ...commands: unknown[]): Promise<string[]> {
  const reply = await send(running, '/v1/triggerAction', { commands });
  expect([reply.status, await reply.text()]).toEqual([200, 'ok']);
  return reply.headers.get('x-skopos-job-ids')?.split(',') ?? [];
}

it('scans the cluster by the body that charts ship, and says how it stands', async () => {
  const running = await shop();
  const [id = ''] = await trigger(running, { CommandName: 'kubescapeScan', args: { scanV1: {} } });
  const job = await ended(running, id);
  const objects = running.embedded.inventory.size;
  expect(job).toMatchObject({
    state: 'done',
    command: 'kubescapeScan',
    title: 'Scan of the cluster',
    origin: 'command',
    result: { type: 'posture', objects, corrected: 0, frameworks: [{ name: 'NSA' }] },
  });
  const score = (await running.metric('kubescape_score'))[''];
  expect(Math.floor(job.result?.type === 'posture' ? job.result.score : -1)).toBe(score);
  const rows = running.embedded.ledger.query({ cause: id });
  expect(rows.map(({ decision }) => decision)).toEqual(['job queued', 'job running', 'job done']);
  expect(await running.metric('skopos_jobs_total')).toMatchObject({ '{kind="posture",state="done"}': 1 });
});

it('scans one namespace, one workload, one framework or one control alone', async () => {
  const running = await shop();
  const results = await Promise.all(
    [
      { includeNamespaces: ['shop'] },
      {
        scanObject: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'cart', namespace: 'shop' },
        },
      },
      { targetType: 'control', targetNames: ['C-0057'] },
      { targetType: 'framework', targetNames: ['nsa', 'MITRE'] },
    ].map(async (scanV1) => {
      const [id = ''] = await trigger(running, { commandName: 'kubescapeScan', args: { scanV1 } });
      return await ended(running, id);
    }),
  );
  expect(results.map(({ state, reason }) => ({ state, reason }))).toEqual(
    results.map(() => ({ state: 'done', reason: '' })),
  );
  const [namespace, workload, control, framework] = results.map(({ result }) =>
    result?.type === 'posture' ? result : undefined,
  );
  expect(workload?.objects).toBe(1);
  expect(namespace?.objects).toBeGreaterThan(1);
  expect(namespace?.objects).toBeLessThan(running.embedded.inventory.size);
  const sum = (of: Readonly<Record<string, number>> | undefined) =>
    Object.values(of ?? {}).reduce((all, one) => all + one, 0);
  expect(sum(control?.controls)).toBe(1);
  expect(sum(control?.verdicts)).toBeLessThan(sum(framework?.verdicts));
  expect(framework?.warnings.join()).toContain('"MITRE" is not judged here');
});

it('tells why a command cannot be done, and does the others', async () => {
  const running = await shop();
  const ids = await trigger(
    running,
    { commandName: 'scan', designators: [{ designatorType: 'Attributes', attributes: {} }] },
    { commandName: 'scanApplicationProfile' },
    { commandName: 'launchRockets' },
    { commandName: 'kubescapeScan', args: { scanV1: { targetNames: ['NSA'] } } },
    { commandName: 'kubescapeScan', wlid: 'wlid://cluster-shop/namespace-shop/deployment-cart' },
  );
  const jobs = await Promise.all(ids.map((id) => ended(running, id)));
  expect(jobs.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
    expect.stringMatching(/^failed .*scans no images/),
    expect.stringMatching(/^failed application profiles are learned/),
    'failed there is no command "launchRockets"',
    expect.stringMatching(/^failed targetType: /),
    'done ',
  ]);
});

it('takes the same request again as the same job', async () => {
  const running = await shop();
  const commands = [
    { commandName: 'kubescapeScan', jobTracking: { jobID: 'once', parentAction: 'far-away' } },
  ];
  const headers = { accept: 'application/json' };
  const replies: unknown[] = [];
  for (let i = 0; i < 3; i++)
    replies.push(await (await send(running, '/v1/triggerAction', { commands }, { headers })).json());
  expect(replies).toMatchObject(
    [true, false, false].map((isNew) => ({ jobs: [{ jobID: 'once', parentID: 'far-away', isNew }] })),
  );
  const keyed = { headers: { 'idempotency-key': 'again' } };
  const first = await send(running, '/api/skopos/v1/jobs', { kind: 'posture' }, keyed);
  const second = await send(running, '/api/skopos/v1/jobs', { kind: 'posture' }, keyed);
  expect([first.status, second.status]).toEqual([202, 200]);
  expect((await running.api<JobsJson>('jobs')).total).toBe(2);
});

it('refuses bodies and methods as Kubescape does', async () => {
  const running = await shop();
  const path = '/v1/triggerAction';
  const bad = await Promise.all([
    send(running, path, '{'),
    send(running, path, { commands: [] }),
    send(running, path, { commands: [{}] }),
    send(running, path, undefined, { method: 'GET' }),
    send(running, '/v1/scan', { targetNames: 7 }),
    send(running, '/v1/scan', { targetType: 'framework', targetNames: ['none such'] }),
    send(running, '/v1/scan', `{"format":"${'x'.repeat(1024 * 1024)}"}`),
    send(running, '/v1/results'),
    send(running, '/v1/results?id=nobody'),
  ]);
  expect(bad.map(({ status }) => status)).toEqual([400, 400, 400, 405, 400, 400, 413, 400, 204]);
  expect(await bad[4]?.json()).toMatchObject({
    type: 'error',
    response: expect.stringContaining('targetNames'),
  });
});

it('says 429 and when to come again once too many wait', async () => {
  const running = await shop('operator: { max_queued_jobs: 2 }');
  const command = { commandName: 'kubescapeScan' };
  const full = await send(running, '/v1/triggerAction', { commands: [command, command, command] });
  expect([full.status, full.headers.get('retry-after')]).toEqual([429, '30']);
  expect((await running.api<JobsJson>('jobs')).total).toBe(0);
  expect((await send(running, '/v1/triggerAction', { commands: [command, command] })).status).toBe(200);
});

it("answers scans, status and results in the words of Kubescape's scanner", async () => {
  const running = await shop();
  const json = async (path: string, body?: unknown) =>
    (await (await send(running, path, body)).json()) as ScanAnswer;
  expect(await json('/v1/status')).toEqual({ type: 'notBusy' });

  const waited = await json('/v1/scan?wait=true&keep=true', { includeNamespaces: ['shop'] });
  expect(waited).toMatchObject({
    type: 'v1results',
    response: { summaryDetails: { frameworks: [{ name: 'NSA' }] } },
  });
  expect(waited.response.resources.length).toBeGreaterThan(0);
  expect(new Set(waited.response.resources.map(({ object }) => object.metadata.namespace))).toEqual(
    new Set(['shop']),
  );
  const kept = await json(`/v1/results?ID=${waited.id}&keep=true`);
  expect(kept).toEqual(waited);
  expect(await json(`/v1/results?id=${waited.id}`)).toEqual(waited);
  expect((await send(running, `/v1/results?id=${waited.id}`)).status).toBe(204);

  const started = await json('/v1/scan', {});
  expect(started).toEqual({
    id: started.id,
    type: 'busy',
    response: `scanning '${started.id}' is in progress`,
  });
  await ended(running, started.id);
  expect(await json(`/v1/status?id=${started.id}`)).toEqual({ type: 'notBusy' });
  expect((await send(running, '/v1/results?all=true', undefined, { method: 'DELETE' })).status).toBe(200);
  expect((await send(running, `/v1/results?id=${started.id}`)).status).toBe(204);
  expect([(await send(running, '/livez')).status, (await send(running, '/readyz')).status]).toEqual([
    200, 200,
  ]);
});

it('has images scanned workload by workload, as parts of the job, once there is a scanner', async () => {
  const running = await shop();
  const seen: string[] = [];
  const scanner: ImageScanner = {
    async scan({ image, workload }) {
      seen.push(`${workload?.kind} ${workload?.name} ${image}`);
      if (workload?.name === 'cart') throw new Error('the registry does not answer');
      const vulnerabilities = { critical: 1, high: 2, medium: 0, low: 0, unknown: 0 };
      return { image, digest: 'sha256:0', packages: 9, vulnerabilities, fixable: 2, warnings: [] };
    },
    async *imagesOf() {
      yield { image: 'registry.shop/a:1', platform: 'linux/amd64' };
    },
    look: () => ({
      begin: (images) => images,
      isTroubled: false,
      untilWanted: async () => {},
      tell() {},
      end() {},
    }),
    async check() {},
  };
  running.embedded.operator.useImageScanner(scanner);
  const [id = ''] = await trigger(running, { commandName: 'scan', wlid: 'wlid://cluster-shop' });
  const job = await ended(running, id);
  const parts = await running.api<JobsJson>(`jobs?parent=${id}`);
  expect(job.state).toBe('done');
  expect(parts.total).toBeGreaterThan(1);
  expect(parts.items.every(({ parentId, isPart }) => parentId === id && isPart)).toBe(true);
  expect(parts.items.filter(({ state }) => state === 'failed').map(({ title }) => title)).toEqual([
    'Scan of the images of Deployment shop/cart',
  ]);
  const scanned = seen.filter((line) => !line.startsWith('Deployment cart ')).length;
  expect(job.result).toMatchObject({
    type: 'images',
    vulnerabilities: { critical: scanned, high: 2 * scanned },
  });
  expect((await running.api<JobsJson>('jobs')).items.map((one) => one.id)).toEqual([id]);
});

it('keeps recurring scans, runs them on request, and forgets them', async () => {
  const running = await shop();
  const made = await send(running, '/api/skopos/v1/schedules', {
    ...{ name: 'nightly', kind: 'posture', cron: '30 2 * * *', timeZone: 'Europe/Berlin' },
    frameworks: ['NSA'],
  });
  expect([made.status, await made.json()]).toEqual([
    201,
    expect.objectContaining({ name: 'nightly', about: 'the cluster by NSA', runBy: 'skopos', problem: '' }),
  ]);
  const run = await running.api<{ items: JobJson[] }>('schedules/nightly/run', {});
  const job = await ended(running, run.items[0]?.id ?? '');
  expect(job).toMatchObject({ state: 'done', schedule: 'nightly', origin: 'schedule' });
  const [id = ''] = await trigger(running, {
    commandName: 'updateKubescapeCronJob',
    args: { kubescapeJobParams: { name: 'nightly', cronTabSchedule: '0 4 * * *' } },
  });
  await ended(running, id);
  const list = await running.api<SchedulesJson>('schedules');
  expect(list).toMatchObject({ keeper: 'built-in', problem: '' });
  expect(list.items).toMatchObject([
    { name: 'nightly', cron: '0 4 * * *', lastRun: { id: job.id, state: 'done' } },
  ]);
  const paused = await send(
    running,
    '/api/skopos/v1/schedules/nightly',
    { isPaused: true },
    { method: 'PATCH' },
  );
  expect((await paused.json()) as ScheduleJson).not.toHaveProperty('nextMs');
  const gone = await send(running, '/api/skopos/v1/schedules/nightly', undefined, { method: 'DELETE' });
  expect(gone.status).toBe(204);
  expect((await send(running, '/api/skopos/v1/schedules/nightly')).status).toBe(404);
});

it.each([
  [{ kind: 'posture', cron: '61 * * * *' }, /cron/],
  [{ kind: 'posture', cron: '0 0 * * * *' }, /five fields/],
  [{ kind: 'posture', cron: '0 0 31 2 *' }, /never falls due/],
  [{ kind: 'posture', cron: '@daily', timeZone: 'Mars/Olympus' }, /no time zone/],
  [{ kind: 'posture', name: 'Not A Name' }, /lower-case/],
  [{ kind: 'posture', frameworks: ['none'] }, /not judged here/],
  [{ kind: 'registry' }, /registry/],
  [{ kind: 'posture', commands: [{ commandName: 'operatorAction' }] }, /changes no workloads/],
  [{ kind: 'posture', extra: 1 }, /extra/i],
])('refuses the recurring scan %j', async (wish, why) => {
  const running = await shop();
  const reply = await send(running, '/api/skopos/v1/schedules', wish);
  expect(reply.status).toBe(400);
  expect(((await reply.json()) as { error: string }).error).toMatch(why);
});

it('describes the routes that it serves, and no others', async () => {
  const running = await shop();
  const document = (await running.api('openapi.json')) as ReturnType<typeof openApiDocument>;
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument(version))));
  for (const { method, path } of operations) {
    const reply = await send(
      running,
      path.replace(/\{\w+\}/, 'none'),
      method === 'get' || method === 'delete' ? undefined : {},
      {
        method: method.toUpperCase(),
      },
    );
    const text = await reply.text();
    expect({ path, method, isServed: !text.includes('there is nothing here') }).toEqual({
      path,
      method,
      isServed: true,
    });
  }
});
