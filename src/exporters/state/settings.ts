import { z } from 'zod';
import { duration } from '../../kit/duration.ts';
import { parseKeyLists } from './select-families.ts';
import { stateResources } from './state-resources.ts';

const names = stateResources.map(({ resource }) => resource) as [string, ...string[]];

/** A map from resource to keys, or the form of kube-state-metrics' flags: `pods=[app,team],nodes=[*]`. */
const keyLists = z.union([
  z.record(z.string(), z.array(z.string())),
  z.string().transform((text, context) => {
    const lists = parseKeyLists(text);
    if (lists !== undefined) return lists;
    context.addIssue({
      code: 'custom',
      message: `expected the form pods=[app,team],nodes=[*], got "${text}"`,
    });
    return z.NEVER;
  }),
]);

/**
 * `state` of skopos.yaml: which objects become kube-state-metrics' series. The keys are named after its flags.
 *
 * Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/developer/cli-arguments.md
 */
export const stateSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** What is rendered; when left out what kube-state-metrics renders, RBAC and service accounts besides. */
  resources: z.array(z.enum(names)).min(1).optional(),
  exclude_resources: z.array(z.enum(names)).default([]),
  /** Only objects of these namespaces, and those of none; all when empty. */
  namespaces: z.array(z.string()).default([]),
  namespaces_denylist: z.array(z.string()).default([]),
  /** Only pods of this node. */
  node: z.string().optional(),
  metric_allowlist: z.array(z.string()).default([]),
  metric_denylist: z.array(z.string()).default([]),
  metric_opt_in_list: z.array(z.string()).default([]),
  metric_labels_allowlist: keyLists.default({}),
  metric_annotations_allowlist: keyLists.default({}),
  /** A file of kube-state-metrics' CustomResourceStateMetrics. */
  custom_resource_state_config: z.string().optional(),
  /** How often series that do not change are written again. */
  interval: duration.default(30_000),
  /** The label `job` of the series. */
  job: z.string().default('kube-state-metrics'),
});

export type StateSettings = z.output<typeof stateSchema>;
