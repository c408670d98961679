import type {
  FacetJson,
  FindingDetailJson,
  FindingJson,
  FindingsJson,
} from '../../../src/api/skopos/contract.ts';
import type { Evidence, Severity } from '../../../src/model/verdict.ts';
import { pick, seeded } from './random.ts';

interface Pattern {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly evidence: Evidence;
}

const container = 'spec.template.spec.containers[0]';
const stable = 'spec.template.spec.containers[name=app]';

const patterns: readonly Pattern[] = [
  {
    id: 'C-0057',
    name: 'Privileged container',
    severity: 'high',
    evidence: at(
      'securityContext.privileged',
      'The container runs privileged: it can do whatever root on the node can.',
      'true',
      'false',
    ),
  },
  {
    id: 'C-0016',
    name: 'Allow privilege escalation',
    severity: 'medium',
    evidence: at(
      'securityContext.allowPrivilegeEscalation',
      'A process may gain more rights than its parent.',
      undefined,
      'false',
    ),
  },
  {
    id: 'C-0013',
    name: 'Non-root containers',
    severity: 'medium',
    evidence: at('securityContext.runAsNonRoot', 'The container may run as root.', undefined, 'true'),
  },
  {
    id: 'C-0046',
    name: 'Insecure capabilities',
    severity: 'high',
    evidence: at(
      'securityContext.capabilities.add[0]',
      'SYS_ADMIN is close to root on the node.',
      '"SYS_ADMIN"',
    ),
  },
  {
    id: 'C-0270',
    name: 'Ensure CPU limits are set',
    severity: 'low',
    evidence: at(
      'resources.limits.cpu',
      'Without a limit one container can starve its neighbours.',
      undefined,
      '500m',
    ),
  },
  {
    id: 'C-0035',
    name: 'Administrative Roles',
    severity: 'critical',
    evidence: {
      path: 'subjects[0]',
      stablePath: 'subjects[name=deployer]',
      message: 'The service account deployer may do everything in the cluster.',
      value: '{"kind":"ServiceAccount","name":"deployer"}',
    },
  },
  {
    id: 'C-0044',
    name: 'Container hostPort',
    severity: 'medium',
    evidence: at('ports[0].hostPort', 'The port is open on the node itself.', '8080'),
  },
];

function at(field: string, message: string, value: string | undefined, should?: string): Evidence {
  return {
    path: `${container}.${field}`,
    stablePath: `${stable}.${field}`,
    message,
    ...(value !== undefined && { value }),
    ...(should !== undefined && { fix: { path: `${container}.${field}`, value: should } }),
  };
}

const namespaces = [
  'shop',
  'payments',
  'search',
  'platform',
  'monitoring',
  'batch',
  'a-namespace-with-a-rather-long-name',
];
const names = [
  'cart',
  'checkout',
  'catalogue',
  'ledger',
  'indexer',
  'gateway',
  'mailer',
  'reporting-nightly-aggregator',
];
const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
const day = 86_400_000;

/** As many findings as asked for, always the same ones. */
export function makeFindings(howMany: number, nowMs: number): FindingJson[] {
  const random = seeded(7);
  return Array.from({ length: howMany }, (_, index): FindingJson => {
    const pattern = index === 0 ? patterns[0] : pick(patterns, random);
    if (pattern === undefined) throw new Error('no pattern');
    const fixed = index > 0 && random() < 0.08;
    const ageMs = index === 0 ? 4 * 60_000 : Math.floor(random() ** 3 * 90 * day) + 30_000;
    const firstSeenMs = nowMs - ageMs;
    const kind =
      pattern.id === 'C-0035' ? 'ClusterRoleBinding' : index === 0 ? 'Deployment' : pick(kinds, random);
    return {
      id: (0xa11ce00000000000n + BigInt(index)).toString(16),
      controlId: pattern.id,
      control: pattern.name,
      severity: random() < 0.01 ? 'unknown' : pattern.severity,
      object: {
        group: kind === 'ClusterRoleBinding' ? 'rbac.authorization.k8s.io' : 'apps',
        kind,
        namespace: kind === 'ClusterRoleBinding' ? '' : index === 0 ? 'shop' : pick(namespaces, random),
        name: index === 0 ? 'cart' : `${pick(names, random)}-${index % 97}`,
      },
      evidence: pattern.evidence,
      status: fixed ? 'fixed' : 'open',
      firstSeenMs,
      lastSeenMs: fixed ? firstSeenMs + ageMs / 2 : nowMs - 2000,
      ...(fixed && { fixedAtMs: nowMs - Math.floor(ageMs / 3) }),
      reappeared: random() < 0.05 ? 2 : 0,
      baseline: ageMs > 20 * day,
    };
  });
}

const severityOrder: readonly Severity[] = ['unknown', 'low', 'medium', 'high', 'critical'];

/** Filters, sorts and cuts as the real API does; the pages of one list are filtered once. */
export function listFindings(
  all: readonly FindingJson[],
  query: URLSearchParams,
  nowMs: number,
): FindingsJson {
  const offset = Number(query.get('offset') ?? 0);
  const limit = Number(query.get('limit') ?? 100);
  const asked = new URLSearchParams(query);
  asked.delete('offset');
  asked.delete('limit');
  const key = asked.toString();
  const known = lists.get(all) ?? new Map<string, FindingsJson>();
  lists.set(all, known);
  const whole = known.get(key) ?? wholeList(all, asked, nowMs);
  known.set(key, whole);
  return { ...whole, items: whole.items.slice(offset, offset + limit) };
}

const lists = new WeakMap<readonly FindingJson[], Map<string, FindingsJson>>();

function wholeList(all: readonly FindingJson[], query: URLSearchParams, nowMs: number): FindingsJson {
  const passing = all.filter((finding) => passes(finding, query, nowMs));
  const keep = (without: string) =>
    passing.filter((finding) =>
      Object.entries(values).every(
        ([name, value]) => name === without || has(query.get(name), value(finding)),
      ),
    );
  const found = keep('');
  const sign = query.get('order') === 'asc' ? 1 : -1;
  const by = query.get('sort') ?? 'severity';
  return {
    total: found.length,
    items: [...found].sort((a, b) => sign * compare(a, b, by) || b.firstSeenMs - a.firstSeenMs),
    facets: {
      severity: facet(keep('severity'), values.severity),
      control: facet(keep('control'), values.control, (finding) => `${finding.controlId} ${finding.control}`),
      namespace: facet(keep('namespace'), values.namespace),
      kind: facet(keep('kind'), values.kind),
    },
  };
}

const values = {
  severity: (finding: FindingJson): string => finding.severity,
  control: (finding: FindingJson): string => finding.controlId,
  namespace: (finding: FindingJson): string => finding.object.namespace,
  kind: (finding: FindingJson): string => finding.object.kind,
};

function has(list: string | null, value: string): boolean {
  return list === null || list.split(',').includes(value);
}

function passes(finding: FindingJson, query: URLSearchParams, nowMs: number): boolean {
  const status = query.get('status') ?? 'open';
  if (status !== 'all' && finding.status !== status) return false;
  if (query.get('new') === '1' && nowMs - finding.firstSeenMs > day) return false;
  const { kind, namespace, name } = finding.object;
  const text = `${finding.controlId} ${finding.control} ${kind} ${namespace}/${name} ${finding.evidence.path}`;
  return text.toLowerCase().includes((query.get('q') ?? '').toLowerCase());
}

function compare(a: FindingJson, b: FindingJson, by: string): number {
  if (by === 'newest') return a.firstSeenMs - b.firstSeenMs;
  if (by === 'control') return a.control.localeCompare(b.control);
  if (by === 'object')
    return `${a.object.namespace}/${a.object.name}`.localeCompare(`${b.object.namespace}/${b.object.name}`);
  return severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity);
}

function facet(
  findings: readonly FindingJson[],
  value: (finding: FindingJson) => string,
  label: (finding: FindingJson) => string = value,
): FacetJson[] {
  const counts = new Map<string, { value: string; label: string; count: number }>();
  for (const finding of findings) {
    const entry = counts.get(value(finding)) ?? { value: value(finding), label: label(finding), count: 0 };
    entry.count++;
    counts.set(entry.value, entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

const yaml = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
  labels:
    app: cart
    team: storefront
spec:
  replicas: 3
  selector:
    matchLabels:
      app: cart
  template:
    metadata:
      labels:
        app: cart
    spec:
      # The sidecar needs this to read its own limits.
      serviceAccountName: cart
      containers:
        - name: app
          image: registry.shop.example/cart:2.14.1@sha256:5f0a3bb2f1c7d6f7f9b9d5c1f4f2a8e0b6c3d1e9a7f5c3b1d9e7f5a3c1b9d7e5
          ports:
            - containerPort: 8080
          env:
            - name: DATABASE_PASSWORD
              value: <redacted>
          securityContext:
            privileged: true
            readOnlyRootFilesystem: true
          resources:
            limits:
              memory: 256Mi
`;

const patch = `--- a/cart.yaml
+++ b/cart.yaml
@@ -29,5 +29,5 @@
           securityContext:
-            privileged: true
+            privileged: false
             readOnlyRootFilesystem: true
           resources:
             limits:
`;

export function findingDetail(finding: FindingJson): Omit<FindingDetailJson, 'history' | 'alerts'> {
  const patched = finding.controlId === 'C-0057';
  return {
    ...finding,
    why: 'A privileged container has every capability and sees every device of its node. Whoever takes it over has the node, and from there all other workloads on it.',
    fix: 'Set privileged to false and add only the single capabilities that the program needs.',
    category: 'Workload',
    frameworks: ['NSA', 'MITRE'],
    related: [],
    ...(patched && { file: 'shop/cart.yaml', patch }),
    ...(finding.status === 'open' && { yaml }),
    lines: patched ? [30] : [],
    ...(patched && {
      command: `kubectl -n shop patch deployment cart --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/securityContext/privileged","value":false}]'`,
    }),
  };
}
