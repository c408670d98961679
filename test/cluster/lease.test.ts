import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EventWriter, eventRules } from '../../src/cluster-state/event-writer.ts';
import { PolicyReports, policyReportRules } from '../../src/cluster-state/policy-reports.ts';
import { memberOf } from '../../src/inventory/shard.ts';
import { systemClock } from '../../src/kit/clock.ts';
import { KubeClient } from '../../src/kube/kube-client.ts';
import { kubeLeases, leaseRules } from '../../src/kube/lease.ts';
import { LeaseElector } from '../../src/kube/lease-elector.ts';
import { LeaseMembers } from '../../src/kube/lease-members.ts';
import { loadAccess } from '../../src/kube/load-access.ts';
import { silentLogger } from '../../src/log/logger.ts';
import { binaries, KubeCluster, type User } from './support/kube-cluster.ts';

const { folder, missing } = binaries();
const replica: User = { name: 'replica', groups: [] };
const place = '/apis/coordination.k8s.io/v1/namespaces/skopos/leases';
const times = { leaseDurationMs: 4_000, renewDeadlineMs: 2_500, retryPeriodMs: 500 };

describe.skipIf(missing !== '')(`replicas on a real API server${missing}`, () => {
  let cluster: KubeCluster;
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    cluster = await KubeCluster.start(folder, { users: [replica] });
    await cluster.request('POST', '/api/v1/namespaces', { metadata: { name: 'skopos' } });
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    // No more than what is said to be needed.
    await cluster.request('POST', `${rbac}/clusterroles`, {
      metadata: { name: 'replica' },
      rules: [...leaseRules, ...eventRules, ...policyReportRules],
    });
    await cluster.request('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'replica' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'replica' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: replica.name }],
    });
  });
  afterAll(async () => {
    for (const stop of stops) await stop();
    await cluster?.close();
  });

  async function client(): Promise<KubeClient> {
    const made = new KubeClient(await loadAccess({ kubeconfig: cluster.kubeconfig(replica) }));
    stops.push(() => made.close());
    return made;
  }

  /** One that can be killed: no request of it goes out any more, and it releases nothing. */
  async function candidate(identity: string) {
    const all = kubeLeases(await client(), 'skopos');
    const state = { isDead: false };
    const alive = <T>(call: () => Promise<T>) =>
      state.isDead ? Promise.reject(new Error('killed')) : call();
    const api: typeof all = {
      get: (name, signal) => alive(() => all.get(name, signal)),
      list: (labels, signal) => alive(() => all.list(labels, signal)),
      create: (lease, signal) => alive(() => all.create(lease, signal)),
      update: (lease, signal) => alive(() => all.update(lease, signal)),
      delete: (name, signal) => alive(() => all.delete(name, signal)),
    };
    const elector = new LeaseElector({
      api,
      lease: 'skopos',
      identity,
      clock: systemClock,
      log: silentLogger,
      ...times,
    });
    const stop = new AbortController();
    const running = elector.run(stop.signal);
    stops.push(async () => {
      state.isDead = true;
      stop.abort();
      await running;
    });
    return {
      identity,
      elector,
      kill: () => Object.assign(state, { isDead: true }),
      leave: () => stop.abort(),
      running,
    };
  }

  it('have one leader at most, whoever is killed, and another within the duration of the lease', async () => {
    let made = 0;
    const all = await Promise.all([0, 1, 2].map(async () => await candidate(`c${made++}`)));
    const violations: string[] = [];
    const terms = new Map<number, string>();
    const look = () => {
      const leaders = all.filter(({ elector }) => elector.isLeader());
      if (leaders.length > 1) violations.push(`two leaders: ${leaders.map(({ identity }) => identity)}`);
      for (const { identity, elector } of leaders) {
        // The number of the term fences: two holders of one term would be two leaders.
        const known = terms.get(elector.term);
        if (known !== undefined && known !== identity)
          violations.push(`${known} and ${identity} in one term`);
        terms.set(elector.term, identity);
      }
    };
    const watch = setInterval(look, 5);
    const leader = () =>
      vi.waitFor(
        () => {
          const found = all.find(({ elector }) => elector.isLeader());
          if (found === undefined) throw new Error('no leader yet');
          return found;
        },
        { timeout: 60_000, interval: 20 },
      );
    const takeovers: number[] = [];
    for (let round = 0; round < 4; round++) {
      const first = await leader();
      const others = all.filter((one) => one !== first);
      const beganMs = performance.now();
      if (round % 2 === 0) first.kill();
      else first.leave();
      await vi.waitFor(() => expect(others.some(({ elector }) => elector.isLeader())).toBe(true), {
        timeout: 60_000,
        interval: 20,
      });
      takeovers.push(performance.now() - beganMs);
      // On a busy machine the timer may not come round to a term before it is over.
      look();
      all.splice(all.indexOf(first), 1, await candidate(`c${made++}`));
    }
    clearInterval(watch);
    expect(violations).toEqual([]);
    expect(terms.size).toBeGreaterThanOrEqual(5);
    // Killed ones keep the lease for its duration; those that leave give it back.
    const [killed = 0, left = 0] = takeovers;
    expect(killed).toBeGreaterThan(1_000);
    expect(left).toBeLessThan(killed);
    const lease = await cluster.request<{ spec: { leaseTransitions: number } }>('GET', `${place}/skopos`);
    expect(lease.spec.leaseTransitions).toBe(4);
    for (const { leave, running } of all) {
      leave();
      await running;
    }
  });

  it('share namespaces out, each to one, and take over what another had', async () => {
    const member = async (identity: string) => {
      const members = new LeaseMembers({
        ...{ api: kubeLeases(await client(), 'skopos'), group: 'share', identity },
        ...{ clock: systemClock, log: silentLogger, leaseDurationMs: 3_000, renewEveryMs: 500 },
      });
      const stop = new AbortController();
      const running = members.run(stop.signal);
      const leave = async () => {
        stop.abort();
        await running;
      };
      stops.push(leave);
      return { members, leave };
    };
    const all = await Promise.all(['a', 'b', 'c'].map(member));
    const agree = (names: readonly string[]) =>
      vi.waitFor(
        () => {
          for (const { members } of all) expect(members.members).toEqual(names);
        },
        { timeout: 60_000, interval: 100 },
      );
    await agree(['a', 'b', 'c']);
    const namespaces = Array.from({ length: 50 }, (_, i) => `team-${i}`);
    const owners = namespaces.map((namespace) => memberOf(namespace, all[0]?.members.members ?? []));
    await all[2]?.leave();
    all.pop();
    await agree(['a', 'b']);
    for (const [i, namespace] of namespaces.entries()) {
      const now = memberOf(namespace, all[0]?.members.members ?? []);
      if (owners[i] === 'c') expect(['a', 'b']).toContain(now);
      else expect(now).toBe(owners[i]);
    }
  });

  it('write events about objects, and a small report for each namespace', async () => {
    const stop = new AbortController();
    const api = await client();
    const object = { group: '', kind: 'Pod', namespace: 'skopos', name: 'web' };
    const common = { client: api, clock: systemClock, log: silentLogger, mayWrite: () => true };
    const writer = new EventWriter({ ...common, instance: 'a', dropped: () => undefined });
    const running = writer.run(stop.signal);
    for (const controlId of ['C-0057', 'C-0016'])
      writer.add({ object, apiVersion: 'v1', uid: '', controlId, control: 'Name', severity: 'high' });

    await cluster.request(
      'POST',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      reportsDefinition,
    );
    const findings = Array.from({ length: 3 }, (_, i) => ({
      ...{ controlId: `C-${i}`, severity: 'high' as const, object, apiVersion: 'v1', message: 'is wrong' },
    }));
    const summary = { pass: 5, fail: 3, error: 0, skip: 1 };
    const reports = new PolicyReports({
      ...common,
      ...{ top: 2, everyMs: 200 },
      results: () => [{ namespace: 'skopos', summary, failures: findings }],
    });
    const reporting = reports.run(stop.signal);
    const report = await vi.waitFor(
      () =>
        cluster.request<{ summary: object; results: unknown[] }>(
          'GET',
          '/apis/wgpolicyk8s.io/v1alpha2/namespaces/skopos/policyreports/skopos',
        ),
      { timeout: 60_000, interval: 200 },
    );
    expect(report.summary).toMatchObject({ pass: 5, fail: 3, skip: 1 });
    expect(report.results).toHaveLength(2);
    const events = await vi.waitFor(
      async () => {
        const { items } = await cluster.request<{ items: { note: string; regarding: object }[] }>(
          'GET',
          '/apis/events.k8s.io/v1/namespaces/skopos/events',
        );
        expect([writer.problem, items.length]).toEqual(['', 1]);
        return items;
      },
      { timeout: 60_000, interval: 500 },
    );
    expect(events[0]).toMatchObject({
      note: 'fails C-0057 Name (high), C-0016 Name (high)',
      regarding: { kind: 'Pod', name: 'web', namespace: 'skopos' },
      reportingController: 'skopos.dev/skopos',
    });
    stop.abort();
    await Promise.all([running, reporting]);
  });
});

/** As far as our reports go. Source: https://github.com/kubernetes-sigs/wg-policy-prototypes/tree/master/policy-report */
const reportsDefinition = {
  metadata: { name: 'policyreports.wgpolicyk8s.io' },
  spec: {
    group: 'wgpolicyk8s.io',
    scope: 'Namespaced',
    names: {
      kind: 'PolicyReport',
      listKind: 'PolicyReportList',
      plural: 'policyreports',
      singular: 'policyreport',
    },
    versions: [
      {
        name: 'v1alpha2',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              summary: {
                type: 'object',
                properties: Object.fromEntries(
                  ['pass', 'fail', 'warn', 'error', 'skip'].map((name) => [name, { type: 'integer' }]),
                ),
              },
              results: {
                type: 'array',
                items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              },
            },
          },
        },
      },
    ],
  },
};
