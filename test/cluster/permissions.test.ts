import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ClusterSource } from '../../src/inventory/cluster/cluster-source.ts';
import { kindsFor, mergeKinds, type WatchedKind } from '../../src/inventory/cluster/kinds.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { type Permission, resourceName, rulesOf } from '../../src/inventory/permissions/permission.ts';
import { roleManifests } from '../../src/inventory/permissions/role-manifests.ts';
import { watchPermissions } from '../../src/inventory/permissions/watch-permissions.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { loadAccess } from '../../src/kube/load-access.ts';
import { silentLogger } from '../../src/log/logger.ts';
import type { KubeObject } from '../../src/model/object.ts';
import type { ClusterView, Control } from '../../src/posture/control.ts';
import { controls } from '../../src/posture/controls/index.generated.ts';
import { defaultInputs } from '../../src/posture/inputs.ts';
import { judge } from '../../src/posture/judge-once.ts';
import { kindsReadBy } from '../../src/posture/kinds-read.ts';
import { checkPermissions } from '../../src/roles/doctor/permission-check.ts';
import { binaries, KubeCluster, type User } from './support/kube-cluster.ts';

const { folder, missing } = binaries();
const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** All that any control needs, and the Prometheus operator's monitors, which the cluster of this test has. */
const kinds: readonly WatchedKind[] = mergeKinds(kindsFor(kindsReadBy(controls)), [
  { group: 'monitoring.coreos.com', kind: 'ServiceMonitor', optional: true },
]);
const permissions = watchPermissions(kinds);
/** Groups of Kubernetes itself, of which an API server of today has every kind, though an older one may not. */
const ownGroups = ['', 'admissionregistration.k8s.io', 'storage.k8s.io'];
/** Kinds that every API server of today has. */
const everywhere = kinds.flatMap((kind, i) => {
  const permission = permissions[i];
  if (permission === undefined || (kind.optional === true && !ownGroups.includes(kind.group))) return [];
  return [{ kind, permission }];
});

const exact: User = { name: 'exact', groups: [] };
const nobody: User = { name: 'nobody', groups: [] };
const listing: User = { name: 'listing', groups: [] };
const without = (kind: WatchedKind): User => ({ name: `without-${kind.kind.toLowerCase()}`, groups: [] });

const manifests = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: key, namespace: shop }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { mode: fast }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: web
      volumes:
        - { name: key, secret: { secretName: key } }
        - { name: settings, configMap: { name: settings } }
        - { name: data, persistentVolumeClaim: { claimName: data } }
      containers:
        - name: web
          image: web:1
          volumeMounts:
            - { name: key, mountPath: /key }
            - { name: settings, mountPath: /settings }
            - { name: data, mountPath: /data }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  rules: [{ host: shop.example.org, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: other, namespace: shop }
spec: { podSelector: { matchLabels: { app: other } }, policyTypes: [Ingress] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: shop }
rules: [{ apiGroups: [''], resources: [secrets], verbs: [get, list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: reader, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
`;
const seeds = parseAllDocuments(manifests).map((document) => document.toJS() as KubeObject);

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly apiGroup?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
}

describe.skipIf(missing !== '')(`the generated role on a real API server${missing}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'skopos-audit-'));
  const log = join(dir, 'audit.log');
  const stops: (() => Promise<void>)[] = [];
  let cluster: KubeCluster;

  beforeAll(async () => {
    const policy = join(dir, 'policy.yaml');
    writeFileSync(policy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n');
    cluster = await KubeCluster.start(folder, {
      users: [exact, nobody, listing, ...everywhere.map(({ kind }) => without(kind))],
      flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    });
    await cluster.request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', serviceMonitors);
    for (const seed of seeds) await cluster.request('POST', pathOf(seed), seed);
    await grant(exact, permissions);
    await grant(
      listing,
      permissions.map((one) => (one.resource === 'pods' ? { ...one, verbs: ['list'] } : one)),
    );
    for (const { kind, permission } of everywhere)
      await grant(
        without(kind),
        permissions.filter((one) => one !== permission),
      );
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(async () => {
    await cluster?.close();
    rmSync(dir, { recursive: true });
  });

  async function grant(user: User, some: readonly Permission[]): Promise<void> {
    const [role, binding] = roleManifests(some, {
      name: user.name,
      namespace: 'shop',
      subject: { kind: 'User', name: user.name },
    });
    await cluster.request('POST', `${rbac}/clusterroles`, role);
    await cluster.request('POST', `${rbac}/clusterrolebindings`, binding);
  }

  async function watch(user: User): Promise<{ inventory: Inventory; source: ClusterSource }> {
    const inventory = new Inventory({ cluster: 'test', clock: systemClock, log: silentLogger });
    const source = new ClusterSource({
      access: { kubeconfig: cluster.kubeconfig(user) },
      inventory,
      clock: systemClock,
      log: silentLogger,
      kinds,
      refusalRetryMs: 500,
    });
    const stop = new AbortController();
    const running = source.run(stop.signal);
    stops.push(async () => {
      stop.abort();
      await running;
    });
    await until(() => expect({ ready: inventory.ready, ...source.status() }).toMatchObject({ ready: true }));
    return { inventory, source };
  }

  const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 120_000, interval: 50 });

  /** What the server has noted of a user's requests for resources. */
  function requestsOf({ name }: User): readonly AuditEvent[] {
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter(({ user, objectRef }) => user.username === name && objectRef?.resource !== undefined);
  }

  /** States by control and object, and the reasons of what is unknown. */
  function verdictsOn(inventory: Inventory) {
    const engine = judge({
      controls,
      inputs: defaultInputs,
      objects: [...inventory.keys()].flatMap((key) => inventory.object(key) ?? []),
      view: inventory,
      unreadable: inventory.unreadable(),
    });
    const reasons = new Map<string, string>();
    for (const { controlId, reason = '' } of engine.verdicts({ states: ['unknown'] }))
      reasons.set(`${controlId}|${reason}`, reason);
    return reasons;
  }

  it('watches everything with no forbidden answer, and has no rule that is not used', async () => {
    const { inventory, source } = await watch(exact);
    await until(() => expect(source.status().state).toBe('ok'));
    expect(inventory.unreadable()).toEqual([]);
    expect(inventory.get('Deployment', 'shop', 'web')).toBeDefined();
    const used = new Set<string>();
    await until(() => {
      for (const { verb, objectRef } of requestsOf(exact))
        used.add(
          `${verb} ${resourceName({ group: objectRef?.apiGroup ?? '', resource: objectRef?.resource ?? '' })}`,
        );
      const needed = [...everywhere.map(({ permission }) => permission), ...monitorPermissions];
      expect([...used].sort()).toEqual(
        needed.flatMap((one) => one.verbs.map((verb) => `${verb} ${resourceName(one)}`)).sort(),
      );
    });
    expect(requestsOf(exact).filter(({ responseStatus }) => (responseStatus?.code ?? 0) >= 400)).toEqual([]);
    // Nothing is asked for by its name.
    expect(requestsOf(exact).filter(({ objectRef }) => objectRef?.name !== undefined)).toEqual([]);
  });

  it.each(everywhere)(
    'without the rule for $kind.kind exactly what rests on it is unknown',
    async ({ kind, permission }) => {
      const [full, less] = [await watch(exact), await watch(without(kind))];
      expect(less.inventory.unreadable().map((one) => one.kind)).toEqual([kind.kind]);
      const before = verdictsOn(full.inventory);
      const now = [...verdictsOn(less.inventory)].filter(([key]) => !before.has(key));
      const said = `cannot list resource "${permission.resource}" in API group "${kind.group}" at the cluster scope`;
      for (const [, reason] of now) expect(reason).toContain(said);
      const concerned = controls
        .filter((control) => rests(control, kind.kind, full.inventory))
        .map(({ id }) => id);
      expect([...new Set(now.map(([key]) => key.split('|')[0] ?? ''))].sort()).toEqual(concerned.sort());
    },
  );

  it('is unknown, and stays so, where a kind may be listed but not watched', async () => {
    const { inventory } = await watch(listing);
    await until(() =>
      expect(inventory.unreadable()).toEqual([
        expect.objectContaining({
          kind: 'Pod',
          reason: expect.stringContaining('cannot watch resource "pods"'),
        }),
      ]),
    );
    const told: number[] = [];
    inventory.subscribeUnreadable((all) => void told.push(all.length));
    const before = requestsOf(listing).length;
    await until(() => expect(requestsOf(listing).length).toBeGreaterThan(before + 3));
    expect(told.filter((count) => count === 0)).toEqual([]);
  });

  it('with no permission at all is ready, with everything unknown and why', async () => {
    const { inventory, source } = await watch(nobody);
    expect(inventory.size).toBe(0);
    expect(
      inventory
        .unreadable()
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(expect.arrayContaining(everywhere.map(({ kind }) => kind.kind).sort()));
    for (const { reason } of inventory.unreadable())
      expect(reason).toMatch(/User "nobody" cannot list resource/);
    expect(source.status().state).toBe('failed');
    await grant(nobody, permissions);
    await until(() => expect(inventory.unreadable()).toEqual([]));
    expect(inventory.get('Deployment', 'shop', 'web')).toBeDefined();
  });

  it('is what the doctor finds missing, and the manifest that it prints grants', async () => {
    const user = without({ group: 'apps', kind: 'Deployment' });
    const client = new KubeClient(await loadAccess({ kubeconfig: cluster.kubeconfig(user) }));
    stops.push(async () => await client.close());
    const ask = async () =>
      await checkPermissions(
        client,
        { permissions, concerned: () => ['C-0001'] },
        new AbortController().signal,
      );
    const found = await ask();
    expect(found).toMatchObject({
      state: 'fail',
      items: [
        {
          name: 'deployments.apps',
          message:
            'may not list and watch in all namespaces (to watch Deployment objects); concerned: C-0001',
        },
      ],
    });
    const granted = parseAllDocuments(found.manifest ?? '').map((document) => document.toJS() as KubeObject);
    expect(granted.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    for (const manifest of granted) await cluster.request('POST', pathOf(manifest), manifest);
    await until(async () => expect((await ask()).state).toBe('ok'));
  });
});

const monitorPermissions = permissions.filter(({ resource }) => resource === 'servicemonitors');

/** Whether a control says anything of what there is by the kind: it judges it, or asks for it while it judges these objects. */
function rests({ checks }: Control, kind: string, inventory: Inventory): boolean {
  let asked = false;
  const note = (of: string): void => {
    asked ||= of === kind;
  };
  const view: ClusterView = {
    list: (of, namespace) => {
      note(of);
      return inventory.list(of, namespace);
    },
    get: (of, namespace, name) => {
      note(of);
      return inventory.get(of, namespace, name);
    },
  };
  for (const check of checks) {
    if (check.kinds.includes(kind) || check.needs?.includes(kind) === true) return true;
    if (check.needs?.every((of) => inventory.list(of).length > 0) === false) continue;
    for (const of of check.kinds)
      for (const object of inventory.list(of)) {
        const context = { view, inputs: defaultInputs };
        if (check.applies?.(object, context) ?? true) check.judge(object, context);
      }
  }
  return asked;
}

function pathOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const [permission] = watchPermissions([{ group: '', kind }]);
  return `${root}${place}/${permission?.resource}`;
}

const serviceMonitors = {
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { plural: 'servicemonitors', kind: 'ServiceMonitor', singular: 'servicemonitor' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

it('has few rules', () => {
  expect(rulesOf(permissions).length).toBeLessThan(25);
});
