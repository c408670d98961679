import type {
  AlertGroupsJson,
  AlertJson,
  AlertsJson,
  ExceptionJson,
  NotificationJson,
  NotificationsJson,
  PeerJson,
  PeersJson,
  ReceiversJson,
  RouteJson,
  SilenceJson,
  SilencesJson,
  SuppressionsJson,
} from '../../../src/api/skopos/contract.ts';

/** As the server lists them; filters are words and the state, which is what the tests of pages use. */
export function listAlerts(alerts: readonly AlertJson[], query: URLSearchParams): AlertsJson {
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/);
  const found = alerts.filter((alert) => {
    const text = `${alert.name} ${JSON.stringify(alert.labels)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const isIn = (alert: AlertJson, state: string) =>
    state === '' || (state === 'silenced' ? alert.silencedBy.length > 0 : alert.state === state);
  const shown = found.filter((alert) => isIn(alert, query.get('state') ?? ''));
  return {
    total: shown.length,
    items: shown.slice(0, Number(query.get('limit') ?? 1000)),
    facets: {
      state: ['firing', 'pending', 'silenced', 'resolved'].map((value) => ({
        value,
        label: value,
        count: found.filter((alert) => isIn(alert, value)).length,
      })),
      receiver: [...new Set(found.flatMap(({ receivers }) => receivers))].map((value) => ({
        value,
        label: value,
        count: found.filter(({ receivers }) => receivers.includes(value)).length,
      })),
    },
  };
}

export function groupAlerts(alerts: readonly AlertJson[]): AlertGroupsJson {
  const groups = new Map<string, AlertJson[]>();
  for (const alert of alerts)
    if (alert.state === 'firing') groups.set(alert.name, [...(groups.get(alert.name) ?? []), alert]);
  return {
    items: [...groups].map(([name, items]) => ({
      key: `{}:{alertname="${name}"}`,
      receiver: items[0]?.receivers[0] ?? 'inbox',
      labels: { alertname: name },
      total: items.length,
      items: items.slice(0, 50),
    })),
  };
}

export function makeExceptions(nowMs: number, count: number): readonly ExceptionJson[] {
  return Array.from({ length: count }, (_, i): ExceptionJson => {
    const resources =
      i % 3 === 0
        ? [{ namespace: 'ml', kind: 'DaemonSet', labels: { app: 'gpu-driver' } }]
        : [{ namespace: `shop-${i}`, kind: 'Deployment', name: 'cart' }];
    return {
      kind: 'exception',
      id: i === 1 ? 'file:known-ports' : `e${String(i).padStart(15, '0')}`,
      scope: [
        ...resources.map((one) =>
          Object.entries(one)
            .map(([name, value]) => (typeof value === 'string' ? `${name}: ${value}` : 'app=gpu-driver'))
            .join(', '),
        ),
        'control: C-0057, C-0046',
      ],
      state: i < 5 ? 'active' : 'expired',
      startsAtMs: i === 1 ? 0 : nowMs - 86_400_000,
      endsAtMs: nowMs + (i < 5 ? 1 : -1) * (i + 1) * 86_400_000,
      isEndless: false,
      createdBy: 'ann',
      owner: 'team-ml',
      reason: 'The driver has to reach the device until its next release.',
      origin: i === 1 ? 'file' : 'person',
      source: i === 1 ? '/etc/skopos/exceptions.yaml' : '',
      windows: [],
      noticeMs: 86_400_000,
      updatedAtMs: nowMs - 3_600_000,
      holdsBack: i < 5 ? 3 * i : 0,
      controls: ['C-0057', 'C-0046'],
      frameworks: [],
      resources,
    };
  });
}

export function listSuppressions(
  silences: SilencesJson,
  exceptions: readonly ExceptionJson[],
  query: URLSearchParams,
): SuppressionsJson {
  const all = [
    ...exceptions,
    ...silences.items.map(({ matchers, matches, ...rest }) => ({
      kind: 'silence' as const,
      scope: matchers,
      holdsBack: matches,
      ...rest,
    })),
  ];
  const [kind, state] = [query.get('kind') ?? '', query.get('state') ?? ''];
  return {
    items: all.filter((one) => (kind === '' || one.kind === kind) && (state === '' || one.state === state)),
  };
}

export function makeSilences(nowMs: number, count: number): SilencesJson {
  return {
    items: Array.from({ length: count }, (_, i): SilenceJson => {
      const state = i < 8 ? 'active' : i % 3 === 0 ? 'pending' : 'expired';
      return {
        id: i === 1 ? 'file:nightly-backup' : `5c1d0e6a-0000-4000-8000-${String(i).padStart(12, '0')}`,
        matchers: ['alertname="DiskFull"', `namespace=~"payments|shop-${i}"`],
        state,
        startsAtMs: nowMs - (10 - i) * 3_600_000,
        endsAtMs: i === 2 ? Date.UTC(9999, 11, 31) : nowMs + (i - 3) * 1_800_000 + 7_200_000,
        isEndless: i === 2,
        createdBy: 'kim',
        owner: i % 2 === 0 ? 'team-storage' : '',
        reason: 'The disks of this cluster are being replaced this week; what fills up is moved by hand.',
        origin: i === 1 ? 'file' : 'person',
        source: i === 1 ? '/etc/skopos/silences/nightly.yaml' : '',
        windows:
          i === 1 ? [{ times: [{ start_time: '01:00', end_time: '03:30' }], location: 'Europe/Athens' }] : [],
        noticeMs: 3_600_000,
        updatedAtMs: nowMs - i * 60_000,
        matches: state === 'active' ? i : 0,
      };
    }),
  };
}

export function makeRoutes(): RouteJson {
  const route = (
    id: string,
    matchers: string,
    receiver: string,
    more: Partial<RouteJson> = {},
  ): RouteJson => ({
    id,
    matchers,
    receiver,
    groupBy: ['alertname', 'namespace'],
    groupWaitMs: 30_000,
    groupIntervalMs: 300_000,
    repeatIntervalMs: 14_400_000,
    continue: false,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    mutedBy: [],
    alerts: 0,
    routes: [],
    ...more,
  });
  return route('0', '{}', 'inbox', {
    alerts: 12,
    routes: [
      route('0.0', '{severity="critical"}', 'pager', {
        continue: true,
        groupBy: 'all',
        alerts: 3,
        routes: [
          route('0.0.0', '{team=~"db|storage"}', 'dba', {
            mutedBy: ['weekend'],
            muteTimeIntervals: ['weekend'],
          }),
        ],
      }),
      route('0.1', '{namespace=~"payments|shop"}', 'slack-security', { alerts: 40 }),
    ],
  });
}

export function makeNotifications(nowMs: number, count: number): NotificationsJson {
  return {
    items: Array.from({ length: count }, (_, i): NotificationJson => {
      const isBad = i % 7 === 3;
      return {
        id: 10_000 - i,
        atMs: nowMs - i * 47_000,
        cause: `chg-${i}`,
        receiver: isBad ? 'pager' : 'slack-security',
        integration: isBad ? 'pager/webhook[0]' : 'slack-security/slack[0]',
        outcome: isBad ? (i % 2 === 0 ? 'failed' : 'retrying') : 'delivered',
        answer: isBad ? 'webhook answered 503: out of order' : 'answered 200',
        status: isBad ? 503 : 200,
        attempt: isBad ? 2 : 1,
        tookMs: 12 + i,
        group: '{}/{severity="critical"}:{alertname="NewCriticalFinding"}',
        fingerprints: ['6e1c0f4ab2d93357'],
        templateProblems: [],
        isTest: i === 0,
        isDrill: i === 4,
      };
    }),
  };
}

/** Three processes that share alerting: one is gone, another has a wrong clock. */
export function makePeers(nowMs: number, isEmpty: boolean): PeersJson {
  const peer = (name: string): PeerJson => ({
    name,
    address: `${name}.monitoring.svc:9600`,
    version: '0.1.0',
    isSelf: name === 'skopos-0',
    isAlive: name !== 'skopos-2',
    startedAtMs: nowMs - 3_600_000,
    lastSeenMs: name === 'skopos-2' ? nowMs - 90_000 : nowMs,
    aheadMs: name === 'skopos-1' ? -72_000 : 0,
  });
  if (isEmpty) return {};
  const members = ['skopos-0', 'skopos-1', 'skopos-2'].map(peer);
  return {
    shared: {
      ...{ state: 'together', sinceMs: nowMs - 900_000, problem: '', isListening: true, position: 0 },
      members,
    },
  };
}

export function makeReceivers(nowMs: number, isEmpty: boolean): ReceiversJson {
  const { items } = makeNotifications(nowMs, 40);
  const of = (name: string) => items.filter(({ receiver }) => receiver === name).slice(0, 10);
  return {
    items: isEmpty
      ? []
      : [
          { name: 'inbox', labels: {}, integrations: ['inbox'], health: 'unused', alerts: 12, answers: [] },
          {
            name: 'pager',
            labels: {},
            integrations: ['pagerduty', 'webhook'],
            health: 'failing',
            alerts: 3,
            answers: of('pager'),
          },
          {
            name: 'slack-security',
            labels: {},
            integrations: ['slack'],
            health: 'ok',
            lastSuccessMs: nowMs - 47_000,
            alerts: 40,
            answers: of('slack-security'),
          },
          { name: 'nobody', labels: {}, integrations: [], health: 'unused', alerts: 0, answers: [] },
        ],
  };
}
