/** The JSON of dashboards. */
import { z } from 'zod';

export const dashboardSummarySchema = z.object({
  uid: z.string(),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  /** The folder that its file is in, below that of the configuration; '' for the top. */
  folder: z.string(),
  file: z.string(),
  /** Whether it comes with Skopos. */
  isShipped: z.boolean(),
  panels: z.number(),
});

/** GET /dashboards */
export const dashboardsSchema = z.object({
  items: z.array(dashboardSummarySchema),
  /** Files that cannot be shown, and why; the others go on. */
  problems: z.array(z.object({ file: z.string(), message: z.string() })),
});

/** GET /dashboards/:uid */
export const dashboardSchema = z.object({
  ...dashboardSummarySchema.shape,
  /** Grafana's classic JSON, as it is in the file. */
  dashboard: z.looseObject({}),
});

export type DashboardSummaryJson = z.infer<typeof dashboardSummarySchema>;
export type DashboardsJson = z.infer<typeof dashboardsSchema>;
export type DashboardJson = z.infer<typeof dashboardSchema>;
