import type { FastifyInstance } from '../../http/server.ts';
import { jobRoutes } from './jobs.ts';
import { openApiRoutes } from './openapi.ts';
import type { OperatorSource } from './operator-source.ts';
import { scheduleRoutes } from './schedules.ts';

/** Jobs and recurring scans under /api/skopos/v1, and their OpenAPI document. */
export function operatorRoutes(app: FastifyInstance, source: OperatorSource, version: string): void {
  jobRoutes(app, source);
  scheduleRoutes(app, source);
  openApiRoutes(app, version);
}
