import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { freePort } from '../../bench/support/program.ts';
import { kubeletSchema } from '../../src/config/kubelet-schema.ts';
import { addFiles, testMachine } from '../../src/exporters/container/testing.ts';
import type { KubeObject } from '../../src/model/object.ts';
import { kubeletSections } from '../../src/roles/kubelet-scrape.ts';
import { startNodeAgent } from '../support/node-agent.ts';
import { type Running, runSkopos, workshop } from '../support/run-skopos.ts';
import { folder, missing, objectsOf, ofKind, rendered, tool } from './support/chart.ts';
import { KubeCluster } from './support/kube-cluster.ts';

const patience = { timeout: 120_000, interval: 200 };
const nodes = '/api/v1/nodes';
const containerId = 'a1'.repeat(32);
const image = 'docker.io/library/nginx:1.27';

interface Daemon {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: object } };
}

describe.skipIf(missing !== '')(`nodes of a real API server${missing}`, () => {
  let cluster: KubeCluster;

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder);
    await cluster.request('POST', '/api/v1/namespaces', {
      metadata: { name: 'skopos', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    });
    await cluster.request('POST', '/api/v1/namespaces', {
      metadata: { name: 'strict', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    });
    for (const name of ['worker-1', 'worker-2'])
      await cluster.request('POST', nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  });
  afterAll(async () => await cluster?.close());

  const apply = (text: string) =>
    tool('kubectl', ['--kubeconfig', cluster.kubeconfig(), 'apply', '--validate=strict', '-f', '-'], text);

  /** What the DaemonSet's controller would make of it on a node, and what the node's kubelet would say of it. */
  async function runPod(daemon: Daemon, name: string, nodeName: string): Promise<void> {
    const { metadata, spec } = daemon.spec.template;
    await cluster.request('POST', '/api/v1/namespaces/skopos/pods', {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name, namespace: 'skopos' } },
      spec: { ...spec, nodeName },
    });
    await cluster.request('PATCH', `/api/v1/namespaces/skopos/pods/${name}/status`, {
      status: { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] },
    });
  }

  const stateOf = (running: Running, node: string) => running.embedded.host?.book.record(node);

  it("applies the chart's DaemonSet, finds its pods, asks and scrapes them, and names their containers", {
    timeout: 300_000,
  }, async () => {
    const { machine, agent, port, token } = await node('worker-1');
    onTestFinished(() => agent.stop());
    const values = { node: { enabled: true, port } };
    const text = rendered(values);
    expect(apply(text)).toMatch(/daemonset\.apps\/skopos-node created/);
    const daemon = ofKind(objectsOf(text), 'DaemonSet') as unknown as Daemon;
    // A namespace that lets no folder of the host in says so, as docs/node.md tells.
    const strict = { ...daemon.spec.template, apiVersion: 'v1', kind: 'Pod' } as unknown as KubeObject;
    expect(() =>
      apply(stringify({ ...strict, metadata: { ...strict.metadata, name: 'x', namespace: 'strict' } })),
    ).toThrow(/hostPath/);
    await runPod(daemon, 'skopos-node-a', 'worker-1');

    const running = await runSkopos({ config: settings(text, token) }, machine.folder);
    await expect.poll(() => stateOf(running, 'worker-1')?.state, patience).toBe('fresh');
    await expect
      .poll(() => stateOf(running, 'worker-2')?.problem, patience)
      .toContain('no pod of the node process');
    const up = async (query: string) => await answerOf(running, query);
    await expect.poll(() => up('up{job="node-exporter",instance="worker-1"}'), patience).toBe('1');

    // The node sees a container whose id no status has yet: its pod is known, its image as soon as the API server is told.
    const uid = await makeWeb();
    addFiles(machine.folder, podCgroup(uid));
    const rss = (image: string) =>
      up(`container_memory_rss{job="kubelet",node="worker-1",namespace="skopos",pod="web",image="${image}"}`);
    await expect.poll(() => rss(''), patience).toBe('4096');
    await startWeb();
    await expect.poll(() => rss(image), patience).toBe('4096');
    await expect.poll(() => rss(''), patience).toBeUndefined();

    // A node that joins is asked within seconds, and told as silent until then.
    await runPod(daemon, 'skopos-node-b', 'worker-2');
    await expect
      .poll(() => stateOf(running, 'worker-2')?.problem, patience)
      .toContain('may only speak for itself');
    // A node that leaves takes its pods with it.
    await cluster.request('DELETE', '/api/v1/namespaces/skopos/pods/skopos-node-b?gracePeriodSeconds=0');
    await cluster.request('DELETE', `${nodes}/worker-2`);
    await expect.poll(() => stateOf(running, 'worker-2'), patience).toBeUndefined();
  });

  it('scrapes a kubelet that asks the API server who we are and what we may', {
    timeout: 300_000,
  }, async () => {
    apply(rendered({ config: { metrics: { kubelet: true } }, fullnameOverride: 'asks' }));
    await cluster.request('POST', '/api/v1/namespaces/skopos/serviceaccounts', {
      metadata: { name: 'nobody' },
    });
    const port = await kubelet();
    await cluster.request('POST', nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-9' } });
    await cluster.request('PATCH', `${nodes}/worker-9/status`, {
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      },
    });
    for (const [account, isUp] of [
      ['asks', '1'],
      ['nobody', '0'],
    ] as const) {
      const running = await runSkopos({ config: await kubeletSettings(account) }, workshop().dir);
      for (const page of ['/metrics', '/metrics/probes', '/metrics/cadvisor'])
        await expect
          .poll(() => answerOf(running, `up{job="kubelet",node="worker-9",metrics_path="${page}"}`), patience)
          .toBe(isUp);
      expect(await answerOf(running, 'kubelet_running_pods{node="worker-9"}')).toBe(
        isUp === '1' ? '3' : undefined,
      );
      await running.stop();
    }
  });

  /** A node's process on a recorded machine. */
  async function node(name: string) {
    const machine = testMachine({
      'proc/meminfo': 'MemTotal: 4000 kB\nMemFree: 1000 kB\n',
      'proc/stat': 'cpu0 1 2 3 4 5 6 7 8 9 10\n',
      'root/etc/hostname': `${name}\n`,
      'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
      'sys/fs/cgroup/cpu.stat': 'usage_usec 9000000\n',
      'sys/fs/cgroup/memory.stat': 'anon 1\n',
    });
    const port = await freePort();
    const token = join(machine.folder, 'token');
    writeFileSync(token, 'let-me-in\n');
    const agent = await startNodeAgent({
      ...{ 'web.listen-address': `127.0.0.1:${port}`, 'token-file': token, 'node-name': name },
      ...{ 'path.procfs': machine.roots.procfs, 'path.sysfs': machine.roots.sysfs },
      'path.rootfs': machine.roots.rootfs,
    });
    return { machine, agent, port, token };
  }

  /** The chart's own settings for the node processes, for a Skopos that runs here. */
  function settings(text: string, token: string): string {
    const map = ofKind(objectsOf(text), 'ConfigMap') as unknown as { data: Record<string, string> };
    const { host } = parse(map.data['skopos.yaml'] ?? '') as { host: object };
    const here = (of: object): string => stringify(of).replaceAll('/etc/skopos/node-token/token', token);
    const { dir, write } = workshop();
    write(
      'prometheus.yml',
      here({ global: { scrape_interval: '3s' }, ...(parse(map.data['prometheus.yml'] ?? '') as object) }),
    );
    return write('skopos.yaml', settingsText(dir, here({ host: { ...host, interval: '1s' } })));
  }

  function settingsText(dir: string, more: string): string {
    return `source: { kubeconfig: ${cluster.kubeconfig()} }\ndata: ${join(dir, 'data')}\nmetrics: { prometheus_config: prometheus.yml }\n${more}`;
  }

  async function kubeletSettings(account: string): Promise<string> {
    const { status } = await cluster.request<{ status: { token: string } }>(
      'POST',
      `/api/v1/namespaces/skopos/serviceaccounts/${account}/token`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    );
    const { dir, write } = workshop();
    write('token', status.token);
    write('ca.crt', readFileSync(join(cluster.dir, 'certs/apiserver.crt'), 'utf8'));
    const kubeletOf = kubeletSchema.parse({ interval: '3s' });
    if (kubeletOf === undefined) throw new Error('no settings of kubelets');
    write('prometheus.yml', stringify({ scrape_configs: kubeletSections(kubeletOf, dir) }));
    return write('skopos.yaml', settingsText(dir, ''));
  }

  /** @returns its uid */
  async function makeWeb(): Promise<string> {
    const { metadata } = await cluster.request<KubeObject>('POST', '/api/v1/namespaces/skopos/pods', {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } },
      spec: { nodeName: 'worker-1', containers: [{ name: 'main', image }] },
    });
    return metadata.uid ?? '';
  }

  async function startWeb(): Promise<void> {
    const told = { name: 'main', image, imageID: '', ready: true, restartCount: 0 };
    await cluster.request('PATCH', '/api/v1/namespaces/skopos/pods/web/status', {
      status: {
        phase: 'Running',
        containerStatuses: [{ ...told, containerID: `containerd://${containerId}` }],
      },
    });
  }

  function podCgroup(uid: string): Record<string, string> {
    const scope = `sys/fs/cgroup/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${containerId}.scope`;
    return { [`${scope}/cpu.stat`]: 'usage_usec 1\n', [`${scope}/memory.stat`]: 'anon 4096\n' };
  }

  /**
   * A server that lets in whom a kubelet would: it has the API server review the token, and whether who has it may `get` `nodes/metrics`.
   *
   * Source: https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
   */
  async function kubelet(): Promise<number> {
    const file = (name: string) => readFileSync(join(cluster.dir, 'certs', name));
    const server = createServer(
      { cert: file('apiserver.crt'), key: file('apiserver.key') },
      async (request, reply) => {
        const status = await reviewed(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
        reply.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' });
        reply.end(status === 200 ? 'kubelet_running_pods 3\n' : '');
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  async function reviewed(token: string): Promise<number> {
    const { status } = await cluster.request<{
      status: { authenticated?: boolean; user?: { username: string; groups: readonly string[] } };
    }>('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } },
    });
    if (status.authenticated !== true) return 401;
    const { username: user, groups } = status.user ?? {};
    const review = await cluster.request<{ status: { allowed: boolean } }>(
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' },
        spec: {
          ...{ user, groups },
          resourceAttributes: { verb: 'get', resource: 'nodes', subresource: 'metrics', name: 'worker-9' },
        },
      },
    );
    return review.status.allowed ? 200 : 403;
  }

  /** What an instant query tells of its first series. */
  async function answerOf({ url }: Running, query: string): Promise<string | undefined> {
    const reply = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await reply.json()) as { data?: { result: readonly { value: [number, string] }[] } };
    return data?.result[0]?.value[1];
  }
});
