/** Objects of a small cluster in which something of everything is, well and not well, by the resource that they are rendered as. */
export const clusterObjects: readonly (readonly [resource: string, object: object])[] = [
  ['nodes', node('a', { 'node-role.kubernetes.io/control-plane': '' }, [])],
  [
    'nodes',
    node('b', {}, [
      { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
      { key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' },
    ]),
  ],
  ['pods', pod('shop', 'web-1', { owner: ['ReplicaSet', 'web'] })],
  ['pods', pod('shop', 'db-0', { owner: ['StatefulSet', 'db'] })],
  ['pods', pod('shop', 'backup-1', { owner: ['Job', 'backup'], waiting: 'ImagePullBackOff' })],
  ['pods', pod('shop', 'alone', { waiting: 'CrashLoopBackOff' })],
  ['pods', pod('shop', 'gated', { owner: ['Rollout', 'web'], phase: 'Pending', reason: 'SchedulingGated' })],
  ['pods', pod('monitoring', 'node-exporter-a', { owner: ['DaemonSet', 'node-exporter'] })],
  ['pods', pod('kube-system', 'etcd-a', { owner: ['Node', 'a'] })],
  ['replicasets', owned('ReplicaSet', 'web', ['Deployment', 'web'])],
  ['replicasets', owned('ReplicaSet', 'old', undefined)],
  ['replicasets', owned('ReplicaSet', 'other', ['Rollout', 'web'])],
  [
    'deployments',
    {
      ...owned('Deployment', 'web', undefined),
      spec: { replicas: 2 },
      status: {
        ...{ observedGeneration: 1, availableReplicas: 1, updatedReplicas: 1 },
        conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
      },
    },
  ],
  [
    'statefulsets',
    {
      ...owned('StatefulSet', 'db', undefined),
      spec: { replicas: 1 },
      status: {
        ...{ replicas: 1, readyReplicas: 1, updatedReplicas: 1, observedGeneration: 1 },
        ...{ currentRevision: 'db-1', updateRevision: 'db-2' },
      },
    },
  ],
  [
    'daemonsets',
    {
      ...owned('DaemonSet', 'node-exporter', undefined),
      status: {
        ...{ currentNumberScheduled: 2, desiredNumberScheduled: 2, numberAvailable: 1, numberReady: 1 },
        ...{ numberMisscheduled: 1, updatedNumberScheduled: 1, observedGeneration: 1 },
      },
    },
  ],
  [
    'horizontalpodautoscalers',
    {
      ...owned('HorizontalPodAutoscaler', 'web', undefined),
      spec: {
        minReplicas: 1,
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      },
      status: { currentReplicas: 3, desiredReplicas: 3 },
    },
  ],
  ['jobs', job('backup', ['CronJob', 'backup'])],
  ['jobs', job('once', undefined)],
  [
    'persistentvolumes',
    {
      ...owned('PersistentVolume', 'pv-1', undefined),
      spec: { capacity: { storage: '1Gi' } },
      status: { phase: 'Failed' },
    },
  ],
  [
    'persistentvolumeclaims',
    {
      ...labelled(owned('PersistentVolumeClaim', 'data', undefined), { excluded_from_alerts: 'true' }),
      spec: { accessModes: ['ReadOnlyMany'], volumeName: 'pv-1' },
      status: { phase: 'Bound' },
    },
  ],
  [
    'poddisruptionbudgets',
    {
      ...owned('PodDisruptionBudget', 'web', undefined),
      status: {
        currentHealthy: 1,
        desiredHealthy: 1,
        disruptionsAllowed: 0,
        expectedPods: 1,
        observedGeneration: 1,
      },
    },
  ],
  [
    'resourcequotas',
    {
      ...owned('ResourceQuota', 'all', undefined),
      status: {
        hard: { 'requests.cpu': '4', 'requests.memory': '8Gi', pods: '10' },
        used: { 'requests.cpu': '1', 'requests.memory': '1Gi', pods: '5' },
      },
    },
  ],
  ['namespaces', { metadata: { name: 'shop' }, status: { phase: 'Active' } }],
];

type Owner = readonly [kind: string, name: string];

function owned(kind: string, name: string, owner: Owner | undefined, namespace = 'shop') {
  const ownerReferences = owner === undefined ? [] : [{ kind: owner[0], name: owner[1], controller: true }];
  const metadata = {
    name,
    namespace,
    uid: `${kind}-${name}`,
    generation: 2,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  return { kind, metadata: { ...metadata, ownerReferences } };
}

function labelled<T extends { metadata: object }>(object: T, labels: Record<string, string>): T {
  return { ...object, metadata: { ...object.metadata, labels } };
}

function node(name: string, labels: Record<string, string>, taints: readonly object[]): object {
  const amounts = { cpu: '4', memory: '8Gi', pods: '110' };
  const condition = (type: string, status: string) => ({ type, status });
  return {
    metadata: { name, labels, uid: name, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { taints, unschedulable: false },
    status: {
      ...{ capacity: amounts, allocatable: amounts },
      conditions: [
        condition('Ready', 'True'),
        condition('DiskPressure', 'False'),
        condition('MemoryPressure', 'False'),
      ],
      nodeInfo: {
        kubeletVersion: 'v1.34.0',
        kernelVersion: '6.1',
        osImage: 'Debian',
        containerRuntimeVersion: 'containerd://2',
      },
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    },
  };
}

function pod(
  namespace: string,
  name: string,
  {
    owner,
    waiting,
    phase = 'Running',
    reason,
  }: { owner?: Owner; waiting?: string; phase?: string; reason?: string },
): object {
  const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } };
  const state = waiting === undefined ? { running: {} } : { waiting: { reason: waiting } };
  return {
    ...owned('Pod', name, owner, namespace),
    spec: { nodeName: 'a', containers: [{ name: 'main', image: 'nginx', resources }] },
    status: {
      ...{ phase, ...(reason === undefined ? {} : { reason }), podIP: '10.1.0.1', hostIP: '10.0.0.1' },
      conditions: [{ type: 'Ready', status: waiting === undefined ? 'True' : 'False' }],
      containerStatuses: [
        { name: 'main', image: 'nginx', imageID: 'x', ready: true, restartCount: 1, state },
      ],
    },
  };
}

function job(name: string, owner: Owner | undefined): object {
  return {
    ...owned('Job', name, owner),
    spec: { completions: 1, parallelism: 1 },
    status: {
      ...{ startTime: '2026-01-01T00:00:00Z', active: 1, failed: 1 },
      conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }],
    },
  };
}
