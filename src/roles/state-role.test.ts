import { describe, expect, it } from 'vitest';
import { stateSchema } from '../exporters/state/settings.ts';
import { VirtualClock } from '../kit/clock.ts';
import { silentLogger } from '../log/logger.ts';
import type { Labels } from '../model/labels.ts';
import type { LedgerEntry } from '../model/ledger.ts';
import type { KubeObject } from '../model/object.ts';
import { isStaleAt } from '../model/sample.ts';
import { TimeSeriesStore } from '../tsdb/store.ts';
import { stateKinds } from './state-kinds.ts';
import { StateRole } from './state-role.ts';

const pods = { group: '', kind: 'Pod' };

function pod(name: string, phase: string, node = 'n1'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: name },
    spec: { nodeName: node },
    status: { phase },
  };
}

function start(settings: object = {}, readByRules = 1) {
  const clock = new VirtualClock(1_767_225_600_000);
  const store = new TimeSeriesStore({ clock, log: silentLogger });
  const woken: Labels[] = [];
  const rows: LedgerEntry[] = [];
  const role = new StateRole({
    ...{ settings: stateSchema.parse(settings), custom: [], clock, log: silentLogger, store },
    ledger: (row) => void rows.push(row),
    inputsChanged(series) {
      woken.push(...series);
      return readByRules;
    },
    isReadable: () => true,
  });
  const put = (object: KubeObject, initial = false) =>
    role.onChanges(pods, [{ type: 'put', object }], { atMs: clock.now(), initial });
  /** The newest value of a series, or that it has ended. */
  const value = (name: string, label: string, of: string): number | 'stale' | undefined => {
    const matchers = [
      { name: '__name__', op: '=' as const, value: name },
      { name: label, op: '=' as const, value: of },
    ];
    for (const { values } of store.select({ matchers, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }))
      return isStaleAt(values, values.length - 1) ? 'stale' : values.at(-1);
    return undefined;
  };
  return { clock, store, role, put, value, woken, rows };
}

describe('the role state', () => {
  it('writes a change at once, wakes rules with what changed, and says so once where a rule reads it', () => {
    const { put, value, woken, rows } = start();
    put(pod('cart', 'Pending'), true);
    expect(woken).toEqual([]);
    expect(value('kube_pod_status_phase', 'phase', 'Pending')).toBe(1);
    put(pod('cart', 'Running'));
    expect(value('kube_pod_status_phase', 'phase', 'Pending')).toBe(0);
    expect(woken.map((labels) => labels['phase']).sort()).toEqual(['Pending', 'Running']);
    expect(rows).toMatchObject([{ hop: 'series', decision: 'written', detail: { samples: 2, kind: 'Pod' } }]);
  });

  it('keeps what no rule reads out of the ledger', () => {
    const { put, woken, rows } = start({}, 0);
    put(pod('cart', 'Running'));
    expect(woken.length).toBeGreaterThan(0);
    expect(rows).toEqual([]);
  });

  it('ends the series of what is deleted, and of what a list no longer has', () => {
    const { role, clock, put, value } = start();
    put(pod('a', 'Running'));
    put(pod('b', 'Running'));
    role.onChanges(pods, [{ type: 'delete', key: '/Pod/shop/a' }], { atMs: clock.now(), initial: false });
    expect(value('kube_pod_created', 'pod', 'a')).toBeUndefined();
    expect(value('kube_pod_info', 'pod', 'a')).toBe('stale');
    expect(value('kube_pod_info', 'pod', 'b')).toBe(1);
    role.onListed(pods, new Set());
    expect(value('kube_pod_info', 'pod', 'b')).toBe('stale');
    expect(role.objects.series).toBe(0);
  });

  it('takes two changes of an object within one batch, the last of which counts', () => {
    const { role, clock, value } = start();
    const change = (phase: string) => ({ type: 'put' as const, object: pod('cart', phase) });
    role.onChanges(pods, [change('Pending'), change('Running')], { atMs: clock.now(), initial: false });
    expect(value('kube_pod_status_phase', 'phase', 'Running')).toBe(1);
    expect(value('kube_pod_status_phase', 'phase', 'Pending')).toBe(0);
  });

  it('writes everything once more in each round, and what it says of itself', async () => {
    const { role, clock, put, value, store } = start();
    put(pod('cart', 'Running'), true);
    role.onAsked(pods, 'list', true);
    role.onAsked(pods, 'watch', false);
    await clock.advance(30_000);
    await role.round(new AbortController().signal);
    const matchers = [{ name: '__name__', op: '=' as const, value: 'kube_pod_info' }];
    for (const { timesMs } of store.select({ matchers, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }))
      expect(timesMs).toHaveLength(2);
    expect(value('kube_state_metrics_list_total', 'result', 'success')).toBe(1);
    expect(value('kube_state_metrics_watch_total', 'result', 'error')).toBe(1);
    expect(value('up', 'job', 'kube-state-metrics')).toBe(1);
  });

  it('renders pods of one node alone where that is wanted', () => {
    const { put, role } = start({ node: 'n1', resources: ['pods'] });
    put(pod('here', 'Running', 'n1'));
    put(pod('there', 'Running', 'n2'));
    const text = [...role.text({ openMetrics: false })].join('');
    expect(text).toContain('pod="here"');
    expect(text).not.toContain('pod="there"');
  });

  it('goes on when an object is not what it should be', () => {
    const { put, value } = start();
    put({ ...pod('odd', 'Running'), status: { phase: 7, containerStatuses: 'none', conditions: [null, 3] } });
    put({ ...pod('null', 'Running'), spec: null, status: null });
    put(pod('cart', 'Running'));
    expect(value('kube_pod_info', 'pod', 'cart')).toBe(1);
    expect(value('kube_pod_info', 'pod', 'null')).toBe(1);
  });

  it('wants the kinds of its resources watched, RBAC among them by default', () => {
    const of = (settings: object) => stateKinds(stateSchema.parse(settings), []).map(({ kind }) => kind);
    expect(of({})).toEqual(
      expect.arrayContaining(['ClusterRole', 'RoleBinding', 'ServiceAccount', 'Secret']),
    );
    expect(of({})).not.toContain('Endpoints');
    expect(of({ resources: ['pods', 'nodes'], exclude_resources: ['nodes'] })).toEqual(['Pod']);
  });
});
