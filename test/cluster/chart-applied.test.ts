import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { systemClock } from '../../src/kit/clock.ts';
import type { KubeAccess } from '../../src/kube/access.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { kubeLeases } from '../../src/kube/lease.ts';
import { LeaseElector } from '../../src/kube/lease-elector.ts';
import { LeaseMembers } from '../../src/kube/lease-members.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { checkPermissions } from '../../src/roles/doctor/permission-check.ts';
import { replicasProbe } from '../../src/roles/doctor/replicas-probe.ts';
import { permissionsFor } from '../../src/roles/permissions.ts';
import { dir, folder, full, missing, objectsOf, ofKind, rendered, tool } from './support/chart.ts';
import { KubeCluster } from './support/kube-cluster.ts';

describe.skipIf(missing !== '')(`the chart on a real API server${missing}`, () => {
  let cluster: KubeCluster;
  const apply = (text: string, ...args: readonly string[]) =>
    tool(
      'kubectl',
      ['--kubeconfig', cluster.kubeconfig(), 'apply', '--validate=strict', ...args, '-f', '-'],
      text,
    );

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder);
    await cluster.request('POST', '/api/v1/namespaces', {
      metadata: { name: 'skopos', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    });
    await cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', serviceMonitors);
  });
  afterAll(async () => await cluster?.close());

  /** What the pod of a service account may do. */
  async function accessOf(account: string): Promise<KubeAccess> {
    const { status } = await cluster.request<{ status: { token: string } }>(
      'POST',
      `/api/v1/namespaces/skopos/serviceaccounts/${account}/token`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    );
    return {
      name: 'chart',
      server: cluster.url,
      tls: { insecure: true },
      credentials: async () => ({ authorization: `Bearer ${status.token}` }),
    };
  }

  function folderWith(config: string): string {
    const place = mkdtempSync(join(dir, 'config-'));
    writeFileSync(join(place, 'skopos.yaml'), config);
    return place;
  }

  it('is applied, with everything switched on, and its pod is let into a namespace of the standard restricted', async () => {
    const text = rendered(full);
    expect(apply(text)).toMatch(/deployment\.apps\/skopos created/);
    // Without controllers nobody makes the pod, so the test does.
    const template = (ofKind(objectsOf(text), 'Deployment') as { spec: { template: object } } | undefined)
      ?.spec.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template } as unknown as KubeObject;
    const made = stringify({ ...pod, metadata: { ...pod.metadata, name: 'skopos-0', namespace: 'skopos' } });
    expect(apply(made)).toMatch(/pod\/skopos-0 created/);
    expect(apply(rendered())).toMatch(/networkpolicy\.networking\.k8s\.io\/skopos (?:configured|unchanged)/);
  });

  it('is applied with several replicas, which elect one leader by the rights that they are given, and the doctor says who', async () => {
    const several = rendered(
      { replicas: 3, config: { replicas: { share: true } } },
      '--set',
      'fullnameOverride=many',
    );
    expect(apply(several)).toMatch(/statefulset\.apps\/many created/);
    const access = await accessOf('many');
    const client = new KubeClient(access);
    const stop = new AbortController();
    const api = kubeLeases(client, 'skopos');
    const electors = ['many-0', 'many-1', 'many-2'].map(
      (identity) => new LeaseElector({ api, lease: 'many', identity, clock: systemClock, log: silentLogger }),
    );
    const members = electors.map(
      (_one, i) =>
        new LeaseMembers({
          api,
          group: 'many',
          identity: `many-${i}`,
          clock: systemClock,
          log: silentLogger,
        }),
    );
    const running = [...electors, ...members].map((one) => one.run(stop.signal));
    try {
      const leaders = () => electors.filter((one) => one.isLeader()).length;
      await expect.poll(leaders, { timeout: 60_000 }).toBe(1);
      await expect.poll(() => members[0]?.members.length, { timeout: 60_000 }).toBe(3);
      const { replicas } = loadConfig({}, folderWith('replicas: { name: many, namespace: skopos }'));
      if (replicas === undefined) throw new Error('no replicas');
      const probe = replicasProbe({ access: { access }, clock: systemClock, replicas });
      expect(await probe.run(stop.signal)).toMatchObject([
        { state: 'ok', message: expect.stringMatching(/^many-\d leads since .*; 3 replicas$/) },
      ]);
    } finally {
      stop.abort();
      await Promise.all(running);
      await client.close();
    }
  });

  it('gives its service account all that Skopos needs, and nothing of Secrets unless a control asks for them', async () => {
    apply(rendered());
    const client = new KubeClient(await accessOf('skopos'));
    try {
      const signal = new AbortController().signal;
      const needed = permissionsFor(loadConfig({}, mkdtempSync(join(dir, 'empty-'))));
      const asked = async (permissions: typeof needed) =>
        await checkPermissions(client, { permissions, concerned: () => [] }, signal);
      await expect.poll(async () => (await asked(needed)).state, { timeout: 30_000 }).toBe('ok');
      const secrets = {
        group: '',
        resource: 'secrets',
        verbs: ['get', 'list'],
        scope: 'cluster',
        purpose: '',
      } as const;
      expect(await asked([secrets])).toMatchObject({
        state: 'fail',
        message: expect.stringContaining('system:serviceaccount:skopos:skopos'),
      });
    } finally {
      await client.close();
    }
  });
});

const serviceMonitors = parse(`
metadata: { name: servicemonitors.monitoring.coreos.com }
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: { plural: servicemonitors, kind: ServiceMonitor, singular: servicemonitor }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`) as object;
