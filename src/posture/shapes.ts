import type { KubeObject } from '../model/object.ts';

/**
 * What objects of Kubernetes look like, as far as checks read them. The API server takes nothing else; manifests in files may
 * hold anything. Unknown fields are nobody's business here, and `null` is the same as nothing.
 */
type Shape =
  | 'text'
  | 'number'
  | 'flag'
  | 'number or text'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

const texts: Shape = { list: 'text' };
const textMap: Shape = { map: 'text' };
const anything: Shape = { fields: {} };

const selector: Shape = {
  fields: {
    matchLabels: textMap,
    matchExpressions: { list: { fields: { key: 'text', operator: 'text', values: texts } } },
  },
};

const windowsOptions: Shape = {
  fields: { gmsaCredentialSpecName: 'text', hostProcess: 'flag', runAsUserName: 'text' },
};

const profile: Shape = { fields: { type: 'text' } };
const seLinuxOptions: Shape = { fields: { type: 'text', user: 'text', role: 'text' } };

const host: Shape = { fields: { host: 'text' } };
const handler: Shape = { fields: { httpGet: host, tcpSocket: host } };

const containerSecurity: Shape = {
  fields: {
    privileged: 'flag',
    allowPrivilegeEscalation: 'flag',
    readOnlyRootFilesystem: 'flag',
    runAsNonRoot: 'flag',
    runAsUser: 'number',
    runAsGroup: 'number',
    procMount: 'text',
    seLinuxOptions,
    seccompProfile: profile,
    appArmorProfile: profile,
    capabilities: { fields: { add: texts, drop: texts } },
    windowsOptions,
  },
};

const amounts: Shape = { map: 'number or text' };

const container: Shape = {
  fields: {
    name: 'text',
    image: 'text',
    imagePullPolicy: 'text',
    command: texts,
    args: texts,
    env: {
      list: { fields: { name: 'text', value: 'text', valueFrom: { fields: { secretKeyRef: anything } } } },
    },
    envFrom: { list: { fields: { secretRef: { fields: { name: 'text' } } } } },
    livenessProbe: handler,
    readinessProbe: handler,
    startupProbe: handler,
    lifecycle: { fields: { postStart: handler, preStop: handler } },
    ports: { list: { fields: { name: 'text', containerPort: 'number', hostPort: 'number' } } },
    volumeMounts: {
      list: { fields: { name: 'text', readOnly: 'flag', subPath: 'text', subPathExpr: 'text' } },
    },
    securityContext: containerSecurity,
    resources: { fields: { limits: amounts, requests: amounts } },
  },
};

const podSpec: Shape = {
  required: ['containers'],
  fields: {
    containers: { list: container },
    initContainers: { list: container },
    ephemeralContainers: { list: container },
    securityContext: {
      fields: {
        runAsNonRoot: 'flag',
        runAsUser: 'number',
        runAsGroup: 'number',
        fsGroup: 'number',
        fsGroupChangePolicy: 'text',
        supplementalGroups: { list: 'number' },
        sysctls: { list: { fields: { name: 'text' } } },
        seLinuxOptions,
        seccompProfile: profile,
        appArmorProfile: profile,
        windowsOptions,
      },
    },
    serviceAccountName: 'text',
    serviceAccount: 'text',
    automountServiceAccountToken: 'flag',
    hostNetwork: 'flag',
    hostPID: 'flag',
    hostIPC: 'flag',
    hostUsers: 'flag',
    nodeSelector: textMap,
    os: { fields: { name: 'text' } },
    volumes: {
      list: {
        fields: {
          name: 'text',
          hostPath: { fields: { path: 'text' } },
          secret: { fields: { secretName: 'text' } },
          configMap: { fields: { name: 'text' } },
          persistentVolumeClaim: { fields: { claimName: 'text' } },
          csi: { fields: { volumeAttributes: textMap } },
        },
      },
    },
  },
};

const metadata: Shape = {
  fields: {
    name: 'text',
    namespace: 'text',
    labels: textMap,
    annotations: textMap,
    ownerReferences: { list: { fields: { kind: 'text', name: 'text' } } },
  },
};

const template: Shape = { fields: { metadata, spec: podSpec }, required: ['spec'] };
const workload = spec({ template, selector, strategy: { fields: { type: 'text' } } }, ['template']);

const role: Shape = {
  fields: {
    metadata,
    rules: {
      list: { fields: { apiGroups: texts, resources: texts, resourceNames: texts, verbs: texts } },
    },
  },
};

const binding: Shape = {
  required: ['roleRef'],
  fields: {
    metadata,
    roleRef: { fields: { kind: 'text', name: 'text' }, required: ['kind', 'name'] },
    subjects: { list: { fields: { kind: 'text', name: 'text', namespace: 'text' } } },
  },
};

const backend: Shape = { fields: { service: { fields: { name: 'text' } } } };
const webhooks: Shape = {
  fields: { metadata, webhooks: { list: { fields: { rules: { list: { fields: { scope: 'text' } } } } } } },
};
const route = spec({
  rules: {
    list: {
      fields: {
        backendRefs: { list: { fields: { kind: 'text', group: 'text', name: 'text', namespace: 'text' } } },
      },
    },
  },
});
const endpointSelector: Shape = { fields: { endpointSelector: selector } };
const cilium: Shape = {
  fields: { metadata, spec: endpointSelector, specs: { list: endpointSelector } },
};

const shapes: Readonly<Record<string, Shape>> = {
  Pod: { fields: { metadata, spec: podSpec }, required: ['spec'] },
  Deployment: workload,
  ReplicaSet: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  Job: workload,
  ReplicationController: spec({ template, selector: textMap }, ['template']),
  CronJob: spec(
    {
      jobTemplate: {
        fields: { spec: { fields: { template, selector }, required: ['template'] } },
        required: ['spec'],
      },
    },
    ['jobTemplate'],
  ),
  Role: role,
  ClusterRole: role,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
  ServiceAccount: { fields: { metadata, automountServiceAccountToken: 'flag' } },
  Namespace: { fields: { metadata } },
  Service: {
    required: ['spec'],
    fields: {
      metadata,
      spec: {
        fields: {
          type: 'text',
          selector: textMap,
          ports: { list: { fields: { name: 'text', port: 'number', targetPort: 'number or text' } } },
        },
      },
    },
  },
  Ingress: spec({
    defaultBackend: backend,
    tls: { list: anything },
    rules: { list: { fields: { http: { fields: { paths: { list: { fields: { backend } } } } } } } },
  }),
  NetworkPolicy: spec({ podSelector: selector, policyTypes: texts }),
  CiliumNetworkPolicy: cilium,
  CiliumClusterwideNetworkPolicy: cilium,
  HTTPRoute: route,
  TCPRoute: route,
  UDPRoute: route,
  HorizontalPodAutoscaler: spec(
    { scaleTargetRef: { fields: { kind: 'text', name: 'text' }, required: ['kind', 'name'] } },
    ['scaleTargetRef'],
  ),
  PersistentVolume: spec({ storageClassName: 'text' }),
  StorageClass: { fields: { metadata, provisioner: 'text', parameters: textMap } },
  PodSecurityPolicy: spec({
    privileged: 'flag',
    hostPID: 'flag',
    hostIPC: 'flag',
    hostUsers: 'flag',
    hostNetwork: 'flag',
    allowPrivilegeEscalation: 'flag',
    allowedCapabilities: texts,
    requiredDropCapabilities: texts,
    runAsUser: { fields: { rule: 'text', ranges: { list: { fields: { min: 'number' } } } } },
  }),
  ValidatingWebhookConfiguration: webhooks,
  MutatingWebhookConfiguration: webhooks,
  ConfigMap: { fields: { metadata, data: textMap } },
  Secret: { fields: { metadata } },
};

function spec(fields: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape {
  return { required: ['spec'], fields: { metadata, spec: { fields, required } } };
}

/** What is wrong at each place of an object that is not as Kubernetes would have it, by path; empty for nearly all objects. */
export type Faults = ReadonlyMap<string, string>;

const noFaults: Faults = new Map();

export function faultsIn(object: KubeObject): Faults {
  const shape = Object.hasOwn(shapes, object.kind) ? shapes[object.kind] : undefined;
  if (shape === undefined || isSound(object, shape)) return noFaults;
  const faults = new Map<string, string>();
  look(object, shape, '', faults);
  return faults.size === 0 ? noFaults : faults;
}

/** The usual answer, without a word about places. */
function isSound(value: unknown, shape: Shape): boolean {
  if (value === undefined || value === null) return true;
  if (typeof shape === 'string') return isScalar(value, shape);
  if ('list' in shape) {
    return Array.isArray(value) && value.every((item) => isThere(item) && isSound(item, shape.list));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  return 'map' in shape
    ? Object.values(value).every((item) => isSound(item, shape.map))
    : hasSoundFields(value as Fields, shape);
}

function hasSoundFields(
  value: Fields,
  { fields, required = [] }: Extract<Shape, { fields: unknown }>,
): boolean {
  for (const key in value) {
    const inner = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (inner !== undefined && !isSound(value[key], inner)) return false;
  }
  return required.every((key) => isThere(value[key]));
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function look(value: unknown, shape: Shape, path: string, faults: Map<string, string>): void {
  if (value === undefined || value === null) return;
  if (typeof shape === 'string') {
    if (!isScalar(value, shape)) faults.set(path, `is ${nameOf(value)}, where a ${shape} belongs`);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) faults.set(path, `is ${nameOf(value)}, where a list belongs`);
    else for (let i = 0; i < value.length; i++) lookAtItem(value[i], shape.list, `${path}[${i}]`, faults);
  } else if (typeof value !== 'object' || Array.isArray(value)) {
    faults.set(path, `is ${nameOf(value)}, where fields belong`);
  } else lookAtFields(value, shape, path, faults);
}

function lookAtFields(
  value: object,
  shape: Extract<Shape, { map: unknown } | { fields: unknown }>,
  path: string,
  faults: Map<string, string>,
): void {
  for (const key of Object.keys(value)) {
    const inner =
      'map' in shape ? shape.map : Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (inner !== undefined) look((value as Fields)[key], inner, join(path, key), faults);
  }
  if ('map' in shape) return;
  for (const key of shape.required ?? []) {
    if (!isThere((value as Fields)[key])) faults.set(join(path, key), 'is missing');
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** A hole in a list is no item. */
function lookAtItem(value: unknown, shape: Shape, path: string, faults: Map<string, string>): void {
  if (!isThere(value)) faults.set(path, 'is empty');
  else look(value, shape, path, faults);
}

function isScalar(value: unknown, shape: 'text' | 'number' | 'flag' | 'number or text'): boolean {
  switch (typeof value) {
    case 'string':
      return shape === 'text' || shape === 'number or text';
    case 'number':
      return shape === 'number' || shape === 'number or text';
    default:
      return typeof value === 'boolean' && shape === 'flag';
  }
}

/** The path of a field: dots, or brackets and quotes around a key that holds other characters. */
export function join(path: string, key: string): string {
  if (!/^[^.[\]"]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'a text', number: 'a number', boolean: 'a flag', object: 'fields' }[typeof value as string] ??
    'nothing'
  );
}
