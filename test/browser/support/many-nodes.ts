import type { Page } from 'playwright-core';
import { type NodeRow, type NodesReader, nodeRoutes } from '../../../src/api/skopos/nodes.ts';
import type { NodeDetailJson } from '../../../src/api/skopos/nodes-contract.ts';
import { createServer } from '../../../src/http/server.ts';
import { silentLogger } from '../../../src/log/logger.ts';

/** So many nodes, of which one in a hundred is silent and one in fifty stale. */
export function manyNodes(count: number): readonly NodeRow[] {
  const nowMs = Date.now();
  return Array.from({ length: count }, (_, i): NodeRow => {
    const name = `worker-${String(i + 1).padStart(4, '0')}.eu-central-1.compute.internal`;
    if (i % 100 === 3)
      return {
        name,
        state: 'silent',
        problem: `connect ECONNREFUSED 10.0.${i >> 8}.${i % 256}:9100`,
        gaps: 0,
      };
    if (i % 50 === 1)
      return { name, state: 'stale', answeredAtMs: nowMs - 900_000, problem: 'it does not answer', gaps: 0 };
    return { name, state: 'fresh', answeredAtMs: nowMs - 9000 - i, problem: '', gaps: i % 7 === 0 ? 2 : 0 };
  });
}

function readerOf(rows: readonly NodeRow[]): NodesReader {
  const verdicts = { fail: 1, unknown: 1, excepted: 0, pass: 1 };
  return {
    staleAfterMs: 300_000,
    nodes: () => rows,
    verdictsOf: () => verdicts,
    node: (name) => {
      const row = rows.find((one) => one.name === name);
      return row === undefined ? undefined : { ...row, verdicts, facts, controls };
    },
  };
}

const controls: NodeDetailJson['controls'] = [
  {
    ...{
      id: 'C-0166',
      name: 'Ensure that the kubelet.conf file permissions are set to 600',
      severity: 'high',
    },
    ...{ state: 'fail', reason: '/etc/kubernetes/kubelet.conf has the rights 0644' },
  },
  {
    ...{ id: 'C-0174', name: 'Ensure that the --authorization-mode is not AlwaysAllow', severity: 'medium' },
    ...{ state: 'unknown', reason: 'the file /var/lib/kubelet/config.yaml cannot be read: EACCES' },
  },
  {
    id: 'C-0167',
    name: 'Ensure that its ownership is root:root',
    severity: 'high',
    state: 'pass',
    reason: '',
  },
];

const facts: NodeDetailJson['facts'] = [
  { kind: 'KernelVersion', data: { content: 'Linux version 6.1.0' }, gaps: [] },
  {
    kind: 'KubeletInfo',
    data: { cmdLine: '/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml' },
    gaps: [{ field: 'configFile.content', reason: 'EACCES: permission denied' }],
  },
];

/** Answers what a page asks of nodes by the real routes over these; `off` is a Skopos that asks none. */
export async function serveNodes(page: Page, rows: readonly NodeRow[] | 'off'): Promise<void> {
  const app = createServer({ log: silentLogger, loopbackOnly: true });
  nodeRoutes(app, rows === 'off' ? undefined : readerOf(rows));
  await page.route(nodesApi, async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const { statusCode, rawPayload } = await app.inject({ method: 'GET', url: pathname + search });
    await route.fulfill({ status: statusCode, contentType: 'application/json', body: rawPayload });
  });
}

/** All that a page asks of nodes. */
export const nodesApi = /\/api\/skopos\/v1\/nodes(?:[/?]|$)/;
