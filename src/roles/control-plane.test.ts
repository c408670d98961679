import { expect, it } from 'vitest';
import { Inventory } from '../inventory/inventory.ts';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { KubeObject } from '../model/object.ts';
import { parseRuleFile } from '../rules/rule-file.ts';
import { Registry } from '../telemetry/registry.ts';
import { controlPlaneOf } from './control-plane.ts';
import { createControlPlaneSwitch } from './control-plane-switch.ts';

function node(name: string, labels: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
}

function pod(name: string, labels: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'kube-system', labels } };
}

const eks = node('a', { 'eks.amazonaws.com/nodegroup': 'main' });

it.each([
  ['a node with its role', [node('a', { 'node-role.kubernetes.io/control-plane': '' })], [], 'own'],
  ['a pod of it', [node('a', {})], [pod('etcd-a', { component: 'etcd' })], 'own'],
  ['a pod of it on a node of a provider', [eks], [pod('x', { component: 'kube-scheduler' })], 'own'],
  ['a label of a provider', [node('b', {}), eks], [pod('coredns', { 'k8s-app': 'kube-dns' })], 'managed'],
  ['no trace of it', [node('a', {})], [], 'managed'],
  ['no nodes', [], [], 'unknown'],
] as const)('knows by %s whose the control plane is', (_, nodes, pods, kind) => {
  expect(controlPlaneOf(nodes, pods).kind).toBe(kind);
});

const rules = parseRuleFile(
  'groups:\n  - name: g\n    rules:\n      - { alert: SchedulerDown, expr: \'absent(up{job="kube-scheduler"})\' }\n      - { alert: Down, expr: up == 0 }\n',
  'r.yaml',
);

function bench(setting: 'auto' | 'own' | 'managed') {
  const inventory = new Inventory({ cluster: 'c', clock: new VirtualClock(), log: silentLogger });
  const registry = new Registry();
  let loads = 0;
  const config = { rules: { control_plane: setting, node_failures: 2 } as never };
  const changed = () => void loads++;
  const plane = createControlPlaneSwitch({ config, inventory, registry, log: silentLogger, changed });
  inventory.announce('s');
  const put = (object: KubeObject) =>
    inventory.apply('s', [{ type: 'put', object, origin: { source: 's' }, atMs: 0 }]);
  const off = () =>
    plane
      .apply([rules])
      .flatMap((file) => file.groups.flatMap((group) => group.rules))
      .flatMap((rule) => ('off' in rule ? [`${rule.name}: ${rule.off}`] : []));
  const value = (name: string) => registry.gather().find((family) => family.name === name)?.samples[0]?.value;
  return { inventory, put, off, value, loads: () => loads };
}

it('turns alerts off once the cluster is known and its control plane is managed, and on when one shows', () => {
  const { inventory, put, off, value, loads } = bench('auto');
  put(eks);
  expect([off(), loads()]).toEqual([[], 0]);
  inventory.synced('s');
  expect(loads()).toBe(1);
  expect(off()).toEqual([
    'SchedulerDown: the control plane is managed (Amazon EKS: the node a has the label eks.amazonaws.com/nodegroup)',
  ]);
  expect(value('skopos_rules_off')).toBe(1);
  put(node('b', { 'eks.amazonaws.com/nodegroup': 'main' }));
  expect(loads()).toBe(1);
  put(pod('kube-scheduler-c', { component: 'kube-scheduler' }));
  expect([off(), loads(), value('skopos_rules_off')]).toEqual([[], 2, 0]);
});

it('does as the configuration says, whatever the cluster looks like', () => {
  const own = bench('own');
  own.put(eks);
  own.inventory.synced('s');
  expect([own.off(), own.loads()]).toEqual([[], 0]);
  expect(bench('managed').off()).toEqual([
    'SchedulerDown: the control plane is managed (rules.control_plane says so)',
  ]);
  expect(own.value('skopos_tolerated_node_failures')).toBe(2);
});
