import type { FastifyInstance } from '../../http/server.ts';
import type { AttackPathsJson } from './contract.ts';
import { base } from './parameters.ts';
import type { SkoposSource } from './source.ts';

/** `GET /attack-paths`. */
export function attackPathRoutes(app: FastifyInstance, { posture }: SkoposSource): void {
  app.get(`${base}/attack-paths`, async (): Promise<AttackPathsJson> => posture.attackPaths());
}
