import { type NodeRow, nodeRoutes } from '../../../src/api/skopos/nodes.ts';
import { createServer, type FastifyInstance } from '../../../src/http/server.ts';
import { silentLogger } from '../../../src/log/logger.ts';

/** Whether the real routes over made-up nodes answer it. */
export function isNodes(resource: string): boolean {
  return /^nodes(?:\/|$)/.test(resource);
}

/** A cluster of four nodes of which two do not answer, and a Skopos that asks none. */
export function fakeNodes(nowMs: number): {
  readonly busy: FastifyInstance;
  readonly empty: FastifyInstance;
} {
  const rows: readonly NodeRow[] = [
    { name: 'worker-1', state: 'fresh', answeredAtMs: nowMs - 9000, problem: '', gaps: 0 },
    { name: 'worker-2', state: 'fresh', answeredAtMs: nowMs - 8000, problem: '', gaps: 2 },
    {
      name: 'worker-3',
      state: 'stale',
      answeredAtMs: nowMs - 900_000,
      problem: 'it does not answer',
      gaps: 0,
    },
    { name: 'worker-4', state: 'silent', problem: 'connect ECONNREFUSED 10.0.0.4:9100', gaps: 0 },
  ];
  const verdictsOf = () => ({ fail: 1, unknown: 0, excepted: 0, pass: 12 });
  const busy = createServer({ log: silentLogger, loopbackOnly: true });
  nodeRoutes(busy, { staleAfterMs: 300_000, nodes: () => rows, verdictsOf, node: () => undefined });
  const empty = createServer({ log: silentLogger, loopbackOnly: true });
  nodeRoutes(empty, undefined);
  return { busy, empty };
}
