import { z } from 'zod';

/** Numbers of members may be written as numbers. */
const path = z.array(z.union([z.string(), z.int()]).transform(String));

const commonLabels = z.record(z.string(), z.string());
const labelsFromPath = z.record(z.string(), path);

const labels = { commonLabels: commonLabels.optional(), labelsFromPath: labelsFromPath.optional() };

/** What all types of metrics may say. */
const source = { path: path.default([]), labelsFromPath: labelsFromPath.optional() };

const gauge = z.strictObject({
  ...source,
  valueFrom: path.default([]),
  labelFromKey: z.string().default(''),
  nilIsZero: z.boolean().default(false),
});

const stateSet = z.strictObject({
  ...source,
  valueFrom: path.default([]),
  labelName: z.string().default(''),
  list: z.array(z.string()),
});

const info = z.strictObject({ ...source, labelFromKey: z.string().default('') });

const each = z
  .strictObject({
    type: z.string(),
    gauge: gauge.optional(),
    stateSet: stateSet.optional(),
    info: info.optional(),
  })
  .superRefine((value, context) => {
    const field = { gauge: 'gauge', stateset: 'stateSet', info: 'info' }[value.type.toLowerCase()];
    if (field === undefined)
      context.addIssue({ code: 'custom', path: ['type'], message: 'expected Gauge, StateSet or Info' });
    else if (value[field as 'gauge' | 'stateSet' | 'info'] === undefined)
      context.addIssue({ code: 'custom', path: [field], message: `missing; the type is ${value.type}` });
  });

const generator = z.strictObject({
  name: z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'not a name of a metric'),
  help: z.string().default(''),
  each,
  ...labels,
  /** How loud kube-state-metrics logs what it cannot read; such a series is left out here. */
  errorLogV: z.number().optional(),
});

const resource = z.strictObject({
  groupVersionKind: z.strictObject({
    group: z.string().default(''),
    version: z.string(),
    kind: z.string().refine((kind) => kind !== '*', 'name one kind; `*` is not supported'),
  }),
  metricNamePrefix: z.string().optional(),
  resourcePlural: z.string().optional(),
  ...labels,
  metrics: z.array(generator),
  errorLogV: z.number().optional(),
});

/**
 * kube-state-metrics' configuration of metrics of custom resources.
 *
 * Source: https://github.com/kubernetes/kube-state-metrics/blob/main/docs/metrics/extend/customresourcestate-metrics.md
 */
export const customConfigSchema = z.strictObject({
  kind: z.literal('CustomResourceStateMetrics'),
  spec: z.strictObject({ resources: z.array(resource).default([]) }),
});

export type CustomConfig = z.output<typeof customConfigSchema>;
export type CustomResource = z.output<typeof resource>;
export type CustomGenerator = z.output<typeof generator>;
