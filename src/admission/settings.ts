import { z } from 'zod';
import { duration } from '../kit/duration.ts';
import { severities } from '../model/verdict.ts';
import { labelSelectorSchema } from '../monitors/label-selector.ts';

/** What becomes of a request because of a breach, the most severe first. */
export const actions = ['deny', 'warn', 'audit', 'ignore'] as const;
export type Action = (typeof actions)[number];

/**
 * Which breaches, where, lead to what. Of several rules the first decides that takes in both the namespace and the control. A key
 * that is left out takes in all.
 */
const ruleSchema = z.strictObject({
  /** Names the rule in messages. */
  name: z.string().min(1).max(63),
  /** Namespaces by name or by their labels. Cluster-scoped objects are in none: only a rule without this takes them in. */
  namespaces: labelSelectorSchema.extend({ names: z.array(z.string()).optional() }).optional(),
  controls: z.array(z.string()).optional(),
  frameworks: z.array(z.string()).optional(),
  severities: z.array(z.enum(severities)).optional(),
  action: z.enum(actions),
  /** What becomes of what could not be judged. */
  on_unknown: z.enum(actions).default('ignore'),
});

export type AdmissionRuleSettings = z.output<typeof ruleSchema>;

/** The policy alone, as it is tried out. */
export const rulesSchema = z.array(ruleSchema).min(1).max(100);

/** Where the API server finds us: a Service of the cluster, or an address. */
const serviceSchema = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  port: z.int().min(1).max(65_535).default(443),
});

const defaultRules: AdmissionRuleSettings[] = [{ name: 'default', action: 'audit', on_unknown: 'ignore' }];

/** The section `admission` of `skopos.yaml`: a validating webhook. Off when the section is left out. */
export const admissionSchema = z.strictObject({
  /** `host:port` of the webhook, HTTPS. */
  listen: z.string().default('0.0.0.0:9643'),
  rules: rulesSchema.default(defaultRules),
  /** Whether requests pass when the webhook does not answer. */
  failure_policy: z.enum(['open', 'closed']).default('open'),
  /** How long the API server waits for us. */
  timeout: duration.default(5_000),
  /** How long we judge; what is not judged by then is unknown. */
  budget: duration.default(100),
  /** What becomes of an update of an object in breach already, when the update adds no breach. */
  existing: z.enum(['warn', 'deny']).default('warn'),
  /** Whether pods that a controller makes for a workload are judged too, which was judged itself. */
  owned_pods: z.enum(['skip', 'judge']).default('skip'),
  /** Namespaces that are never judged, besides the one that Skopos runs in. */
  exempt_namespaces: z.array(z.string()).default(['kube-system', 'kube-node-lease']),
  /** Judges the namespace that Skopos runs in, too. */
  judge_own_namespace: z.boolean().default(false),
  /** Name of the ValidatingWebhookConfiguration. */
  webhook: z.string().default('skopos'),
  service: serviceSchema.optional(),
  /** Instead of a service. */
  url: z.url({ protocol: /^https$/ }).optional(),
  certificates: z
    .strictObject({
      /** Name of the Secret that replicas share, in the namespace that Skopos runs in. A file of the data folder when left out. */
      secret: z.string().optional(),
      /** How long a serving certificate is valid; a new one is made after two thirds. */
      validity: duration.default(2_592_000_000),
      ca_validity: duration.default(157_680_000_000),
      /** How long a new authority is trusted before it signs, and an old one after. */
      settle: duration.default(600_000),
      /** How often certificates are looked after. */
      look_every: duration.default(30_000),
      /** Beside the service's. */
      dns_names: z.array(z.string()).default([]),
      /** Whether the `caBundle` of the webhook's configuration is kept up to date. */
      patch_webhook: z.boolean().default(true),
    })
    .default({
      validity: 2_592_000_000,
      ca_validity: 157_680_000_000,
      settle: 600_000,
      look_every: 30_000,
      dns_names: [],
      patch_webhook: true,
    }),
});

export type AdmissionSettings = z.output<typeof admissionSchema>;
