import type { KubeObject } from '../src/model/object.ts';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Of each kind in a cluster of 10,000 objects; others in proportion, and config maps fill up what is missing. */
const per10k = {
  namespaces: 40,
  nodes: 20,
  deployments: 900,
  statefulSets: 60,
  daemonSets: 20,
  cronJobs: 80,
  services: 950,
  ingresses: 150,
  networkPolicies: 160,
  serviceAccounts: 500,
  roles: 250,
  roleBindings: 300,
  clusterRoles: 110,
  clusterRoleBindings: 120,
  secrets: 400,
} as const;

/**
 * A believable cluster of `count` objects, the same for the same seed: deployments with a replica set and four pods each, daemon
 * sets with a pod on every node, jobs of cron jobs, RBAC, network policies in two of three namespaces. Objects look as the API server gives
 * them, managed fields left out: on average about 2.5 KiB of JSON, pods about 4 KiB.
 */
export function cluster(count = 10_000, seed = 1): KubeObject[] {
  const make = new Maker(seed);
  const times = (name: keyof typeof per10k) => Math.max(1, Math.round((per10k[name] * count) / 10_000));
  const objects: KubeObject[] = [];
  const add = (...more: KubeObject[]): void => void objects.push(...more);
  const namespaces = Array.from({ length: times('namespaces') }, (_, i) =>
    i === 0 ? 'default' : `team-${i}`,
  );
  const nodes = Array.from({ length: times('nodes') }, (_, i) => `node-${i + 1}`);
  for (const namespace of namespaces) add(make.namespace(namespace));
  for (const node of nodes) add(make.node(node));
  for (let i = 0; i < times('serviceAccounts'); i++)
    add(make.serviceAccount(`app-${i}`, make.pick(namespaces)));
  for (let i = 0; i < times('deployments'); i++)
    add(...make.deployment(`web-${i}`, make.pick(namespaces), nodes));
  for (let i = 0; i < times('statefulSets'); i++)
    add(...make.statefulSet(`db-${i}`, make.pick(namespaces), nodes));
  for (let i = 0; i < times('daemonSets'); i++)
    add(...make.daemonSet(`agent-${i}`, make.pick(namespaces), nodes));
  for (let i = 0; i < times('cronJobs'); i++)
    add(...make.cronJob(`report-${i}`, make.pick(namespaces), nodes));
  for (let i = 0; i < times('services'); i++) add(make.service(`web-${i}`, make.pick(namespaces)));
  for (let i = 0; i < times('ingresses'); i++) add(make.ingress(`web-${i}`, make.pick(namespaces)));
  for (let i = 0; i < times('networkPolicies'); i++) {
    add(
      make.networkPolicy(`allow-${i}`, namespaces[i % Math.ceil((namespaces.length * 2) / 3)] ?? 'default'),
    );
  }
  for (let i = 0; i < times('clusterRoles'); i++) add(make.role('ClusterRole', `cluster-role-${i}`));
  for (let i = 0; i < times('clusterRoleBindings'); i++) {
    add(make.binding('ClusterRoleBinding', `binding-${i}`, `cluster-role-${i % times('clusterRoles')}`));
  }
  for (let i = 0; i < times('roles'); i++)
    add(make.role('Role', `role-${i}`, namespaces[i % namespaces.length]));
  for (let i = 0; i < times('roleBindings'); i++) {
    const namespace = namespaces[i % namespaces.length];
    add(make.binding('RoleBinding', `binding-${i}`, `role-${i % times('roles')}`, namespace));
  }
  for (let i = 0; i < times('secrets'); i++) add(make.secret(`secret-${i}`, make.pick(namespaces)));
  for (let i = 0; objects.length < count; i++) add(make.configMap(`config-${i}`, make.pick(namespaces)));
  return objects.slice(0, count);
}

type Fields = Readonly<Record<string, unknown>>;

class Maker {
  readonly #random: () => number;
  #uid = 0;
  #version = 100_000;

  constructor(seed: number) {
    this.#random = random(seed);
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  namespace(name: string): KubeObject {
    const labels = { 'kubernetes.io/metadata.name': name };
    return this.#object('v1', 'Namespace', name, undefined, { spec: { finalizers: ['kubernetes'] } }, labels);
  }

  node(name: string): KubeObject {
    const nodeInfo = {
      architecture: 'amd64',
      containerRuntimeVersion: 'containerd://1.7.27',
      kernelVersion: '6.8.0-60-generic',
      kubeletVersion: 'v1.33.4',
      operatingSystem: 'linux',
      osImage: 'Ubuntu 24.04.2 LTS',
    };
    const images = Array.from({ length: 30 }, (_, i) => ({
      names: [
        `registry.example.com/shop/image-${i}@sha256:${this.#hex(64)}`,
        `registry.example.com/shop/image-${i}:1.${i}`,
      ],
      sizeBytes: Math.floor(this.#random() * 400_000_000),
    }));
    const labels = {
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
    };
    const status = { nodeInfo, images, capacity: { cpu: '16', memory: '65777508Ki', pods: '110' } };
    return this.#object('v1', 'Node', name, undefined, { spec: { podCIDR: '10.0.1.0/24' }, status }, labels);
  }

  serviceAccount(name: string, namespace: string): KubeObject {
    const fields = this.#random() < 0.5 ? { automountServiceAccountToken: false } : {};
    return this.#object('v1', 'ServiceAccount', name, namespace, fields);
  }

  deployment(name: string, namespace: string, nodes: readonly string[]): KubeObject[] {
    const template = this.#template(name);
    const selector = { matchLabels: template.labels };
    const spec = {
      replicas: 4,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      selector,
      template: this.#asTemplate(template),
    };
    const deployment = this.#object(
      'apps/v1',
      'Deployment',
      name,
      namespace,
      { spec, status: conditions },
      template.labels,
    );
    const hash = this.#hex(10);
    const set = this.#owned('apps/v1', 'ReplicaSet', `${name}-${hash}`, deployment, {
      spec: { replicas: 4, selector, template: this.#asTemplate(template) },
      status: { replicas: 4, readyReplicas: 4, availableReplicas: 4, observedGeneration: 1 },
    });
    const pods = Array.from({ length: 4 }, () =>
      this.#pod(`${name}-${hash}-${this.#hex(5)}`, set, template, this.pick(nodes)),
    );
    return [deployment, set, ...pods];
  }

  statefulSet(name: string, namespace: string, nodes: readonly string[]): KubeObject[] {
    const template = this.#template(name);
    const spec = {
      replicas: 3,
      serviceName: name,
      selector: { matchLabels: template.labels },
      template: this.#asTemplate(template),
    };
    const owner = this.#object(
      'apps/v1',
      'StatefulSet',
      name,
      namespace,
      { spec, status: conditions },
      template.labels,
    );
    return [owner, ...[0, 1, 2].map((i) => this.#pod(`${name}-${i}`, owner, template, this.pick(nodes)))];
  }

  daemonSet(name: string, namespace: string, nodes: readonly string[]): KubeObject[] {
    const template = this.#template(name);
    const spec = { selector: { matchLabels: template.labels }, template: this.#asTemplate(template) };
    const owner = this.#object(
      'apps/v1',
      'DaemonSet',
      name,
      namespace,
      { spec, status: conditions },
      template.labels,
    );
    return [owner, ...nodes.map((node) => this.#pod(`${name}-${this.#hex(5)}`, owner, template, node))];
  }

  cronJob(name: string, namespace: string, nodes: readonly string[]): KubeObject[] {
    const template = this.#template(name);
    const jobSpec = { backoffLimit: 6, completions: 1, parallelism: 1, template: this.#asTemplate(template) };
    const spec = { schedule: '*/15 * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: jobSpec } };
    const owner = this.#object('batch/v1', 'CronJob', name, namespace, { spec }, template.labels);
    const job = this.#owned('batch/v1', 'Job', `${name}-29384${this.#hex(3)}`, owner, { spec: jobSpec });
    return [owner, job, this.#pod(`${job.metadata.name}-${this.#hex(5)}`, job, template, this.pick(nodes))];
  }

  service(name: string, namespace: string): KubeObject {
    const ip = `10.${Math.floor(this.#random() * 200)}.${Math.floor(this.#random() * 255)}.7`;
    const ports = [
      { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
      { name: 'metrics', port: 9090, protocol: 'TCP', targetPort: 9090 },
    ];
    const spec = {
      type: 'ClusterIP',
      clusterIP: ip,
      clusterIPs: [ip],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
      ports,
      selector: { app: name },
      sessionAffinity: 'None',
    };
    return this.#object(
      'v1',
      'Service',
      name,
      namespace,
      { spec, status: { loadBalancer: {} } },
      { app: name },
    );
  }

  ingress(name: string, namespace: string): KubeObject {
    const backend = { service: { name, port: { name: 'http' } } };
    const rules = [
      { host: `${name}.example.com`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } },
    ];
    const spec = {
      ingressClassName: 'nginx',
      rules,
      tls: [{ hosts: [`${name}.example.com`], secretName: `${name}-tls` }],
    };
    return this.#object('networking.k8s.io/v1', 'Ingress', name, namespace, { spec }, { app: name });
  }

  networkPolicy(name: string, namespace: string): KubeObject {
    const podSelector = this.#random() < 0.2 ? {} : { matchLabels: { tier: this.pick(['front', 'back']) } };
    const ingress = [
      {
        from: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ];
    const spec = { podSelector, policyTypes: ['Ingress', 'Egress'], ingress, egress: [{}] };
    return this.#object('networking.k8s.io/v1', 'NetworkPolicy', name, namespace, { spec });
  }

  role(kind: 'Role' | 'ClusterRole', name: string, namespace?: string): KubeObject {
    const rule = () => ({
      apiGroups: [this.pick(['', 'apps', 'batch'])],
      resources: [
        this.pick(['pods', 'configmaps', 'deployments', 'jobs']),
        this.pick(['services', 'events', 'pods/log']),
      ],
      verbs: ['get', 'list', 'watch'],
    });
    const rules: Fields[] = [rule(), rule(), rule()];
    if (this.#random() < 0.05) rules.push({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] });
    if (this.#random() < 0.05) rules.push({ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] });
    return this.#object('rbac.authorization.k8s.io/v1', kind, name, namespace, { rules });
  }

  binding(
    kind: 'RoleBinding' | 'ClusterRoleBinding',
    name: string,
    role: string,
    namespace?: string,
  ): KubeObject {
    const apiGroup = 'rbac.authorization.k8s.io';
    const subjects = [
      {
        kind: 'ServiceAccount',
        name: `app-${Math.floor(this.#random() * 500)}`,
        namespace: namespace ?? 'default',
      },
      { apiGroup, kind: 'Group', name: 'platform-team' },
    ];
    const roleRef = { apiGroup, kind: kind === 'RoleBinding' ? 'Role' : 'ClusterRole', name: role };
    return this.#object('rbac.authorization.k8s.io/v1', kind, name, namespace, { subjects, roleRef });
  }

  secret(name: string, namespace: string): KubeObject {
    const data = { username: 'c2hvcA==', password: this.#hex(32) };
    return this.#object('v1', 'Secret', name, namespace, { type: 'Opaque', data });
  }

  configMap(name: string, namespace: string): KubeObject {
    const lines = Array.from({ length: 25 }, (_, i) => `setting.${i}.${this.#hex(6)}=${this.#hex(16)}`);
    const data: Record<string, string> = { 'application.properties': lines.join('\n'), LOG_LEVEL: 'info' };
    if (this.#random() < 0.05) data['DB_PASSWORD'] = this.#hex(12);
    return this.#object('v1', 'ConfigMap', name, namespace, { data });
  }

  #pod(name: string, owner: KubeObject, template: Template, node: string): KubeObject {
    const token = {
      name: `kube-api-access-${this.#hex(5)}`,
      projected: { defaultMode: 420, sources: tokenSources },
    };
    const spec = {
      ...template.spec,
      nodeName: node,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      enableServiceLinks: true,
      tolerations,
      volumes: [...template.volumes, token],
    };
    const containerStatuses = template.containers.map((container) => ({
      name: container['name'],
      image: container['image'],
      imageID: `registry.example.com/shop/image@sha256:${this.#hex(64)}`,
      containerID: `containerd://${this.#hex(64)}`,
      ready: true,
      restartCount: 0,
      started: true,
      state: { running: { startedAt: '2026-11-20T10:00:00Z' } },
    }));
    const status = {
      phase: 'Running',
      podIP: '10.1.2.3',
      qosClass: 'Burstable',
      containerStatuses,
      ...conditions,
    };
    return this.#owned('v1', 'Pod', name, owner, { spec, status }, template.labels);
  }

  #template(name: string): Template {
    const good = this.#random() < 0.6;
    const containers = [
      this.#container('app', good),
      ...(this.#random() < 0.4 ? [this.#container('proxy', good)] : []),
    ];
    const volumes = [
      { name: 'tmp', emptyDir: {} },
      { name: 'config', configMap: { name: `${name}-config`, defaultMode: 420 } },
    ];
    const spec: Fields = {
      containers,
      serviceAccountName: this.#random() < 0.5 ? `app-${Math.floor(this.#random() * 500)}` : 'default',
      restartPolicy: 'Always',
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      securityContext: good ? { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } : {},
      ...(good ? { automountServiceAccountToken: false } : {}),
      ...(this.#random() < 0.03 ? { hostNetwork: true } : {}),
    };
    const labels = {
      app: name,
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/part-of': 'shop',
      tier: this.pick(['front', 'back']),
    };
    return { labels, spec, containers, volumes };
  }

  #container(name: string, good: boolean): Fields {
    const probe = (path: string) => ({
      httpGet: { path, port: 'http', scheme: 'HTTP' },
      periodSeconds: 10,
      timeoutSeconds: 1,
      failureThreshold: 3,
      successThreshold: 1,
    });
    const env = Array.from({ length: 8 }, (_, i) => ({ name: `SETTING_${i}`, value: this.#hex(12) }));
    const secretKeyRef = { name: 'db', key: 'password' };
    const strict = {
      runAsUser: 1000,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    };
    const lax = this.#random() < 0.05 ? { privileged: true } : {};
    return {
      name,
      image: `registry.example.com/shop/${name}-${Math.floor(this.#random() * 200)}:1.${Math.floor(this.#random() * 40)}.0`,
      imagePullPolicy: 'IfNotPresent',
      env: [...env, { name: 'DB_PASSWORD', valueFrom: { secretKeyRef } }],
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      livenessProbe: probe('/healthz'),
      readinessProbe: probe('/ready'),
      resources:
        this.#random() < 0.7
          ? { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } }
          : {},
      securityContext: good ? strict : lax,
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      volumeMounts: [
        { name: 'tmp', mountPath: '/tmp' },
        { name: 'config', mountPath: '/etc/app', readOnly: true },
      ],
    };
  }

  #asTemplate({ labels, spec, volumes }: Template): Fields {
    return { metadata: { creationTimestamp: null, labels }, spec: { ...spec, volumes } };
  }

  #owned(
    apiVersion: string,
    kind: string,
    name: string,
    owner: KubeObject,
    fields: Fields,
    labels: Fields = {},
  ): KubeObject {
    const { name: ownerName, namespace, uid = '' } = owner.metadata;
    const reference = {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: ownerName,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    const object = this.#object(apiVersion, kind, name, namespace, fields, labels);
    return { ...object, metadata: { ...object.metadata, ownerReferences: [reference] } };
  }

  #object(
    apiVersion: string,
    kind: string,
    name: string,
    namespace: string | undefined,
    fields: Fields,
    labels: Fields = {},
  ): KubeObject {
    this.#uid++;
    const metadata = {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: `${this.#hex(8)}-0000-4000-8000-${this.#uid.toString(16).padStart(12, '0')}`,
      resourceVersion: String(this.#version++),
      generation: 1,
      creationTimestamp: '2026-11-01T08:00:00Z',
      labels: labels as Readonly<Record<string, string>>,
      annotations: { 'example.com/owner': 'platform', 'example.com/revision': this.#hex(12) },
    };
    return { apiVersion, kind, metadata, ...fields };
  }

  #hex(length: number): string {
    let text = '';
    while (text.length < length)
      text += Math.floor(this.#random() * 0x1000000)
        .toString(16)
        .padStart(6, '0');
    return text.slice(0, length);
  }
}

interface Template {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Fields;
  readonly containers: readonly Fields[];
  readonly volumes: readonly Fields[];
}

const conditions = {
  conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: '2026-11-20T10:00:00Z',
    reason: '',
  })),
};

const tokenSources = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: {
      items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
    },
  },
];

const tolerations = ['not-ready', 'unreachable'].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));
