import { dashboardSchema, dashboardsSchema } from './dashboards-contract.ts';
import type { Operation } from './operation.ts';
import { base } from './parameters.ts';

export const dashboardOperations: readonly Operation[] = [
  {
    method: 'get',
    path: `${base}/dashboards`,
    summary: 'Dashboards that the pages draw, and files that are none',
    answer: dashboardsSchema,
  },
  {
    method: 'get',
    path: `${base}/dashboards/{uid}`,
    summary: "One dashboard in Grafana's classic JSON",
    answer: dashboardSchema,
  },
];
