import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { webhookConfiguration } from '../../src/admission/webhook-configuration.ts';
import type { AdmissionDecisionsJson } from '../../src/api/skopos/admission-contract.ts';
import { webhookResources } from '../../src/roles/admission-policy.ts';
import { type Running, runSkopos } from '../support/run-skopos.ts';
import { freePort } from '../support/skopos-process.ts';
import { binaries, KubeCluster } from './support/kube-cluster.ts';
import { kubectlFile } from './support/kubectl.ts';

const { folder, missing } = binaries();
const kubectl = missing === '' ? kubectlFile() : undefined;
const registrations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const patience = { timeout: 60_000, interval: 200 };

interface Registration {
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

const skip = missing !== '' || kubectl === undefined;
describe.skipIf(skip)(`the admission webhook on a real API server${missing}`, () => {
  let cluster: KubeCluster;
  let running: Running | undefined;
  let dir: string;
  let port: number;

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder);
    dir = mkdtempSync(join(tmpdir(), 'skopos-admission-'));
    for (const [name, labels] of [
      ['shop', { env: 'prod' }],
      ['lab', {}],
      ['skopos', {}],
    ] as const)
      await cluster.request('POST', '/api/v1/namespaces', { metadata: { name, labels } });
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await cluster.request('DELETE', registrations);
  });
  afterAll(async () => {
    await cluster?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const rules = [
    'rules:',
    '  - {name: production, namespaces: {matchLabels: {env: prod}}, controls: [C-0057], action: deny}',
    '  - {name: elsewhere, controls: [C-0057], action: warn}',
  ];

  /** Runs Skopos with a webhook on this port, and registers it. */
  async function start(
    more: readonly string[] = [],
    failurePolicy: 'open' | 'closed' = 'closed',
  ): Promise<Running> {
    port = await freePort();
    const url = `https://127.0.0.1:${port}`;
    const settings = [
      ...[
        `listen: 127.0.0.1:${port}`,
        `url: ${url}`,
        `failure_policy: ${failurePolicy}`,
        'timeout: 10s',
        'budget: 5s',
      ],
      ...rules,
      ...more,
    ];
    const file = join(dir, 'skopos.yaml');
    writeFileSync(
      file,
      [
        `source: {kubeconfig: ${cluster.kubeconfig()}}`,
        'admission:',
        ...settings.map((line) => `  ${line}`),
      ].join('\n'),
    );
    running = await runSkopos({ config: file, data: mkdtempSync(join(dir, 'data-')) }, dir);
    await cluster.request('POST', registrations, registrationOf(failurePolicy, url));
    await trusted();
    return running;
  }

  function registrationOf(failurePolicy: 'open' | 'closed', url: string) {
    const { controls } = running?.embedded.posture ?? { controls: [] };
    return webhookConfiguration({
      settings: {
        ...{ webhook: 'skopos', failure_policy: failurePolicy, timeout: 10_000, service: undefined, url },
        ...{ exempt_namespaces: ['kube-system'], judge_own_namespace: false },
      },
      resources: webhookResources({ controls }),
      ownNamespace: 'skopos',
    });
  }

  /** Waits until the API server knows whom to trust, and asks us. */
  async function trusted(): Promise<void> {
    await vi.waitFor(async () => {
      const { webhooks } = await cluster.request<Registration>('GET', `${registrations}/skopos`);
      expect(webhooks[0]?.clientConfig.caBundle).toBeTruthy();
    }, patience);
    await vi.waitFor(async () => {
      const { error } = await apply(pod('probe', 'shop', true), '--dry-run=server');
      expect(error).toContain('breaks a control');
    }, patience);
  }

  function pod(name: string, namespace: string, privileged: boolean, more: object = {}): object {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, ...more },
      spec: { containers: [{ name: 'web', image: 'nginx', securityContext: { privileged } }] },
    };
  }

  /** `kubectl apply`, or `create` of what has no name yet. */
  async function apply(
    object: object,
    ...flags: string[]
  ): Promise<{ code: number; said: string; error: string }> {
    const verb = JSON.stringify(object).includes('generateName') ? 'create' : 'apply';
    const child = spawn(kubectl ?? '', ['--kubeconfig', cluster.kubeconfig(), verb, '-f', '-', ...flags]);
    const out: string[] = [];
    const err: string[] = [];
    child.stdout.on('data', (piece) => out.push(String(piece)));
    child.stderr.on('data', (piece) => err.push(String(piece)));
    child.stdin.end(JSON.stringify(object));
    const code = await new Promise<number>((resolve) =>
      child.once('close', (status) => resolve(status ?? 1)),
    );
    return { code, said: out.join(''), error: err.join('') };
  }

  it('refuses, warns and lets pass, and says why', async () => {
    const { api } = await start();
    const refused = await apply(pod('bad', 'shop', true));
    expect(refused.code).toBe(1);
    expect(refused.error).toContain('admission webhook "admission.skopos.dev" denied the request');
    expect(refused.error).toContain('C-0057');
    expect(refused.error).toContain('spec.containers[0].securityContext.privileged');
    expect(refused.error).toContain('fix: remove spec.containers[0].securityContext.privileged');

    const warned = await apply(pod('bad', 'lab', true));
    expect(warned.code).toBe(0);
    expect(warned.error).toContain('Warning: C-0057');
    expect(await apply(pod('good', 'shop', false))).toMatchObject({ code: 0, error: '' });

    const unnamed = await apply(pod('', 'shop', true, { name: undefined, generateName: 'job-' }));
    expect(unnamed.error).toContain('Pod shop/job-');
    // A deployment is refused itself; what a controller makes of one is not.
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx', securityContext: { privileged: true } }] },
        },
      },
    };
    expect((await apply(deployment)).error).toContain('Deployment shop/web breaks a control');
    // What is bad already may be changed, as long as it does not get worse; and deleted.
    await cluster.request('PATCH', '/api/v1/namespaces/lab', { metadata: { labels: { env: 'prod' } } });
    await vi.waitFor(async () => {
      const { error, code } = await apply(pod('bad', 'lab', true, { labels: { a: String(Date.now()) } }));
      expect(code).toBe(0);
      expect(error).toContain('as before: spec.containers[0]');
    }, patience);
    await cluster.request('DELETE', '/api/v1/namespaces/lab/pods/bad?gracePeriodSeconds=0');

    const { decisions } = await api<AdmissionDecisionsJson>('admission/decisions');
    const found = decisions.find(
      ({ object, dryRun }) => object.name === 'bad' && !dryRun && object.namespace === 'shop',
    );
    expect(found).toMatchObject({ outcome: 'denied', user: 'admin', operation: 'CREATE' });
    const { items } = await api<{ items: { hop: string; decision: string }[] }>('ledger?limit=500');
    expect(items.some(({ hop, decision }) => hop === 'admission' && decision === 'denied')).toBe(true);
  });

  it('lets others through, or not, while it is away, as was chosen; never its own namespace', async () => {
    await start([], 'closed');
    await running?.stop();
    running = undefined;
    const closed = await apply(pod('while-away', 'shop', false));
    expect(closed.code).toBe(1);
    expect(closed.error).toContain('failed calling webhook');
    expect((await apply(pod('skopos', 'skopos', false))).code).toBe(0);
    expect((await apply(pod('system', 'kube-system', true))).code).toBe(0);
    await cluster.request(
      'PATCH',
      `${registrations}/skopos`,
      registrationOf('open', `https://127.0.0.1:${port}`),
    );
    await vi.waitFor(async () => {
      expect((await apply(pod('while-away', 'shop', true))).code).toBe(0);
    }, patience);
    await cluster.request('DELETE', '/api/v1/namespaces/shop/pods/while-away?gracePeriodSeconds=0');
  });

  it('loses no request while certificates and authorities are replaced under load', async () => {
    // Certificates of seconds: they are made anew all the time, authorities some times.
    const certificates = 'certificates: {validity: 9s, ca_validity: 18s, settle: 3s, look_every: 500ms}';
    await start([certificates]);
    const bundles = new Set<string>();
    const failures: string[] = [];
    let requests = 0;
    const untilMs = Date.now() + 22_000;
    const worker = async (id: number): Promise<void> => {
      while (Date.now() < untilMs) {
        const name = `load-${id}-${requests++}`;
        const answer = await cluster
          .request('POST', '/api/v1/namespaces/shop/pods?dryRun=All', pod(name, 'shop', true))
          .then(() => 'allowed', String);
        if (!answer.includes('breaks a control')) failures.push(answer);
      }
    };
    const look = async (): Promise<void> => {
      while (Date.now() < untilMs) {
        const { webhooks } = await cluster.request<Registration>('GET', `${registrations}/skopos`);
        bundles.add(webhooks[0]?.clientConfig.caBundle ?? '');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    };
    await Promise.all([look(), ...[0, 1, 2, 3].map(worker)]);
    expect(failures).toEqual([]);
    expect(bundles.size).toBeGreaterThanOrEqual(3);
    expect(requests).toBeGreaterThan(100);
  });
});
