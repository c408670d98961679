import { describe, expect, it } from 'vitest';
import { Findings } from '../findings/findings.ts';
import { NativeSeries } from '../findings/series/native.ts';
import { Inventory } from '../inventory/inventory.ts';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Unreadable } from '../model/change.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { KubeObject } from '../model/object.ts';
import { PostureEngine } from '../posture/engine.ts';
import { controlOf } from '../posture/frameworks/index.ts';
import { defaultInputs } from '../posture/inputs.ts';
import { openDatabase } from '../store/open.ts';
import { Registry } from '../telemetry/registry.ts';
import type { TimeSeriesStore } from '../tsdb/store.ts';
import { Chain } from './chain.ts';

const controls = ['C-0057', 'C-0260'].flatMap((id) => controlOf(id) ?? []);
const watched = [
  { group: '', kind: 'Pod' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
];
const refused = (kind: string, group = ''): Unreadable => ({ group, kind, reason: '403', sinceMs: 1 });

const privileged = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: name } },
  spec: { containers: [{ name: 'main', image: 'x', securityContext: { privileged: true } }] },
});

/** Inventory to findings, with everything that keeps no time of its own. */
function chain(unreadable: readonly Unreadable[]) {
  const clock = new VirtualClock(1_000_000);
  const [db, registry, rows] = [openDatabase(':memory:'), new Registry(), [] as LedgerEntry[]];
  const inventory = new Inventory({ cluster: 'east', clock, log: silentLogger });
  const engine = new PostureEngine({
    controls,
    inputs: defaultInputs,
    view: inventory,
    objectOf: (key) => inventory.object(key),
  });
  const findings = new Findings({ db, cluster: 'east', controls });
  const native = new NativeSeries({ engine, findings, controls, frameworks: [], now: () => clock.now() });
  new Chain({
    ...{ clock, log: silentLogger, inventory, watched, engine, findings, native },
    store: { append: (batch) => ({ appended: batch.length }) as ReturnType<TimeSeriesStore['append']> },
    inputsChanged: () => undefined,
    ledger: (row) => void rows.push(row),
    changeToVerdict: registry.histogram('seconds', 'x', [1]),
    changed: () => undefined,
  });
  inventory.announce('cluster');
  const put = (object: KubeObject, initial = false) =>
    void inventory.apply(
      'cluster',
      [{ type: 'put', object, origin: { source: 'cluster' }, atMs: clock.now() }],
      { initial },
    );
  const isNew = () =>
    Object.fromEntries(
      findings
        .list()
        .items.map(({ controlId, object, baseline }) => [`${controlId} ${object.name}`, !baseline]),
    );
  inventory.setUnreadable('cluster', unreadable);
  return { inventory, put, isNew, rows };
}

describe('a kind that could not be read', () => {
  it('brings no news when it can be: neither its own findings nor those of controls that asked for it', () => {
    const networkPolicies = refused('NetworkPolicy', 'networking.k8s.io');
    const { inventory, put, isNew, rows } = chain([networkPolicies]);
    put(privileged('web'), true);
    inventory.synced('cluster');
    expect(isNew()).toEqual({ 'C-0057 web': false });
    put(privileged('evil'));
    expect(isNew()).toEqual({ 'C-0057 web': false, 'C-0057 evil': true });
    inventory.setUnreadable('cluster', []);
    expect(isNew()).toEqual({
      'C-0057 web': false,
      'C-0057 evil': true,
      'C-0260 web': false,
      'C-0260 evil': false,
    });
    const told = rows.filter(({ hop, detail }) => hop === 'finding' && detail?.['control'] === 'C-0260');
    expect(told.map(({ detail }) => detail?.['baseline'])).toEqual([true, true]);
    put(privileged('worse'));
    expect(isNew()).toMatchObject({ 'C-0057 worse': true, 'C-0260 worse': true });
  });

  it('brings none with its first list, and does with what comes after', () => {
    const { inventory, put, isNew } = chain([refused('Pod')]);
    inventory.synced('cluster');
    put(privileged('web'), true);
    inventory.setUnreadable('cluster', []);
    put(privileged('evil'));
    expect(isNew()).toMatchObject({ 'C-0057 web': false, 'C-0057 evil': true });
  });

  it('brings news where it had been read before, or where the cluster had no such kind', () => {
    const { inventory, put, isNew } = chain([{ ...refused('Job', 'batch'), isAbsent: true }]);
    inventory.synced('cluster');
    inventory.setUnreadable('cluster', [refused('Pod')]);
    put(privileged('evil'), true);
    inventory.setUnreadable('cluster', []);
    expect(isNew()).toMatchObject({ 'C-0057 evil': true });
  });
});
