import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A kind that the server has. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface ServedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** An answer to give instead of the right one. */
export interface PlannedFailure {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  /** Only watches, or only lists; both when left out. */
  readonly verb?: 'list' | 'watch';
  /** How often; until {@link KubeServer.mend} when left out. */
  readonly times?: number;
}

export interface SeenRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly authorization: string;
}

interface StoredEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ServedObject;
}

interface Store {
  readonly kind: ServedKind;
  readonly objects: Map<string, ServedObject>;
  events: StoredEvent[];
  readonly watchers: Set<Watcher>;
  /** Versions up to this one are forgotten: a watch from there is answered with 410. */
  compactedTo: number;
}

interface Watcher {
  readonly response: ServerResponse;
  readonly metadataOnly: boolean;
  readonly asTable: boolean;
}

const kinds: readonly ServedKind[] = [
  ...core('Namespace', 'namespaces', false),
  ...core('Node', 'nodes', false),
  ...core('Pod', 'pods'),
  ...core('Service', 'services'),
  ...core('ServiceAccount', 'serviceaccounts'),
  ...core('ConfigMap', 'configmaps'),
  ...core('Secret', 'secrets'),
  ...core('ReplicationController', 'replicationcontrollers'),
  ...core('PersistentVolume', 'persistentvolumes', false),
  ...core('PersistentVolumeClaim', 'persistentvolumeclaims'),
  ...core('PodTemplate', 'podtemplates'),
  ...of('apps', 'Deployment', 'deployments'),
  ...of('apps', 'ReplicaSet', 'replicasets'),
  ...of('apps', 'DaemonSet', 'daemonsets'),
  ...of('apps', 'StatefulSet', 'statefulsets'),
  ...of('batch', 'Job', 'jobs'),
  ...of('batch', 'CronJob', 'cronjobs'),
  ...of(
    'admissionregistration.k8s.io',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    false,
  ),
  ...of(
    'admissionregistration.k8s.io',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    false,
  ),
  ...of('apiregistration.k8s.io', 'APIService', 'apiservices', false),
  ...of('autoscaling', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
  ...of('coordination.k8s.io', 'Lease', 'leases'),
  ...of('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  ...of('policy', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  ...of('storage.k8s.io', 'StorageClass', 'storageclasses', false),
  ...of('networking.k8s.io', 'Ingress', 'ingresses'),
  ...of('networking.k8s.io', 'NetworkPolicy', 'networkpolicies'),
  ...of('rbac.authorization.k8s.io', 'Role', 'roles'),
  ...of('rbac.authorization.k8s.io', 'RoleBinding', 'rolebindings'),
  ...of('rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles', false),
  ...of('rbac.authorization.k8s.io', 'ClusterRoleBinding', 'clusterrolebindings', false),
];

/**
 * As much of a Kubernetes API server as reading needs, over real HTTP on loopback: discovery, paged lists, watches,
 * bookmarks, metadata-only answers, expired versions, and failures on command. Objects are changed by the test.
 */
export class KubeServer {
  readonly requests: SeenRequest[] = [];
  /** When set, another bearer token is answered with 401. */
  token = '';
  /** What `/version` tells; it is not there while empty. */
  gitVersion = '';
  readonly #server: Server;
  readonly #stores = new Map<string, Store>();
  readonly #failures = new Map<string, { readonly failure: PlannedFailure; left: number }>();
  readonly #tokens = new Map<string, readonly ServedObject[]>();
  #version = 1000;
  #nextToken = 0;

  constructor(served: readonly ServedKind[] = kinds) {
    for (const kind of served) this.serve(kind);
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Adds a kind, as installing a CustomResourceDefinition does. */
  serve(kind: ServedKind): void {
    this.#stores.set(kind.plural, {
      kind,
      objects: new Map(),
      events: [],
      watchers: new Set(),
      compactedTo: 0,
    });
  }

  /** Listens on loopback. @returns the address. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A kubeconfig for this server. */
  kubeconfig(): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      clusters: [{ name: 'test', cluster: { server: this.url } }],
      users: [{ name: 'test', user: { token: this.token === '' ? 'test-token' : this.token } }],
    });
  }

  put(object: ServedObject): void {
    const store = this.#storeOf(object.kind);
    const key = keyOf(object);
    const type = store.objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    store.objects.set(key, stored);
    this.#record(store, { version: this.#version, type, object: stored });
  }

  delete(kind: string, namespace: string, name: string): void {
    const store = this.#storeOf(kind);
    const key = `${namespace}/${name}`;
    const object = store.objects.get(key);
    if (object === undefined) throw new Error(`no ${kind} ${key}`);
    store.objects.delete(key);
    this.#version += 1;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#record(store, { version: this.#version, type: 'DELETED', object: last });
  }

  /** The ETag of all groups in one document; without one, it has none. */
  discoveryMark = '';
  /** Groups that are in that document, and are not listed by themselves yet, as while a server starts. */
  readonly startingGroups = new Set<string>();

  /** Answers requests for these with a failure from now on. */
  fail(plural: string, failure: PlannedFailure): void {
    this.#failures.set(plural, { failure, left: failure.times ?? Number.POSITIVE_INFINITY });
  }

  mend(plural: string): void {
    this.#failures.delete(plural);
  }

  /** Ends all watches, as a server does after a while. `abruptly`: breaks the connection instead. */
  closeWatches(plural?: string, abruptly = false): void {
    for (const { response } of this.#dismiss(plural)) {
      if (abruptly) response.destroy();
      else response.end();
    }
  }

  watching(plural: string): number {
    return this.#stores.get(plural)?.watchers.size ?? 0;
  }

  /** Sends a bookmark of the present version to all watches of a kind. */
  bookmark(plural: string): void {
    const { kind } = this.#store(plural);
    const metadata = { resourceVersion: String(this.#version) };
    for (const watcher of this.#watchers(plural))
      send(watcher, 'BOOKMARK', { apiVersion: versionOf(kind), kind: kind.kind, metadata });
  }

  /** Sends a line as it is. */
  sendRaw(plural: string, text: string): void {
    for (const { response } of this.#watchers(plural)) response.write(text);
  }

  /** Forgets all that was: versions and continue tokens known so far are answered with 410. */
  expire(plural: string): void {
    const store = this.#store(plural);
    store.compactedTo = this.#version;
    store.events = [];
    this.#tokens.clear();
    this.#version += 1;
  }

  /** Tells all watches of a kind that their version has expired, in the stream. */
  expireInStream(plural: string): void {
    this.expire(plural);
    for (const { response } of this.#dismiss(plural)) {
      const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    }
  }

  #watchers(plural?: string): readonly Watcher[] {
    const stores = plural === undefined ? [...this.#stores.values()] : [this.#store(plural)];
    return stores.flatMap((store) => [...store.watchers]);
  }

  /** Watches that get nothing more from now on. */
  #dismiss(plural?: string): readonly Watcher[] {
    const dismissed = this.#watchers(plural);
    for (const store of this.#stores.values())
      for (const watcher of dismissed) store.watchers.delete(watcher);
    return dismissed;
  }

  #store(plural: string): Store {
    const store = this.#stores.get(plural);
    if (store === undefined) throw new Error(`${plural} is not served`);
    return store;
  }

  #storeOf(kind: string): Store {
    for (const store of this.#stores.values()) if (store.kind.kind === kind) return store;
    throw new Error(`${kind} is not served`);
  }

  #record(store: Store, event: StoredEvent): void {
    store.events.push(event);
    for (const watcher of store.watchers) send(watcher, event.type, event.object);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const { accept = '', authorization = '' } = request.headers;
    this.requests.push({ path: url.pathname, query: url.searchParams, accept, authorization });
    if (this.token !== '' && authorization !== `Bearer ${this.token}`) {
      refuse(response, { status: 401, reason: 'Unauthorized', message: 'Unauthorized' });
      return;
    }
    const isOfAll = accept.includes('apidiscovery.k8s.io');
    if (isOfAll && this.discoveryMark !== '') {
      if (request.headers['if-none-match'] === this.discoveryMark) {
        response.writeHead(304).end();
        return;
      }
      response.setHeader('etag', this.discoveryMark);
    }
    const discovery = this.#discovery(url.pathname, isOfAll ? new Set() : this.startingGroups);
    if (discovery !== undefined) {
      json(response, 200, discovery);
      return;
    }
    const store = [...this.#stores.values()].find((each) => pathOf(each.kind) === url.pathname);
    if (store === undefined) {
      refuse(response, {
        status: 404,
        reason: 'NotFound',
        message: 'the server could not find the requested resource',
      });
      return;
    }
    const verb = url.searchParams.get('watch') === null ? 'list' : 'watch';
    const failure = this.#failure(store.kind.plural, verb);
    if (failure !== undefined) refuse(response, failure);
    else if (verb === 'watch') this.#watch(store, url.searchParams, accept, response);
    else this.#list(store, url.searchParams, accept, response);
  }

  #failure(plural: string, verb: 'list' | 'watch'): PlannedFailure | undefined {
    const planned = this.#failures.get(plural);
    if (planned === undefined || planned.left <= 0) return undefined;
    if (planned.failure.verb !== undefined && planned.failure.verb !== verb) return undefined;
    planned.left -= 1;
    return planned.failure;
  }

  #list(store: Store, query: URLSearchParams, accept: string, response: ServerResponse): void {
    const from = query.get('continue');
    const all = from === null ? [...store.objects.values()] : this.#tokens.get(from);
    if (all === undefined) {
      refuse(response, {
        status: 410,
        reason: 'Expired',
        message: 'the provided continue parameter is too old',
      });
      return;
    }
    const limit = Number(query.get('limit') ?? all.length);
    const rest = all.slice(limit);
    const token = `token-${this.#nextToken++}`;
    if (rest.length > 0) this.#tokens.set(token, rest);
    const metadata = {
      resourceVersion: String(this.#version),
      ...(rest.length > 0 ? { continue: token } : {}),
    };
    if (accept.includes('as=Table')) {
      json(response, 200, { ...tableOf(all.slice(0, limit)), metadata });
      return;
    }
    const metadataOnly = accept.includes('as=PartialObjectMetadataList');
    const items = all.slice(0, limit).map((object) => {
      const { apiVersion: _version, kind: _kind, ...item } = metadataOnly ? partial(object) : object;
      return item;
    });
    json(response, 200, {
      apiVersion: metadataOnly ? 'meta.k8s.io/v1' : versionOf(store.kind),
      kind: metadataOnly ? 'PartialObjectMetadataList' : `${store.kind.kind}List`,
      metadata,
      items,
    });
  }

  #watch(store: Store, query: URLSearchParams, accept: string, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion') ?? 0);
    if (from < store.compactedTo) {
      refuse(response, { status: 410, reason: 'Expired', message: `too old resource version: ${from}` });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const watcher = {
      response,
      metadataOnly: accept.includes('as=PartialObjectMetadata'),
      asTable: accept.includes('as=Table'),
    };
    for (const { version, type, object } of store.events) if (version > from) send(watcher, type, object);
    store.watchers.add(watcher);
    response.on('close', () => store.watchers.delete(watcher));
  }

  #discovery(path: string, hidden: ReadonlySet<string>): unknown {
    const groups = new Map<string, Set<string>>();
    for (const { kind } of this.#stores.values())
      if (!hidden.has(kind.group))
        groups.set(kind.group, (groups.get(kind.group) ?? new Set()).add(kind.version));
    if (path === '/version' && this.gitVersion !== '')
      return { major: '1', minor: '33', gitVersion: this.gitVersion, platform: 'linux/amd64' };
    if (path === '/apis')
      return {
        kind: 'APIGroupList',
        groups: [...groups]
          .filter(([name]) => name !== '')
          .map(([name, versions]) => ({
            name,
            versions: [...versions].map((version) => ({ groupVersion: `${name}/${version}`, version })),
            preferredVersion: { version: [...versions][0] },
          })),
      };
    const found = /^\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(path);
    if (found === null) return undefined;
    const [, group = '', version] = found;
    if (groups.get(group)?.has(version ?? '') !== true) return undefined;
    const resources = [...this.#stores.values()]
      .filter(({ kind }) => kind.group === group && kind.version === version)
      .flatMap(({ kind: { kind, plural, namespaced } }) => [
        { name: plural, kind, namespaced },
        { name: `${plural}/status`, kind, namespaced },
      ]);
    return { kind: 'APIResourceList', resources };
  }
}

function core(kind: string, plural: string, namespaced = true): readonly ServedKind[] {
  return of('', kind, plural, namespaced);
}

function of(group: string, kind: string, plural: string, namespaced = true): readonly ServedKind[] {
  return [{ group, version: 'v1', kind, plural, namespaced }];
}

function versionOf({ group, version }: ServedKind): string {
  return group === '' ? version : `${group}/${version}`;
}

function pathOf(kind: ServedKind): string {
  return `${kind.group === '' ? '/api' : '/apis'}/${versionOf(kind)}/${kind.plural}`;
}

function keyOf(object: ServedObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function partial(object: ServedObject): ServedObject {
  return { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: object.metadata };
}

/** As `kubectl get` is answered; of the columns only those that are read. */
function tableOf(objects: readonly ServedObject[]): object {
  return {
    apiVersion: 'meta.k8s.io/v1',
    kind: 'Table',
    columnDefinitions: [{ name: 'Name' }, { name: 'Type' }],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, object['type']],
      object: partial(object),
    })),
  };
}

function send({ response, metadataOnly, asTable }: Watcher, type: string, object: unknown): void {
  response.write(`${JSON.stringify({ type, object: sentAs(object as ServedObject, type) })}\n`);

  function sentAs(whole: ServedObject, of: string): unknown {
    if (asTable) return { ...tableOf(of === 'BOOKMARK' ? [] : [whole]), metadata: whole.metadata };
    return metadataOnly && of !== 'BOOKMARK' ? partial(whole) : whole;
  }
}

function refuse(response: ServerResponse, failure: PlannedFailure): void {
  const { status, reason = '', message = `planned failure ${status}`, retryAfterSeconds } = failure;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  json(response, status, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: status,
    reason,
    message,
  });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
