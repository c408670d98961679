import type { FastifyInstance } from '../../http/server.ts';
import { base } from './parameters.ts';
import type { AlertmanagerJson, RemoteQueueJson, RemoteWriteJson } from './remote-contract.ts';

/** What leaves for other systems; `RemoteWrite` and `Notifier` fit as they are. */
export interface RemoteSource {
  queues(): readonly RemoteQueueJson[];
  alertmanagers(): readonly AlertmanagerJson[];
  receives(): RemoteWriteJson['receives'];
}

/** `GET /remote-write`. */
export function remoteRoutes(app: FastifyInstance, source: RemoteSource): void {
  app.get(
    `${base}/remote-write`,
    async (): Promise<RemoteWriteJson> => ({
      queues: source.queues(),
      alertmanagers: source.alertmanagers(),
      receives: source.receives(),
    }),
  );
}
