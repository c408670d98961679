import { afterEach, describe, expect, it } from 'vitest';
import { createServer } from '../../http/server.ts';
import { silentLogger } from '../../log/logger.ts';
import { foldFeed } from '../../model/feed.ts';
import { keyOf } from '../../model/object.ts';
import { type ClusterMapReader, clusterMapRoutes, type WorkloadStanding } from './cluster-map.ts';
import type { ClusterMapJson, LiveFeedJson, MapWorkloadsJson } from './contract.ts';
import { liveFeedRoutes } from './live-feed.ts';
import type { LedgerRow, SkoposSource } from './source.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function standing(
  namespace: string,
  name: string,
  baseScore: number,
  unknown = 0,
  kind = 'Deployment',
): WorkloadStanding {
  const object = { group: 'apps', kind, namespace, name };
  const worst = { controlId: 'C-1', control: 'One', baseScore };
  return {
    key: keyOf(object),
    object,
    failed: baseScore > 0 ? 1 : 0,
    unknown,
    passed: 3,
    ...(baseScore > 0 ? { worst } : {}),
  };
}

const workloads = [
  standing('shop', 'well', 0),
  standing('shop', 'worst', 9),
  standing('shop', 'half', 7, 2),
  standing('shop', 'dark', 0, 1),
  standing('bank', 'low', 1, 0, 'StatefulSet'),
  standing('bank', 'fine', 0, 0, 'StatefulSet'),
];

function open(unreadable: ClusterMapJson['unreadable'] = [], rows: readonly LedgerRow[] = []) {
  const clusterMap: ClusterMapReader = {
    workloads: () => Promise.resolve(workloads),
    unreadable: () => unreadable,
  };
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  const ledger = {
    query: ({ limit = 100, beforeId = Number.MAX_SAFE_INTEGER }) =>
      rows
        .toReversed()
        .filter(({ id }) => id < beforeId)
        .slice(0, limit),
  };
  const source = { clusterMap, ledger } as unknown as SkoposSource;
  clusterMapRoutes(app, source);
  liveFeedRoutes(app, source);
  closers.push(() => app.close());
  return async <T>(path: string): Promise<{ status: number; body: T }> => {
    const reply = await app.inject({ url: `/api/skopos/v1${path}` });
    return { status: reply.statusCode, body: reply.json() as T };
  };
}

describe('GET /cluster-map', () => {
  it('has a letter for each workload, worst first, and tells what is partly unknown apart', async () => {
    const { body } = await open()<ClusterMapJson>('/cluster-map');
    expect(body.namespaces.map(({ name, cells, partlyUnknown }) => [name, cells, partlyUnknown])).toEqual([
      ['shop', 'cHup', 1],
      ['bank', 'lp', 0],
    ]);
    expect(body.counts).toEqual({ critical: 1, high: 1, medium: 0, low: 1, unknown: 1, pass: 2 });
    expect([body.total, body.of]).toEqual([6, 6]);
  });

  it('filters by state, kind and text, and each filter lists what there would be without it', async () => {
    const { body } = await open()<ClusterMapJson>('/cluster-map?state=pass,low&kind=StatefulSet');
    expect(body.namespaces.map(({ name, cells }) => [name, cells])).toEqual([['bank', 'lp']]);
    expect(body.facets.kind.map(({ value, count }) => [value, count])).toEqual([
      ['StatefulSet', 2],
      ['Deployment', 1],
    ]);
    expect(body.facets.state.map(({ value }) => value).sort()).toEqual(['low', 'pass']);
    expect((await open()<ClusterMapJson>('/cluster-map?q=WORST')).body.total).toBe(1);
    expect((await open()('/cluster-map?state=bad')).status).toBe(400);
  });

  it('shows nothing of a kind that cannot be read as well', async () => {
    const unreadable = [{ kind: 'StatefulSet', reason: '403', sinceMs: 1 }];
    const { body } = await open(unreadable)<ClusterMapJson>('/cluster-map');
    expect(body.namespaces.find(({ name }) => name === 'bank')).toMatchObject({
      cells: 'Lu',
      counts: { low: 1, unknown: 1, pass: 0 },
    });
    expect(body.unreadable).toEqual(unreadable);
  });

  it('lists the workloads of one namespace, a window at a time', async () => {
    const { body } = await open()<MapWorkloadsJson>('/cluster-map/workloads?namespace=shop&limit=2&offset=1');
    expect(body.total).toBe(4);
    expect(body.items.map(({ object, state, worst }) => [object.name, state, worst?.control])).toEqual([
      ['half', 'high', 'One'],
      ['dark', 'unknown', undefined],
    ]);
  });
});

it('GET /live-feed looks as far back as it needs for the changes that are asked for', async () => {
  const rows = Array.from({ length: 3000 }, (_, i): LedgerRow => {
    const isChange = i % 100 === 0;
    return {
      id: i + 1,
      atMs: i,
      cause: `c${Math.floor(i / 100)}`,
      hop: isChange ? 'change' : 'series',
      subject: '/Pod/shop/x',
      decision: 'seen',
      detail: {},
    };
  });
  const { body } = await open([], rows)<LiveFeedJson>('/live-feed?limit=20');
  expect(body.items).toEqual(foldFeed(rows, [], 20));
  expect(body.items).toHaveLength(20);
});
