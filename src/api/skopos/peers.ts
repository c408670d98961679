import type { FastifyInstance } from '../../http/server.ts';
import type { PeersJson } from './contract.ts';
import { base } from './parameters.ts';
import type { SkoposSource } from './source.ts';

/** `GET /peers`. */
export function peersRoutes(app: FastifyInstance, { router }: SkoposSource): void {
  app.get(`${base}/peers`, async (): Promise<PeersJson> => {
    const shared = router.peers();
    if (shared === undefined) return {};
    const { state, sinceMs, problem, isListening, position, members } = shared;
    return { shared: { state, sinceMs, problem, isListening, position, members } };
  });
}
