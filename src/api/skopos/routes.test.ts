import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { InboxStore } from '../../alerting/inbox-store.ts';
import { parseMatchers } from '../../alerting/parse-matchers.ts';
import { Findings } from '../../findings/findings.ts';
import { LedgerStore } from '../../findings/ledger.ts';
import { createServer } from '../../http/server.ts';
import { Inventory } from '../../inventory/inventory.ts';
import { RelationsReport } from '../../inventory/relations/report.ts';
import { BadInputError } from '../../kit/app-error.ts';
import { VirtualClock } from '../../kit/clock.ts';
import { fnv1a64 } from '../../kit/hash.ts';
import { silentLogger } from '../../log/logger.ts';
import { sortedPairs } from '../../model/labels.ts';
import { hops, type LedgerEntry } from '../../model/ledger.ts';
import { type KubeObject, keyOf, refOf } from '../../model/object.ts';
import type { Verdict } from '../../model/verdict.ts';
import { markEvidence } from '../../posture/fix-patch.ts';
import { redactObject } from '../../posture/redact.ts';
import { openDatabase } from '../../store/open.ts';
import type { DrillJson } from './contract.ts';
import { skoposRoutes } from './routes.ts';
import type { ChangedWhat, RoutedAlert, RouterReader, RuleAlert, SkoposSource } from './source.ts';

const startMs = Date.parse('2026-03-01T12:00:00Z');
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const yaml = [
  'apiVersion: v1',
  'kind: Pod',
  'metadata:',
  '  name: cart',
  '  namespace: shop',
  'spec:',
  '  hostNetwork: true',
  '  containers:',
  '    - name: web',
  '      image: web:1',
  '      args:',
  '        - -v',
  '      env:',
  '        - name: KEY',
  '          value: hunter2',
  '',
].join('\n');
const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    hostNetwork: true,
    containers: [{ name: 'web', image: 'web:1', args: ['-v'], env: [{ name: 'KEY', value: 'hunter2' }] }],
  },
};
const labels = {
  alertname: 'New',
  control_id: 'C-0041',
  severity: 'critical',
  namespace: 'shop',
  kind: 'Pod',
  name: 'cart',
};
const fingerprint = fnv1a64(sortedPairs(labels));

/** The API over real findings, ledger and inbox, with a router, rules and drills of the test's own. */
function open() {
  const db = openDatabase(':memory:');
  const clock = new VirtualClock(startMs);
  const controls = [{ id: 'C-0041', name: 'HostNetwork access', baseScore: 7 }];
  const findings = new Findings({ db, cluster: 'test', controls });
  const ledger = new LedgerStore({ db, clock });
  const inbox = new InboxStore(db);
  const routed: RoutedAlert[] = [];
  const pending: RuleAlert[] = [];
  const listeners = new Set<(what: ChangedWhat) => void>();
  const drill: DrillJson = {
    id: 'd1',
    startedAtMs: startMs,
    state: 'running',
    receiver: 'drill',
    wouldReach: ['team'],
    hops: hops.map((hop) => ({ hop, note: '' })),
    problem: '',
  };
  const source: SkoposSource = {
    cluster: 'test',
    version: '1.2.3',
    startedAtMs: startMs,
    clock,
    externalLabels: {},
    newSinceMs: () => clock.now() - 86_400_000,
    sourceInfo: () => ({ kind: 'folder', name: 'shop', objects: 1 }),
    findings,
    ledger,
    exceptions: {
      list: () => [],
      get: () => undefined,
      preview: () => ({ total: 0, verdicts: [], warnings: [] }),
      set: () => 'id',
      expire() {},
    },
    router: {
      alerts: () => routed.filter(({ endsAtMs }) => endsAtMs > clock.now()),
      alert: (id: string) => routed.find((one) => one.fingerprint === id),
      wouldReach: () => ['team'],
      silences: {
        get: (id: string) =>
          id === 's1' ? { endsAtMs: startMs + 3_600_000, createdBy: 'kim', comment: 'known' } : undefined,
      },
      // What tries things out is tested with the real router, see src/roles/alerting-api.test.ts.
    } as unknown as RouterReader,
    relations: () => new RelationsReport(new Inventory({ cluster: 'test', clock, log: silentLogger })),
    parseMatchers,
    parseWindows: () => [],
    windowJson: () => [],
    rules: {
      groups: () => [
        {
          spec: { name: 'g' },
          rules: [
            { spec: { kind: 'recording', name: 'r', expr: '1' }, alerts: [] },
            {
              spec: { kind: 'alerting', name: 'New', expr: 'up == 0', forMs: 60_000, labels: {} },
              alerts: pending,
            },
          ],
        },
      ],
    },
    inbox,
    drills: {
      list: () => [drill],
      get: (id) => (id === 'd1' ? drill : undefined),
      start: ({ receiver = 'drill' }) => {
        if (receiver === 'tame')
          throw new BadInputError('receiver', 'there is no receiver "tame"; did you mean "team"?');
        return { ...drill, receiver };
      },
    },
    frameworks: () => [],
    verdictTotals: () => ({ pass: 1, fail: 1, unknown: 0, excepted: 0, 'not-applicable': 0 }),
    // Tested in cluster-map.test.ts.
    clusterMap: { workloads: () => Promise.resolve([]), unreadable: () => [] },
    // Tested with a real engine in posture-routes.test.ts.
    posture: {
      otherFrameworks: [],
      controls: [],
      frameworks: () => [],
      scores: () => [],
      counts: () => [],
      verdicts: () => [],
      attackPaths: () => ({ items: [], total: 0, tracks: [] }),
    },
    parts: () => [{ name: 'inventory', state: 'ok', message: '' }],
    control: () => ({
      name: 'HostNetwork access',
      category: 'Network',
      why: 'why',
      fix: 'fix',
      frameworks: ['NSA'],
    }),
    objectOf: () => ({
      object: pod,
      origin: { source: 'folder', file: 'pod.yaml', line: 3 },
      text: { yaml, file: 'pod.yaml', firstLine: 3 },
    }),
    redact: redactObject,
    mark: markEvidence,
    onChanged: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  skoposRoutes(app, source);
  closers.push(() => app.close());
  const get = async (path: string) => {
    const reply = await app.inject(`/api/skopos/v1/${path}`);
    return { status: reply.statusCode, body: reply.json() };
  };
  const note = (entry: Partial<LedgerEntry> & Pick<LedgerEntry, 'hop' | 'subject' | 'decision'>) =>
    ledger.append({ atMs: clock.now(), cause: 'c1', detail: {}, ...entry });
  const changed = (what: ChangedWhat) => {
    for (const listener of listeners) listener(what);
  };
  return { app, clock, findings, ledger, inbox, routed, pending, get, note, changed };
}

function failing(object: KubeObject): Verdict {
  return {
    controlId: 'C-0041',
    object: refOf(object),
    state: 'fail',
    related: [],
    evidence: [
      {
        path: 'spec.hostNetwork',
        stablePath: 'spec.hostNetwork',
        message: 'hostNetwork is on',
        value: 'true',
        fix: { deletePath: 'spec.hostNetwork' },
      },
    ],
  };
}

function find(findings: Findings, object = pod): string {
  const key = keyOf(refOf(object));
  const input = { verdict: failing(object), key, causeKey: key };
  return findings.apply([input], { cause: 'c1', atMs: startMs })[0]?.finding.id ?? '';
}

function firing(change: Partial<RoutedAlert> = {}): RoutedAlert {
  return {
    fingerprint,
    labels,
    annotations: { summary: 's' },
    startsAtMs: startMs,
    endsAtMs: startMs + 300_000,
    generatorURL: 'http://x/graph',
    receivers: ['team'],
    status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
    ...change,
  };
}

it('lists findings with filters, order, pages and facets', async () => {
  const { findings, get } = open();
  find(findings);
  find(findings, { ...pod, metadata: { name: 'b', namespace: 'ops' } });
  const all = (await get('findings?sort=object&severity=high,critical&limit=1&status=open&new=1')).body;
  expect([all.total, all.items.length, all.items[0].object.namespace]).toEqual([2, 1, 'ops']);
  expect(all.items[0]).toMatchObject({ control: 'HostNetwork access', severity: 'high', baseline: false });
  expect(all.facets.namespace).toHaveLength(2);
  expect((await get('findings?namespace=shop&control=&kind=')).body.total).toBe(1);
  expect((await get('findings?severity=low')).body.total).toBe(0);
  expect(await get('findings?severity=hgih')).toMatchObject({ status: 400, body: { code: 'BAD_INPUT' } });
  expect((await get('findings?limit=-1')).status).toBe(400);
});

it('shows a finding with its text redacted, the line, the patch, the command, its history and its alerts', async () => {
  const { findings, routed, get, note } = open();
  const id = find(findings);
  note({ hop: 'finding', subject: id, decision: 'opened' });
  routed.push(firing(), firing({ fingerprint: 'f2', labels: { ...labels, name: 'other' } }));
  const { body } = await get(`findings/${id}`);
  expect(body).toMatchObject({
    why: 'why',
    fix: 'fix',
    category: 'Network',
    frameworks: ['NSA'],
    file: 'pod.yaml',
  });
  expect(body.yaml).toBe(yaml.replace('hunter2', '<redacted>'));
  expect(body.lines).toEqual([7]);
  expect(body.patch).toContain('-  hostNetwork: true');
  expect(body.patch).not.toContain('hunter2');
  expect(body.command).toBe(
    `kubectl patch pod cart -n shop --type=json -p '[{"op":"remove","path":"/spec/hostNetwork"}]'`,
  );
  expect(body.history).toMatchObject([{ decision: 'opened' }]);
  expect(body.alerts.map((alert: { fingerprint: string }) => alert.fingerprint)).toEqual([fingerprint]);
  expect(await get('findings/none')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});

it('counts alerts on the overview, those of drills left out', async () => {
  const { routed, pending, findings, get, note } = open();
  find(findings);
  note({ hop: 'change', subject: '/Pod/shop/cart', decision: 'seen' });
  routed.push(firing({ status: { state: 'suppressed', silencedBy: ['s1'], inhibitedBy: [], mutedBy: [] } }));
  routed.push(firing({ fingerprint: 'd', labels: { alertname: 'SkoposDrill', skopos_drill: 'd1' } }));
  pending.push({
    labels: { alertname: 'New', a: 'b' },
    annotations: {},
    state: 'pending',
    activeAtMs: startMs,
  });
  const { body } = await get('overview');
  expect(body.alerts).toEqual({ firing: 1, pending: 1, silenced: 1 });
  expect(body.findings.open.high).toBe(1);
  expect(body.findings.newToday.high).toBe(1);
  expect(body.lastDrill.id).toBe('d1');
  expect(body.recent).toHaveLength(1);
});

it('says of a pending alert when it will fire', async () => {
  const { clock, pending, get, note } = open();
  pending.push({ labels, annotations: {}, state: 'pending', activeAtMs: startMs });
  note({ hop: 'rule', subject: 'rule:g/New', decision: 'pending', detail: { fingerprint, labels } });
  await clock.advance(20_000);
  const { body } = await get(`alerts/${fingerprint}`);
  expect(body).toMatchObject({
    state: 'pending',
    receivers: ['team'],
    rule: { group: 'g', expr: 'up == 0' },
  });
  expect(body.answer).toContain('it fires in 40s');
  expect(body.ledger).toHaveLength(1);
  expect((await get('alerts')).body.items).toMatchObject([{ fingerprint, state: 'pending' }]);
});

it('says what a firing alert was delivered for, with the rows of its own cause and of no other alert', async () => {
  const { routed, get, note } = open();
  routed.push(firing());
  note({ hop: 'change', subject: '/Pod/shop/cart', decision: 'seen', detail: { object: 'Pod shop/cart' } });
  note({ hop: 'rule', subject: 'rule:g/New', decision: 'firing', detail: { fingerprint: 'other' } });
  note({
    hop: 'alert',
    subject: `alert:${fingerprint}`,
    decision: 'firing',
    detail: { fingerprint, labels },
  });
  const detail = { receiver: 'team', fingerprints: [fingerprint, 'other'] };
  note({ hop: 'receipt', subject: 'group:g', decision: 'delivered', detail });
  note({ hop: 'receipt', subject: 'group:h', decision: 'delivered', detail: { fingerprints: ['other'] } });
  const { body } = await get(`alerts/${fingerprint}`);
  expect(body.ledger.map(({ hop }: LedgerEntry) => hop)).toEqual(['change', 'alert', 'receipt']);
  expect(body.answer).toBe(
    'It was delivered to team at 12:00:00 UTC, because Pod shop/cart changed at 12:00:00 UTC.',
  );
  expect((await get(`ledger?alert=${fingerprint}`)).body.items).toHaveLength(3);
  expect((await get('ledger?subject=group:h')).body.items).toHaveLength(1);
  expect((await get('ledger?limit=2')).body.items).toHaveLength(2);
});

const quiet = { state: 'suppressed', silencedBy: [], inhibitedBy: [], mutedBy: [] } as const;

it.each([
  [
    { status: { ...quiet, silencedBy: ['s1'] } },
    'because it is silenced by kim until 13:00:00 UTC: “known”.',
  ],
  [{ status: { ...quiet, inhibitedBy: ['gone'] } }, 'because it is inhibited by gone.'],
  [{ status: { ...quiet, mutedBy: ['night'] } }, 'because it is muted by the time interval night.'],
  [{ receivers: [] }, 'because its routes lead to no receiver.'],
] satisfies [Partial<RoutedAlert>, string][])('says why nobody was told %#', async (change, text) => {
  const { routed, get } = open();
  routed.push(firing(change));
  expect((await get(`alerts/${fingerprint}`)).body.answer).toBe(`Nobody was told, ${text}`);
});

it('says that a group waits, that a delivery failed and why, and that it resolved', async () => {
  const { clock, routed, get, note } = open();
  routed.push(firing());
  const answer = async () => (await get(`alerts/${fingerprint}`)).body.answer;
  note({
    hop: 'alert',
    subject: `alert:${fingerprint}`,
    decision: 'firing',
    detail: { fingerprint, labels },
  });
  const detail = { nextFlushMs: startMs + 30_000 };
  note({ hop: 'route', subject: `alert:${fingerprint}`, decision: 'grouped', detail });
  expect(await answer()).toContain('its group waits for another 30s');
  const facts = { receiver: 'team', fingerprints: [fingerprint], problem: 'HTTP 404: no such channel.' };
  note({ hop: 'receipt', subject: 'group:g', decision: 'failed', detail: facts });
  expect(await answer()).toBe(
    'Nobody was told, because the notification to team failed at 12:00:00 UTC: HTTP 404: no such channel.',
  );
  await clock.advance(300_000);
  note({
    hop: 'alert',
    subject: `alert:${fingerprint}`,
    decision: 'resolved',
    detail: { fingerprint, labels },
  });
  expect(await answer()).toContain('It resolved at 12:05:00 UTC; nobody was told');
  expect((await get('alerts')).body.items).toMatchObject([{ fingerprint, state: 'resolved' }]);
  routed.pop();
  expect((await get(`alerts/${fingerprint}`)).body).toMatchObject({ state: 'resolved', name: 'New' });
  expect((await get('alerts/0123456789abcdef')).status).toBe(404);
});

it('reads the inbox and marks messages as read', async () => {
  const { app, inbox, get } = open();
  const id = inbox.add('n1', {
    atMs: startMs,
    receiver: 'inbox',
    status: 'firing',
    title: 't',
    text: 'x',
    severity: 'critical',
    alerts: [],
    drill: false,
  });
  expect((await get('inbox?limit=0')).body).toMatchObject({ total: 1, unread: 1, items: [] });
  expect((await get(`inbox/${id}`)).body).toMatchObject({ title: 't', read: false });
  const post = (path: string, payload?: object) =>
    app.inject({ method: 'POST', url: `/api/skopos/v1/inbox/${path}/read`, ...(payload ? { payload } : {}) });
  expect((await post(String(id))).json()).toMatchObject({ read: true });
  expect((await post(String(id), { read: false })).json()).toMatchObject({ read: false });
  expect((await post('all')).json()).toEqual({ marked: 1 });
  expect((await post(String(id), { read: 'no' })).statusCode).toBe(400);
  expect((await post('99')).statusCode).toBe(404);
  expect((await get('inbox/x')).status).toBe(400);
});

it('starts drills and tells of them', async () => {
  const { app, get } = open();
  const post = (payload?: object) =>
    app.inject({ method: 'POST', url: '/api/skopos/v1/drills', ...(payload ? { payload } : {}) });
  const started = await post({ receiver: 'team', timeoutMs: 1000 });
  expect([started.statusCode, started.json().receiver]).toEqual([202, 'team']);
  expect((await post()).json().receiver).toBe('drill');
  expect((await post({ receiver: 'tame' })).statusCode).toBe(400);
  expect((await post({ timeoutMs: 'long' })).statusCode).toBe(400);
  expect((await get('drills')).body.items).toHaveLength(1);
  expect((await get('drills/d1')).body.state).toBe('running');
  expect((await get('drills/d2')).status).toBe(404);
});

it('sends events: hello, rows at once, changes coalesced, heartbeats; and ends with the server', async () => {
  const { app, clock, note, changed } = open();
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const reply = await fetch(`http://127.0.0.1:${port}/api/skopos/v1/events`);
  expect(reply.headers.get('content-type')).toContain('text/event-stream');
  const reader = (reply.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (part: string) => {
    while (!text.includes(part)) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended without ${part}`);
      text += value;
    }
  };
  await until('event: hello');
  note({ hop: 'change', subject: 'x', decision: 'seen' });
  for (let i = 0; i < 5; i++) changed('findings');
  changed('alerts');
  await until('"what":"alerts"');
  expect(text).toMatch(/event: ledger\ndata: \{[^\n]*"subject":"x"/);
  expect(text.match(/"what":"findings"/g)).toHaveLength(1);
  await clock.advance(250);
  changed('inbox');
  await until('"what":"inbox"');
  expect(text.match(/"what":"findings"/g)).toHaveLength(2);
  await clock.advance(15_000);
  await until(': still here');
  await app.close();
  await expect(reader.read()).resolves.toMatchObject({ done: true });
});
