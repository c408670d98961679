import type { FastifyInstance } from '../../http/server.ts';
import { NotFoundError } from '../../kit/app-error.ts';
import type { DashboardJson, DashboardsJson } from './dashboards-contract.ts';
import { base } from './parameters.ts';

/** What the routes of dashboards need of the running process. */
export interface DashboardsSource {
  list(): Promise<DashboardsJson>;
  /** Undefined where there is none of that uid. */
  get(uid: string): Promise<DashboardJson | undefined>;
}

/** Dashboards that the pages draw: `/dashboards`, `/dashboards/:uid`. */
export function dashboardRoutes(app: FastifyInstance, source: DashboardsSource): void {
  app.get(`${base}/dashboards`, async (): Promise<DashboardsJson> => await source.list());

  app.get<{ Params: { uid: string } }>(
    `${base}/dashboards/:uid`,
    async ({ params: { uid } }): Promise<DashboardJson> => {
      const found = await source.get(uid);
      if (found === undefined) throw new NotFoundError(`there is no dashboard with the uid ${uid}`);
      return found;
    },
  );
}
