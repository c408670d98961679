import { clusterMapRoutes, type WorkloadStanding } from '../../../src/api/skopos/cluster-map.ts';
import type { ClusterMapJson, LedgerRowJson } from '../../../src/api/skopos/contract.ts';
import { liveFeedRoutes } from '../../../src/api/skopos/live-feed.ts';
import type { SkoposSource } from '../../../src/api/skopos/source.ts';
import { createServer, type FastifyInstance } from '../../../src/http/server.ts';
import { silentLogger } from '../../../src/log/logger.ts';
import { keyOf } from '../../../src/model/object.ts';
import { pick, seeded } from './random.ts';

/** Whether the real routes over made-up data answer it. */
export function isLive(resource: string): boolean {
  return /^(?:cluster-map(?:\/workloads)?|live-feed)$/.test(resource);
}

/** The map of 10,000 workloads, of which one kind cannot be read, and a feed of changes; and the same of a cluster with nothing. */
export function fakeLive(nowMs: number): { readonly busy: FastifyInstance; readonly empty: FastifyInstance } {
  const unreadable = [
    {
      kind: 'CronJob',
      reason: '403: we may not list and watch cronjobs.batch; grant it in the role of the service account',
      sinceMs: nowMs - 240_000,
    },
  ];
  return {
    busy: app(makeWorkloads(10_000), unreadable, makeRows(nowMs)),
    empty: app([], [], []),
  };
}

function app(
  workloads: readonly WorkloadStanding[],
  unreadable: ClusterMapJson['unreadable'],
  rows: readonly LedgerRowJson[],
): FastifyInstance {
  const server = createServer({ log: silentLogger, loopbackOnly: true });
  const source = {
    clusterMap: { workloads: () => Promise.resolve(workloads), unreadable: () => unreadable },
    ledger: { query: ({ beforeId = Number.MAX_SAFE_INTEGER }) => rows.filter(({ id }) => id < beforeId) },
  } as unknown as SkoposSource;
  clusterMapRoutes(server, source);
  liveFeedRoutes(server, source);
  return server;
}

const kinds = ['Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
const worst = [
  { controlId: 'C-0046', control: 'Insecure capabilities', baseScore: 9 },
  { controlId: 'C-0057', control: 'Privileged container', baseScore: 8 },
  { controlId: 'C-0013', control: 'Non-root containers', baseScore: 6 },
  { controlId: 'C-0061', control: 'Pods in default namespace', baseScore: 3 },
];

function makeWorkloads(count: number): WorkloadStanding[] {
  const random = seeded(29);
  return Array.from({ length: count }, (_, i) => {
    const kind = pick(kinds, random);
    // A few large namespaces and many small ones, as clusters have.
    const namespace = i % 3 === 0 ? 'shop' : `team-${Math.floor(random() ** 2 * 60)}`;
    const object = { group: kind === 'CronJob' ? 'batch' : 'apps', kind, namespace, name: `workload-${i}` };
    const fails = random() < 0.55 ? pick(worst, random) : undefined;
    return {
      key: keyOf(object),
      object,
      failed: fails === undefined ? 0 : 1 + Math.floor(random() * 8),
      unknown: random() < 0.12 ? 1 + Math.floor(random() * 3) : 0,
      passed: 10 + Math.floor(random() * 20),
      ...(fails === undefined ? {} : { worst: fails }),
    };
  });
}

/** Newest first, as the ledger gives them. */
function makeRows(nowMs: number): LedgerRowJson[] {
  const rows: LedgerRowJson[] = [];
  const add = (row: Omit<LedgerRowJson, 'id'>) => void rows.push({ id: rows.length + 1, ...row });
  for (let i = 0; i < 120; i++) {
    const atMs = nowMs - (120 - i) * 4000;
    const cause = `chg-${i}`;
    const isPolicy = i % 10 === 9;
    const [kind, name] = isPolicy ? ['NetworkPolicy', 'deny-all'] : ['Deployment', `cart-${i % 7}`];
    const key = `${isPolicy ? 'networking.k8s.io' : 'apps'}/${kind}/shop/${name}`;
    const of = { cause, subject: key };
    const decision = i % 13 === 12 ? 'deleted' : 'seen';
    add({
      ...of,
      atMs,
      hop: 'change',
      decision,
      detail: { object: `${kind} shop/${name}`, source: 'cluster' },
    });
    for (let v = 0; v < (isPolicy ? 14 : i % 3); v++) {
      const object = isPolicy ? `Deployment shop/cart-${v}` : `Deployment shop/${name}`;
      const subject = `C-0260:${isPolicy ? `apps/Deployment/shop/cart-${v}` : key}`;
      const state = isPolicy ? 'pass' : v === 1 ? 'unknown' : 'fail';
      const detail = { control: 'C-0260', object, before: isPolicy ? 'fail' : 'pass' };
      add({ cause, subject, atMs: atMs + 6, hop: 'verdict', decision: state, detail });
    }
    if (i % 3 === 0) continue;
    add({ ...of, atMs: atMs + 7, hop: 'finding', decision: isPolicy ? 'fixed' : 'opened', detail: {} });
    add({ ...of, atMs: atMs + 9, hop: 'series', decision: 'written', detail: { samples: 2 } });
    if (i % 6 !== 5) continue;
    const detail = { receiver: 'slack-security', integration: 'slack' };
    add({ ...of, atMs: atMs + 84, hop: 'receipt', decision: i % 12 === 5 ? 'failed' : 'delivered', detail });
  }
  return rows.reverse();
}
