import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobDetailJson, ScheduleJson, SchedulesJson } from '../../src/api/skopos/operator-contract.ts';
import { scheduleRules, settingsRules } from '../../src/operator/permissions.ts';
import { type Running, runSkopos, workshop } from '../support/run-skopos.ts';
import { binaries, KubeCluster, type User } from './support/kube-cluster.ts';

const { folder, missing } = binaries();
const granted: User = { name: 'granted', groups: [] };
const bare: User = { name: 'bare', groups: [] };
const namespace = 'skopos';
const cronJobs = `/apis/batch/v1/namespaces/${namespace}/cronjobs`;
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;

/** A CronJob as Kubescape's chart makes them. */
function chartsCronJob(name: string, body: string, labels: object) {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace, labels },
    spec: {
      schedule: '0 8 * * *',
      jobTemplate: {
        spec: {
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: 'Never',
              automountServiceAccountToken: false,
              containers: [
                {
                  name: 'request',
                  image: 'quay.io/kubescape/http-request:v0.2.13',
                  args: ['-method=post', '-host=operator:4002', '-path=v1/triggerAction'],
                  volumeMounts: [{ name: 'request-body-volume', mountPath: '/home/ks', readOnly: true }],
                },
              ],
              volumes: [{ name: 'request-body-volume', configMap: { name: body } }],
            },
          },
        },
      },
    },
  };
}

describe.skipIf(missing !== '')(`the operator at a real API server${missing}`, () => {
  let cluster: KubeCluster;

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder, { users: [granted, bare] });
    await cluster.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const read = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }];
    await cluster.request('POST', `${rbac}/clusterroles`, { metadata: { name: 'reader' }, rules: read });
    const role = { metadata: { name: 'operator' }, rules: [...scheduleRules, ...settingsRules] };
    await cluster.request('POST', `${rbac}/namespaces/${namespace}/roles`, role);
    const subject = ({ name }: User) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
    await cluster.request('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'readers' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [subject(granted), subject(bare)],
    });
    await cluster.request('POST', `${rbac}/namespaces/${namespace}/rolebindings`, {
      metadata: { name: 'operator' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'operator' },
      subjects: [subject(granted)],
    });
  });
  afterAll(async () => await cluster?.close());

  async function run(user: User, more = ''): Promise<Running> {
    const { dir, data, write } = workshop();
    const file = write(
      'skopos.yaml',
      `source: { kubeconfig: ${cluster.kubeconfig(user)} }\ndata: ${data}\noperator:\n  namespace: ${namespace}\n  image: registry.test/skopos:1\n  token_secret: { name: skopos-token }\n${more}`,
    );
    return await runSkopos({ config: file }, dir);
  }

  async function trigger(running: Running, body: unknown): Promise<JobDetailJson> {
    const reply = await fetch(`${running.url}/v1/triggerAction`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(reply.status).toBe(200);
    const id = reply.headers.get('x-skopos-job-ids') ?? '';
    return await vi.waitFor(
      async () => {
        const job = await running.api<JobDetailJson>(`jobs/${id}`);
        expect(['done', 'failed']).toContain(job.state);
        return job;
      },
      { timeout: 60_000, interval: 100 },
    );
  }

  interface Made {
    readonly metadata: {
      readonly labels: object;
      readonly annotations: object;
      readonly ownerReferences?: unknown;
    };
    readonly spec: {
      readonly schedule: string;
      readonly suspend?: boolean;
      readonly timeZone?: string;
      readonly jobTemplate: {
        readonly spec: {
          readonly template: {
            readonly metadata: { readonly annotations: object };
            readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
          };
        };
      };
    };
    readonly data: Readonly<Record<string, string>>;
  }
  const get = async (path: string) => await cluster.request<Made>('GET', path);
  const status = async (path: string) =>
    await cluster.request('GET', path).then(
      () => 200,
      (error: Error) => Number(/: (\d+) /.exec(error.message)?.[1]),
    );

  it('makes a CronJob and its ConfigMap by a command, changes and deletes them, with the rights that it asks for', async () => {
    const running = await run(granted);
    const set = await trigger(running, {
      commands: [
        {
          commandName: 'setKubescapeCronJob',
          jobTracking: { jobID: 'job-set' },
          args: {
            kubescapeJobParams: { name: 'daily', cronTabSchedule: '5 4 * * *' },
            scanV1: { targetType: 'framework', targetNames: ['NSA'] },
          },
        },
      ],
    });
    expect(set).toMatchObject({ state: 'done', reason: '', result: { schedules: ['daily'] } });
    const cronJob = await get(`${cronJobs}/daily`);
    expect(cronJob.metadata.labels).toMatchObject({ app: 'daily', 'armo.tier': 'kubescape-scan' });
    expect(cronJob.spec).toMatchObject({ schedule: '5 4 * * *', concurrencyPolicy: 'Forbid' });
    const { template } = cronJob.spec.jobTemplate.spec;
    expect(template.metadata.annotations).toMatchObject({
      'app.kubescape/job-id': 'job-set',
      'armo.jobid': 'job-set',
      'armo.framework': 'NSA',
    });
    expect(template.spec.containers[0]?.args).toContain('trigger');
    const configMap = await get(`${configMaps}/daily`);
    expect(configMap.metadata.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'daily' }]);

    // The pod sends what is in the ConfigMap; there is no kubelet here that would run it.
    const ran = await trigger(running, JSON.parse(configMap.data['request-body.json'] ?? ''));
    expect(ran).toMatchObject({ state: 'done', schedule: 'daily', title: 'Scan of the cluster by NSA' });

    const updated = await trigger(running, {
      commands: [
        {
          commandName: 'updateKubescapeCronJob',
          jobTracking: { jobID: 'job-update' },
          args: { kubescapeJobParams: { name: 'daily', cronTabSchedule: '6 6 * * *' } },
        },
      ],
    });
    expect(updated.reason).toBe('');
    const changed = await get(`${cronJobs}/daily`);
    expect(changed.spec.schedule).toBe('6 6 * * *');
    expect(changed.spec.jobTemplate.spec.template.metadata.annotations).toMatchObject({
      'app.kubescape/update-job-id': 'job-update',
    });
    expect((await running.api<SchedulesJson>('schedules')).items).toMatchObject([
      { name: 'daily', cron: '6 6 * * *', runBy: 'cronjob', madeBy: 'skopos', lastRun: { id: ran.id } },
    ]);
    const gone = await trigger(running, {
      commands: [{ commandName: 'deleteKubescapeCronJob', args: { kubescapeJobParams: { name: 'daily' } } }],
    });
    expect(gone.reason).toBe('');
    expect([await status(`${cronJobs}/daily`), await status(`${configMaps}/daily`)]).toEqual([404, 404]);
    const again = await trigger(running, {
      commands: [{ commandName: 'deleteKubescapeCronJob', args: { kubescapeJobParams: { name: 'daily' } } }],
    });
    expect(again).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('no recurring scan "daily"'),
    });
  });

  it("makes CronJobs of the cluster's own templates, of all three kinds", async () => {
    const running = await run(granted);
    const template = JSON.stringify(chartsCronJob('template', 'template', { tier: 'ks-control-plane' }));
    const templates = ['kubescape', 'kubevuln', 'registry-scan'].map((name) => `${name}-cronjob-template`);
    for (const name of templates)
      await cluster.request('POST', configMaps, { metadata: { name }, data: { cronjobTemplate: template } });
    const made = [];
    for (const wish of [
      { name: 'of-posture', kind: 'posture', timeZone: 'Europe/Berlin' },
      { name: 'of-images', kind: 'images', namespaces: ['shop'] },
      { name: 'of-registry', kind: 'registry', registry: { registryName: 'registry.test/team' } },
    ])
      made.push(await running.api<ScheduleJson>('schedules', wish));
    expect(made.map(({ kind, about }) => `${kind}: ${about}`)).toEqual([
      'posture: the cluster',
      'images: the images of namespace shop',
      'registry: the registry registry.test/team',
    ]);
    const [posture, images, registry] = await Promise.all(made.map(({ name }) => get(`${cronJobs}/${name}`)));
    expect(posture?.spec.timeZone).toBe('Europe/Berlin');
    expect(posture?.spec.jobTemplate.spec.template.spec.containers[0]?.args).toContain('-host=operator:4002');
    expect(images?.metadata.labels).toMatchObject({ tier: 'ks-control-plane', 'armo.tier': 'vuln-scan' });
    expect(registry?.metadata.annotations).toMatchObject({ 'armo.cloud/registryname': 'registry.test/team' });
    for (const name of [...made.map((one) => one.name)])
      await cluster.request('DELETE', `${cronJobs}/${name}`);
    for (const name of [...templates, ...made.map((one) => one.name)])
      await cluster.request('DELETE', `${configMaps}/${name}`).catch(() => undefined);
  });

  it('takes over what Kubescape made', async () => {
    const body = '{"commands":[{"CommandName":"kubescapeScan","args":{"scanV1":{}}}]}';
    await cluster.request('POST', configMaps, {
      metadata: { name: 'ks-body' },
      data: { 'request-body.json': body },
    });
    await cluster.request(
      'POST',
      cronJobs,
      chartsCronJob('kubescape-scheduler', 'ks-body', { 'armo.tier': 'kubescape-scan' }),
    );
    const running = await run(granted);
    const list = await running.api<SchedulesJson>('schedules');
    expect(list).toMatchObject({ keeper: 'cronjobs', problem: '' });
    expect(list.items).toMatchObject([
      {
        name: 'kubescape-scheduler',
        kind: 'posture',
        cron: '0 8 * * *',
        madeBy: 'kubescape',
        about: 'the cluster',
        problem: '',
      },
    ]);
    const ran = await trigger(running, JSON.parse(body));
    expect(ran).toMatchObject({ state: 'done', schedule: 'kubescape-scheduler' });
    const reply = await fetch(`${running.url}/api/skopos/v1/schedules/kubescape-scheduler`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ isPaused: true }),
    });
    expect(reply.status).toBe(200);
    expect((await get(`${cronJobs}/kubescape-scheduler`)).spec.suspend).toBe(true);
    await cluster.request('DELETE', `${cronJobs}/kubescape-scheduler`);
  });

  it('keeps recurring scans itself where there are no rights to CronJobs, and says why', async () => {
    const running = await run(bare);
    const made = await running.api<ScheduleJson>('schedules', { name: 'own', kind: 'posture' });
    expect(made.runBy).toBe('skopos');
    const { keeper, problem } = await running.api<SchedulesJson>('schedules');
    expect([keeper, problem]).toEqual(['built-in', expect.stringContaining('create cronjobs')]);
    const strict = await run(bare, '  schedules: cronjobs\n');
    await expect(strict.api('schedules', { kind: 'posture' })).rejects.toThrow(/create cronjobs/);
  });

  it('honours what the ConfigMap of URLs says, while it says it', async () => {
    const settings = (more: object) => ({
      metadata: { name: 'ks-cloud-config' },
      data: { clusterData: JSON.stringify({ clusterName: 'prod', kubescapeURL: 'kubescape:8080', ...more }) },
    });
    await cluster.request('POST', configMaps, settings({ postureScanEnabled: false }));
    const running = await run(granted);
    const scan = { commands: [{ commandName: 'kubescapeScan' }] };
    await vi.waitFor(
      async () =>
        expect((await running.api<{ configMap: object }>('operator')).configMap).toMatchObject({
          isThere: true,
        }),
      {
        timeout: 30_000,
        interval: 100,
      },
    );
    expect(await trigger(running, scan)).toMatchObject({
      state: 'failed',
      reason: 'postureScanEnabled is false in the ConfigMap ks-cloud-config',
    });
    await cluster.request('PUT', `${configMaps}/ks-cloud-config`, settings({ postureScanEnabled: true }));
    await vi.waitFor(async () => expect((await trigger(running, scan)).state).toBe('done'), {
      timeout: 90_000,
      interval: 1000,
    });
  });
});
