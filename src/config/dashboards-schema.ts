import { z } from 'zod';

/** Dashboards that the pages show, in Grafana's classic JSON. */
export const dashboardsSchema = z.strictObject({
  /** Folders of JSON files, read at the start and when they change; folders in them too. */
  folders: z.array(z.string()).default([]),
  /** Whether the dashboards that Skopos ships are shown. */
  shipped: z.boolean().default(true),
});
