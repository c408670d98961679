import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../kit/clock.ts';
import { createLogger } from '../log/logger.ts';
import type { KubeObject, ObjectRef } from '../model/object.ts';
import { refOf } from '../model/object.ts';
import { dnsSdSchema } from './config/dns-sd-config.ts';
import { fileSdSchema } from './config/file-sd-config.ts';
import { httpSdSchema } from './config/http-sd-config.ts';
import { kubernetesSdSchema } from './config/kubernetes-sd-config.ts';
import { Discovery, type DiscoveryOptions, type DiscoverySection } from './discovery.ts';
import type { Resolver } from './kinds/dns-kind.ts';
import type { ClusterObjects } from './kubernetes/kubernetes-kind.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const nothing: DiscoverySection = {
  static_configs: [],
  file_sd_configs: [],
  http_sd_configs: [],
  dns_sd_configs: [],
  kubernetes_sd_configs: [],
};

function discovering(section: Partial<DiscoverySection>, options: Partial<DiscoveryOptions> = {}) {
  const discovery = new Discovery({
    clock: systemClock,
    log: createLogger('silent'),
    coalesceMs: 10,
    ...options,
  });
  discovery.load(new Map([['job', { ...nothing, ...section }]]));
  const stop = new AbortController();
  const running = discovery.run(stop.signal);
  closing.push(async () => {
    stop.abort();
    await running;
  });
  const targets = () =>
    discovery
      .groups('job')
      .flatMap(({ labels, targets: all }) => all.map((target) => ({ ...labels, ...target })));
  return { discovery, targets };
}

async function until(check: () => boolean): Promise<void> {
  const endMs = Date.now() + 5000;
  while (!check()) {
    if (Date.now() > endMs) throw new Error('it did not come to that in 5 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('finds targets that are written down, and tells of them', async () => {
  const told: string[] = [];
  const { discovery, targets } = discovering({
    static_configs: [{ targets: ['a:1', 'b:2'], labels: { team: 'x' } }],
  });
  discovery.subscribe((name) => told.push(name));
  await until(() => told.includes('job') && targets().length === 2);
  expect(targets()[0]).toEqual({ __address__: 'a:1', team: 'x' });
  discovery.load(new Map([['job', nothing]]));
  expect(targets()).toEqual([]);
});

it('follows files, and keeps what a file said last while it is no good', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skopos-sd-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.json');
  const write = (text: string): void => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  write('[{"targets": ["a:1"]}]');
  const { targets, discovery } = discovering({
    file_sd_configs: [fileSdSchema.parse({ files: [join(folder, '*.json')], refresh_interval: '1s' })],
  });
  await until(() => targets().length === 1);
  expect(targets()[0]).toEqual({ __address__: 'a:1', __meta_filepath: file });
  write('[{"targets": ["a:1", "b:1"]}]');
  await until(() => targets().length === 2);
  write('[{');
  await until(() => discovery.status()[0]?.problem !== '');
  expect(targets()).toHaveLength(2);
  rmSync(file);
  await until(() => targets().length === 0);
});

it('asks a URL, and keeps what it said while it fails', async () => {
  let status = 200;
  const server = createServer((_request, reply) => {
    reply.writeHead(status, { 'content-type': 'application/json' });
    reply.end('[{"targets": ["a:1"], "labels": {"x": "y"}}]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sd`;
  const { targets, discovery } = discovering({
    http_sd_configs: [httpSdSchema.parse({ url, refresh_interval: '1s' })],
  });
  await until(() => targets().length === 1);
  expect(targets()[0]).toEqual({ __address__: 'a:1', x: 'y', __meta_url: url });
  status = 500;
  await until(() => /HTTP status 500/.test(discovery.status()[0]?.problem ?? ''));
  expect(targets()).toHaveLength(1);
});

it('looks names up', async () => {
  const resolver = {
    resolveSrv: async () => [{ name: 'h.example', port: 9100, priority: 0, weight: 0 }],
    resolve6: async () => ['fd00::1'],
  } as unknown as Resolver;
  const { targets } = discovering(
    {
      dns_sd_configs: [
        dnsSdSchema.parse({ names: ['_m._tcp.example'] }),
        dnsSdSchema.parse({ names: ['six.example'], type: 'AAAA', port: 80 }),
      ],
    },
    { resolver },
  );
  await until(() => targets().length === 2);
  expect(targets()).toContainEqual({
    __address__: 'h.example:9100',
    __meta_dns_name: '_m._tcp.example',
    __meta_dns_srv_record_target: 'h.example.',
    __meta_dns_srv_record_port: '9100',
  });
  expect(targets()).toContainEqual({ __address__: '[fd00::1]:80', __meta_dns_name: 'six.example' });
});

class Objects implements ClusterObjects {
  readonly #all = new Map<string, KubeObject>();
  readonly #listeners = new Set<(changes: readonly { readonly ref: ObjectRef }[]) => void>();

  put(object: KubeObject): void {
    const ref = refOf(object);
    this.#all.set(`${ref.kind}/${ref.namespace}/${ref.name}`, object);
    for (const listener of this.#listeners) listener([{ ref }]);
  }

  *each(kind: string, namespace?: string): Iterable<KubeObject> {
    for (const object of this.#all.values())
      if (object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace))
        yield object;
  }

  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#all.get(`${kind}/${namespace}/${name}`);
  }

  subscribe(listener: (changes: readonly { readonly ref: ObjectRef }[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onReady(listener: () => void): () => void {
    listener();
    return () => {};
  }
}

function pod(name: string, ready: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: 'u1',
      labels: { 'app.kubernetes.io/name': 'cart' },
      annotations: { 'prometheus.io/scrape': 'true' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'cart-1', controller: true }],
    },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'web', image: 'cart:1', ports: [{ name: 'http', containerPort: 8080 }] }],
      initContainers: [{ name: 'init', image: 'init:1' }],
    },
    status: {
      podIP: '10.0.0.5',
      hostIP: '10.0.0.1',
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready }],
      containerStatuses: [{ name: 'web', containerID: 'containerd://c1' }],
    },
  } as KubeObject;
}

const kubernetes = (config: Record<string, unknown>) => ({
  kubernetes_sd_configs: [kubernetesSdSchema.parse(config)],
});

it('finds pods by their ports with all their labels, and follows what changes', async () => {
  const objects = new Objects();
  objects.put(pod('cart-1-a', 'True'));
  objects.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'cart-1',
      namespace: 'shop',
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart', controller: true }],
    },
  });
  const { targets } = discovering(
    kubernetes({ role: 'pod', attach_metadata: { node: true, deployment: true } }),
    { objects },
  );
  await until(() => targets().length === 2);
  const meta = '__meta_kubernetes_';
  expect(targets()[0]).toEqual({
    __address__: '10.0.0.5:8080',
    [`${meta}namespace`]: 'shop',
    [`${meta}pod_name`]: 'cart-1-a',
    [`${meta}pod_ip`]: '10.0.0.5',
    [`${meta}pod_host_ip`]: '10.0.0.1',
    [`${meta}pod_phase`]: 'Running',
    [`${meta}pod_ready`]: 'true',
    [`${meta}pod_uid`]: 'u1',
    [`${meta}pod_node_name`]: 'n1',
    [`${meta}pod_controller_kind`]: 'ReplicaSet',
    [`${meta}pod_controller_name`]: 'cart-1',
    [`${meta}pod_deployment_name`]: 'cart',
    [`${meta}pod_label_app_kubernetes_io_name`]: 'cart',
    [`${meta}pod_labelpresent_app_kubernetes_io_name`]: 'true',
    [`${meta}pod_annotation_prometheus_io_scrape`]: 'true',
    [`${meta}pod_annotationpresent_prometheus_io_scrape`]: 'true',
    [`${meta}pod_container_name`]: 'web',
    [`${meta}pod_container_image`]: 'cart:1',
    [`${meta}pod_container_id`]: 'containerd://c1',
    [`${meta}pod_container_init`]: 'false',
    [`${meta}pod_container_port_name`]: 'http',
    [`${meta}pod_container_port_number`]: '8080',
    [`${meta}pod_container_port_protocol`]: 'TCP',
  });
  expect(targets()[1]).toMatchObject({ __address__: '10.0.0.5', [`${meta}pod_container_init`]: 'true' });
  objects.put(pod('cart-1-a', 'False'));
  await until(() => targets()[0]?.[`${meta}pod_ready`] === 'false');
  objects.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { zone: 'a' } } });
  await until(() => targets()[0]?.[`${meta}node_label_zone`] === 'a');
});

it('finds endpoints with their service and pods, and further ports of the pods', async () => {
  const objects = new Objects();
  objects.put(pod('cart-1-a', 'True'));
  objects.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop', labels: { a: 'b' } },
  });
  objects.put({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'cart-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'cart' } },
    addressType: 'IPv4',
    ports: [{ name: 'metrics', port: 9090, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: ['10.0.0.5'],
        conditions: { ready: true },
        nodeName: 'n1',
        targetRef: { kind: 'Pod', name: 'cart-1-a', namespace: 'shop' },
      },
    ],
  });
  const { targets } = discovering(kubernetes({ role: 'endpointslice', namespaces: { names: ['shop'] } }), {
    objects,
  });
  await until(() => targets().length === 2);
  expect(targets()[0]).toMatchObject({
    __address__: '10.0.0.5:9090',
    __meta_kubernetes_service_name: 'cart',
    __meta_kubernetes_service_label_a: 'b',
    __meta_kubernetes_endpointslice_name: 'cart-x',
    __meta_kubernetes_endpointslice_port_name: 'metrics',
    __meta_kubernetes_endpointslice_endpoint_conditions_ready: 'true',
    __meta_kubernetes_pod_name: 'cart-1-a',
  });
  expect(targets()[1]).toMatchObject({
    __address__: '10.0.0.5:8080',
    __meta_kubernetes_pod_container_port_name: 'http',
  });
});

it('finds nodes, services and ingresses, chosen by labels', async () => {
  const objects = new Objects();
  const node = (name: string, tier: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { tier } },
    status: {
      addresses: [
        { type: 'Hostname', address: name },
        { type: 'InternalIP', address: '10.0.0.1' },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    },
  });
  objects.put(node('n1', 'a'));
  objects.put(node('n2', 'b'));
  objects.put({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['*.example.org'] }],
      rules: [{ host: 'shop.example.org', http: { paths: [{ path: '/cart' }] } }],
    },
  });
  const nodes = discovering(
    kubernetes({ role: 'node', selectors: [{ role: 'node', label: 'tier in (a)' }] }),
    { objects },
  );
  await until(() => nodes.targets().length === 1);
  expect(nodes.targets()[0]).toMatchObject({
    __address__: '10.0.0.1:10250',
    instance: 'n1',
    __meta_kubernetes_node_address_Hostname: 'n1',
  });
  const ingresses = discovering(kubernetes({ role: 'ingress' }), { objects });
  await until(() => ingresses.targets().length === 1);
  expect(ingresses.targets()[0]).toMatchObject({
    __address__: 'shop.example.org',
    __meta_kubernetes_ingress_scheme: 'https',
    __meta_kubernetes_ingress_path: '/cart',
    __meta_kubernetes_ingress_class_name: 'nginx',
  });
});
