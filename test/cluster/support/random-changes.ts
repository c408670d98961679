import type { KubeCluster } from './kube-cluster.ts';

/** Something done to the cluster. */
interface Write {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

type Pick = <T>(from: readonly T[]) => T;

const namespaces = ['team-a', 'team-b', 'team-c'];
const names = ['web', 'cart', 'api', 'jobs'];
const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces';

/**
 * Changes of every kind that verdicts of other objects hang on, made at random: workloads, pods, network policies, role bindings,
 * service accounts and the labels of namespaces. What is refused because it is there already, or no longer, does not matter.
 */
export class RandomChanges {
  readonly #cluster: KubeCluster;
  readonly #random: () => number;
  #turn = 0;

  constructor(cluster: KubeCluster, random: () => number) {
    this.#cluster = cluster;
    this.#random = random;
  }

  async prepare(): Promise<void> {
    for (const name of namespaces)
      await this.#do({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } });
  }

  /** Makes one change. @returns whether the server took it. */
  async one(): Promise<boolean> {
    this.#turn++;
    const pick: Pick = (from) => from[Math.floor(this.#random() * from.length)] as (typeof from)[number];
    const kinds = [workload, workload, pod, networkPolicy, roleBinding, serviceAccount, namespaceLabel];
    return await this.#do(pick(kinds)(pick, this.#turn));
  }

  async #do({ method, path, body }: Write): Promise<boolean> {
    try {
      await this.#cluster.request(method, path, body);
      return true;
    } catch {
      return false;
    }
  }
}

/** Made, changed or deleted, whichever comes up. */
function change(pick: Pick, folder: string, name: string, body: object): Write {
  const method = pick(['POST', 'POST', 'PATCH', 'DELETE'] as const);
  if (method === 'POST') return { method, path: folder, body };
  return method === 'PATCH'
    ? { method, path: `${folder}/${name}`, body }
    : { method, path: `${folder}/${name}` };
}

function podSpec(pick: Pick, turn: number): object {
  const securityContext = pick([
    {},
    { privileged: true },
    { runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
  ]);
  return {
    serviceAccountName: pick(['default', 'robot']),
    automountServiceAccountToken: pick([true, false]),
    hostPID: pick([true, false, false]),
    containers: [{ name: 'main', image: `registry.example.com/app:${turn % 5}`, securityContext }],
  };
}

function workload(pick: Pick, turn: number): Write {
  const name = pick(names);
  const labels = { app: name };
  return change(pick, `/apis/apps/v1/namespaces/${pick(namespaces)}/deployments`, name, {
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec(pick, turn) },
    },
  });
}

function pod(pick: Pick, turn: number): Write {
  const name = `bare-${pick(names)}`;
  const folder = `/api/v1/namespaces/${pick(namespaces)}/pods`;
  // Of a pod's spec next to nothing may be changed.
  if (pick([true, false])) return { method: 'DELETE', path: `${folder}/${name}?gracePeriodSeconds=0` };
  const body = { metadata: { name, labels: { app: pick(names) } }, spec: podSpec(pick, turn) };
  return { method: 'POST', path: folder, body };
}

function networkPolicy(pick: Pick): Write {
  const name = pick(['deny', 'some']);
  const podSelector = pick([{}, { matchLabels: { app: pick(names) } }]);
  return change(pick, `/apis/networking.k8s.io/v1/namespaces/${pick(namespaces)}/networkpolicies`, name, {
    metadata: { name },
    spec: { podSelector, policyTypes: pick([['Ingress'], ['Ingress', 'Egress']]) },
  });
}

function roleBinding(pick: Pick): Write {
  const name = 'robots';
  const namespace = pick(namespaces);
  const body = {
    metadata: { name },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'cluster-admin',
    },
    subjects: [{ kind: 'ServiceAccount', name: pick(['default', 'robot']), namespace }],
  };
  return change(pick, `${rbac}/${namespace}/rolebindings`, name, body);
}

function serviceAccount(pick: Pick): Write {
  const name = 'robot';
  return change(pick, `/api/v1/namespaces/${pick(namespaces)}/serviceaccounts`, name, {
    metadata: { name },
    automountServiceAccountToken: pick([true, false]),
  });
}

function namespaceLabel(pick: Pick): Write {
  const level = pick(['privileged', 'baseline', 'restricted', null]);
  const labels = { 'pod-security.kubernetes.io/enforce': pick([level, null]) };
  return { method: 'PATCH', path: `/api/v1/namespaces/${pick(namespaces)}`, body: { metadata: { labels } } };
}
