import type {
  AlertDetailJson,
  AlertJson,
  DrillJson,
  FindingJson,
  InboxMessageJson,
  LedgerRowJson,
  OverviewJson,
  SeverityCounts,
} from '../../../src/api/skopos/contract.ts';
import { hops } from '../../../src/model/ledger.ts';
import { severities } from '../../../src/model/verdict.ts';
import { pick, seeded } from './random.ts';

const minute = 60_000;

/** The first alert's way from its change to its receipt, and then other rows, oldest first. */
export function makeLedger(nowMs: number, alert: AlertJson, findingId: string): LedgerRowJson[] {
  const startMs = nowMs - 4 * minute;
  const cause = 'chg-8f3a21';
  const object = 'apps/Deployment/shop/cart';
  const about = { labels: alert.labels };
  const group = 'group:{}/{severity="high"}:{namespace="shop"}';
  const sent = { receiver: 'slack-security', integration: 'slack[0]', fingerprints: [alert.fingerprint] };
  const steps: readonly [number, string, string, string, Record<string, unknown>][] = [
    [0, 'change', object, 'modified', { source: 'folder', file: 'shop/cart.yaml' }],
    [1.2, 'verdict', object, 'fail', { control: 'C-0057', tookMs: 0.4 }],
    [2.9, 'finding', findingId, 'opened', { control: 'Privileged container', object, severity: 'high' }],
    [
      4.1,
      'series',
      'skopos_finding_open',
      'written',
      { labels: { severity: 'high', namespace: 'shop' }, value: 1 },
    ],
    [
      5.6,
      'rule',
      `rule:security/${alert.name}`,
      'pending',
      { fingerprint: alert.fingerprint, ...about, value: '1', evaluatedAtMs: startMs + 5 },
    ],
    [
      10_006,
      'rule',
      `rule:security/${alert.name}`,
      'firing',
      { fingerprint: alert.fingerprint, ...about, value: '1', evaluatedAtMs: startMs + 10_005 },
    ],
    [
      10_007,
      'alert',
      `alert:${alert.fingerprint}`,
      'firing',
      { fingerprint: alert.fingerprint, name: alert.name, ...about, startsAtMs: startMs + 5 },
    ],
    [
      10_008,
      'route',
      `alert:${alert.fingerprint}`,
      'grouped',
      {
        fingerprint: alert.fingerprint,
        ...about,
        receivers: ['slack-security', 'inbox'],
        groups: [group],
        nextFlushMs: startMs + 15_008,
      },
    ],
    [15_011, 'notify', group, 'sending', { ...sent, attempt: 1 }],
    [15_290, 'receipt', group, 'retrying', { ...sent, attempt: 1, reason: 'HTTP 503', tookMs: 279 }],
    [16_040, 'notify', group, 'sending', { ...sent, attempt: 2 }],
    [16_182, 'receipt', group, 'delivered', { ...sent, attempt: 2, status: 200, tookMs: 142 }],
  ];
  return steps.map(([afterMs, hop, subject, decision, detail], index) => ({
    id: 900 + index,
    atMs: startMs + afterMs,
    cause,
    hop,
    subject,
    decision,
    detail,
  }));
}

export function makeRecent(nowMs: number, howMany: number): LedgerRowJson[] {
  const random = seeded(11);
  return Array.from({ length: howMany }, (_, index): LedgerRowJson => {
    const [hop, decision] = pick(
      [
        ['change', 'modified'],
        ['verdict', 'pass'],
        ['finding', 'fixed'],
        ['alert', 'resolved'],
        ['notify', 'sent'],
        ['route', 'silenced'],
      ] as const,
      random,
    );
    const name = pick(['checkout', 'gateway', 'mailer', 'indexer'], random);
    return {
      id: 100 + index,
      atMs: nowMs - 5 * minute - (howMany - index) * 47_000,
      cause: `chg-${(0x7000 + index).toString(16)}`,
      hop,
      subject:
        hop === 'finding'
          ? (0xa11ce00000000000n + BigInt(index + 1)).toString(16)
          : `apps/Deployment/shop/${name}`,
      decision,
      detail:
        hop === 'finding'
          ? { control: 'Container hostPort', object: `apps/Deployment/shop/${name}` }
          : { receiver: 'inbox' },
    };
  });
}

export function makeAlerts(nowMs: number, howMany: number): AlertJson[] {
  const random = seeded(3);
  const first = {
    fingerprint: '6e1c0f4ab2d93357',
    name: 'NewHighFinding',
    severity: 'high',
    labels: {
      alertname: 'NewHighFinding',
      severity: 'high',
      namespace: 'shop',
      object: 'Deployment/cart',
      control: 'C-0057',
    },
    annotations: {
      summary: 'Privileged container in shop/cart',
      description: 'Deployment shop/cart has a new finding of high severity: Privileged container.',
      runbook_url: 'https://runbooks.example/privileged-container',
    },
    state: 'firing',
    startsAtMs: nowMs - 4 * minute,
    silencedBy: [],
    inhibitedBy: [],
    mutedBy: [],
    receivers: ['slack-security', 'inbox'],
    lastNotification: { atMs: nowMs - 3.6 * minute, receiver: 'slack-security', outcome: 'sent' },
  } as const satisfies AlertJson;
  const rest = Array.from({ length: Math.max(0, howMany - 1) }, (_, index): AlertJson => {
    const name = pick(
      ['NewCriticalFinding', 'ScoreDropped', 'UnknownVerdicts', 'ScanStale', 'ImageFeedStale'],
      random,
    );
    const severity = pick(['critical', 'high', 'medium', 'low', 'warning', 'info'], random);
    const namespace = pick(['shop', 'payments', 'search', 'platform'], random);
    const state = pick(['firing', 'firing', 'pending', 'resolved'] as const, random);
    const quiet = random() < 0.15;
    return {
      fingerprint: (0xbeef000000000000n + BigInt(index)).toString(16),
      name,
      severity,
      labels: { alertname: name, severity, namespace, instance: `node-${index}` },
      annotations: { summary: `${name} in ${namespace}` },
      state,
      startsAtMs: nowMs - Math.floor(random() * 5000) * minute,
      ...(state === 'resolved' && { endsAtMs: nowMs - 2 * minute }),
      silencedBy: quiet && state === 'firing' ? ['maintenance-payments'] : [],
      inhibitedBy: [],
      mutedBy: [],
      receivers: index % 9 === 0 ? [] : ['inbox'],
      ...(state !== 'pending' &&
        !quiet && {
          lastNotification: {
            atMs: nowMs - minute,
            receiver: 'inbox',
            outcome: index % 11 === 0 ? 'failed: HTTP 503' : 'sent',
          },
        }),
    };
  });
  return howMany === 0 ? [] : [first, ...rest];
}

export function alertDetail(alert: AlertJson, ledger: readonly LedgerRowJson[]): AlertDetailJson {
  const told = alert.lastNotification !== undefined;
  return {
    ...alert,
    generatorURL: 'http://127.0.0.1:9600/graph',
    rule: {
      group: 'security',
      name: alert.name,
      expr: 'max by (namespace, object, control) (\n  skopos_finding_open{severity="high", baseline="false"}\n) > 0',
      forMs: 10_000,
    },
    ledger,
    answer: told
      ? 'slack-security was told 16 s after shop/cart.yaml made the container of Deployment shop/cart privileged; the first attempt met HTTP 503 and the second was taken.'
      : 'Nobody was told: the alert has been pending since 14:03:22 and fires only after it has held for 10 s.',
  };
}

const slackText = `*Privileged container* in \`shop/cart\`
Severity: *high* · Cluster: _folder examples/shop_

> The container runs privileged: it can do whatever root on the node can.

*What to do*
Set \`privileged\` to \`false\`:
\`\`\`
kubectl -n shop patch deployment cart --type=json -p '[{"op":"replace", …}]'
\`\`\`
<https://runbooks.example/privileged-container|Runbook> · <https://skopos.example/findings/a11ce00000000000|Finding> · 1 &lt; 2 &amp; so on`;

export function makeInbox(nowMs: number, alert: AlertJson | undefined, howMany: number): InboxMessageJson[] {
  if (alert === undefined) return [];
  const one = {
    fingerprint: alert.fingerprint,
    labels: alert.labels,
    annotations: alert.annotations,
    startsAtMs: alert.startsAtMs,
  };
  return Array.from({ length: howMany }, (_, index): InboxMessageJson => {
    const kind = index % 4;
    const resolved = kind === 1;
    const drill = kind === 2;
    return {
      id: howMany - index,
      atMs: nowMs - (index + 1) * 3.4 * minute,
      receiver: index % 5 === 4 ? 'slack-security' : 'inbox',
      status: resolved ? 'resolved' : 'firing',
      title: drill
        ? '[DRILL] A test of the alert chain, nothing is wrong'
        : `[${resolved ? 'RESOLVED' : 'FIRING:1'}] Privileged container in shop/cart`,
      text: drill
        ? 'This is a drill. It proves that a message reaches you.\nYou need do nothing.'
        : resolved
          ? 'The container of *shop/cart* is no longer privileged.'
          : slackText,
      severity: drill ? 'low' : kind === 3 ? 'critical' : 'high',
      read: index > 2,
      alerts: [{ ...one, status: resolved ? 'resolved' : 'firing' }],
      drill,
    };
  });
}

const notes: Readonly<Record<string, string>> = {
  change: 'a marked object appeared',
  verdict: 'C-0057 failed it',
  finding: 'opened',
  series: 'skopos_finding_open is 1',
  rule: 'SkoposDrill is true',
  alert: 'firing',
  route: 'to the inbox',
  notify: 'sent',
  receipt: 'kept',
};
const times = [0.6, 2.1, 3.4, 5.2, 24, 26, 31, 148, 184];

export function makeDrills(nowMs: number): DrillJson[] {
  const whole = hops.map((hop, index) => ({ hop, afterMs: times[index] ?? 0, note: notes[hop] ?? '' }));
  return [
    {
      id: 'drill-3',
      startedAtMs: nowMs - 12 * minute,
      state: 'delivered',
      receiver: 'inbox',
      wouldReach: ['slack-security', 'inbox'],
      hops: whole,
      problem: '',
    },
    {
      id: 'drill-2',
      startedAtMs: nowMs - 26 * 60 * minute,
      state: 'stopped',
      receiver: 'slack-security',
      wouldReach: ['slack-security', 'inbox'],
      hops: whole.map((hop, index) =>
        index < 7 ? hop : { hop: hop.hop, note: index === 7 ? 'HTTP 403 invalid_token' : '' },
      ),
      problem:
        'slack-security refused the message: HTTP 403 invalid_token. Make a new webhook address in Slack and put it into alertmanager.yml, receiver slack-security.',
    },
    {
      id: 'drill-1',
      startedAtMs: nowMs - 3 * 24 * 60 * minute,
      state: 'delivered',
      receiver: 'inbox',
      wouldReach: ['inbox'],
      hops: whole,
      problem: '',
    },
  ];
}

export function runningDrill(id: string, receiver: string, startedAtMs: number, nowMs: number): DrillJson {
  const reached = (nowMs - startedAtMs) / 1.5;
  const done = reached >= (times.at(-1) ?? 0);
  return {
    id,
    startedAtMs,
    state: done ? 'delivered' : 'running',
    receiver,
    wouldReach: ['slack-security', 'inbox'],
    hops: hops.map((hop, index) => {
      const afterMs = times[index] ?? 0;
      return afterMs <= reached ? { hop, afterMs, note: notes[hop] ?? '' } : { hop, note: '' };
    }),
    problem: '',
  };
}

const none: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 };

export function makeOverview(
  nowMs: number,
  findings: readonly FindingJson[],
  alerts: readonly AlertJson[],
  drills: readonly DrillJson[],
  recent: readonly LedgerRowJson[],
): OverviewJson {
  const open = findings.filter(({ status }) => status === 'open');
  const busy = findings.length > 0;
  const lastDrill = drills[0];
  return {
    cluster: busy ? 'production-eu-west-1' : 'folder',
    version: '0.1.0',
    startedAtMs: nowMs - 3 * 60 * minute,
    source: { kind: 'folder', name: 'examples/shop', objects: busy ? 10_214 : 0 },
    frameworks: busy
      ? [
          framework(nowMs, 'NSA', 71.4, 1),
          framework(nowMs, 'MITRE', 83.2, 2),
          framework(nowMs, 'cis-v1.10.0', 64.9, 3),
        ]
      : [],
    findings: {
      open: tally(open),
      newToday: tally(open.filter(({ firstSeenMs }) => nowMs - firstSeenMs < 24 * 60 * minute)),
    },
    verdicts: busy
      ? { pass: 151_204, fail: open.length, unknown: 412, excepted: 37, 'not-applicable': 20_118 }
      : { pass: 0, fail: 0, unknown: 0, excepted: 0, 'not-applicable': 0 },
    alerts: {
      firing: alerts.filter(({ state }) => state === 'firing').length,
      pending: alerts.filter(({ state }) => state === 'pending').length,
      silenced: alerts.filter(({ silencedBy }) => silencedBy.length > 0).length,
    },
    parts: [
      {
        name: 'inventory',
        state: busy ? 'ok' : 'starting',
        message: busy ? '' : 'The folder is being read.',
        ...(busy && { lastSuccessMs: nowMs - 1200 }),
      },
      { name: 'posture', state: 'ok', message: '', lastSuccessMs: nowMs - 1100 },
      { name: 'findings', state: 'ok', message: '', lastSuccessMs: nowMs - 1100 },
      { name: 'series', state: 'ok', message: '', lastSuccessMs: nowMs - 900 },
      { name: 'rules', state: 'ok', message: '', lastSuccessMs: nowMs - 4000 },
      { name: 'alerting', state: 'ok', message: '', lastSuccessMs: nowMs - 4000 },
      { name: 'receiver:inbox', state: 'ok', message: '', lastSuccessMs: nowMs - 3 * minute },
      ...(busy
        ? [
            {
              name: 'receiver:slack-security',
              state: 'degraded' as const,
              message: 'One of the last two attempts met HTTP 503; it is tried again.',
              lastSuccessMs: nowMs - 4 * minute,
            },
          ]
        : []),
    ],
    ...(lastDrill !== undefined && { lastDrill }),
    recent: [...recent].reverse().slice(0, 50),
  };
}

function tally(findings: readonly FindingJson[]): SeverityCounts {
  return Object.fromEntries(
    severities.map((severity) => [
      severity,
      findings.filter((finding) => finding.severity === severity).length,
    ]),
  ) as unknown as SeverityCounts & typeof none;
}

function framework(
  nowMs: number,
  name: string,
  compliance: number,
  seed: number,
): OverviewJson['frameworks'][number] {
  const random = seeded(seed);
  let score = compliance - 3;
  const trend = Array.from({ length: 60 }, (_, index): readonly [number, number] => {
    score += (random() - 0.45) * 0.7 + (index === 41 ? -4 : 0);
    return [nowMs - (59 - index) * 24 * minute, index === 59 ? compliance : Math.round(score * 10) / 10];
  });
  return {
    name,
    compliance,
    honest: compliance - 5.3,
    controls: { pass: 14, fail: 9, unknown: 1, 'not-applicable': 2 },
    trend,
  };
}
