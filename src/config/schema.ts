import { z } from 'zod';
import { admissionSchema } from '../admission/settings.ts';
import { pushSchema } from '../exporters/push/settings.ts';
import { stateSchema } from '../exporters/state/settings.ts';
import { hostSchema } from '../host/settings.ts';
import { imagesSchema } from '../images/config.ts';
import { parseByteSize } from '../kit/byte-size.ts';
import { duration } from '../kit/duration.ts';
import { secret } from '../kit/secret.ts';
import { logLevels } from '../log/logger.ts';
import { operatorSchema } from '../monitors/operator-settings.ts';
import { dashboardsSchema } from './dashboards-schema.ts';
import { kubeletSchema } from './kubelet-schema.ts';
import { operatorDefaults, operatorRoleSchema } from './operator-schema.ts';
import { peersSchema } from './peers-schema.ts';
import { replicasSchema, resultsSchema } from './replicas-schema.ts';

/** Such as `512MB` or `1GiB`. */
const byteSize = z.string().transform((text, context) => {
  const bytes = parseByteSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: `expected a size such as 512MB or 10GB, got "${text}"` });
  return z.NEVER;
});

/**
 * `skopos.yaml`: where the standard files are, and what they do not say. Every key may be left out. Relative paths are
 * relative to the file.
 */
export const configSchema = z.strictObject({
  /**
   * The cluster's name: part of every finding's identity, so changing it starts afresh. When left out: the folder's name,
   * the kubeconfig's context, or `in-cluster`.
   */
  cluster: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, ".", "_" and "-"')
    .optional(),
  /** `host:port`. Anything but a loopback address requires `api_token` or `api_token_file`. */
  listen: z.string().default('127.0.0.1:9600'),
  api_token: secret.optional(),
  api_token_file: z.string().optional(),
  /** The address that people reach this process at; links in notifications start with it. */
  external_url: z.url().optional(),
  /** Findings, ledger, silences and samples are kept here; `.skopos/<cluster>` when left out. */
  data: z.string().optional(),
  log_level: z.enum(logLevels).default('info'),

  source: z
    .strictObject({
      folder: z.string().optional(),
      kubeconfig: z.string().optional(),
      context: z.string().optional(),
      in_cluster: z.boolean().optional(),
    })
    .default({}),

  posture: z
    .strictObject({
      frameworks: z.array(z.string()).min(1).default(['NSA']),
      exclude_controls: z.array(z.string()).default([]),
      /** Kubescape's control inputs (`settings.postureControlInputs`), JSON or YAML. */
      control_inputs: z.string().optional(),
      /** Files of exceptions, Kubescape's or ours; `*` and `?` stand for parts of a file name. */
      exceptions: z.array(z.string()).default([]),
      /** Files and folders of ValidatingAdmissionPolicies, each a control. */
      policies: z.array(z.string()).default([]),
      /** How long a finding counts as new. */
      new_for: duration.default(86_400_000),
    })
    .default({
      frameworks: ['NSA'],
      exclude_controls: [],
      exceptions: [],
      policies: [],
      new_for: 86_400_000,
    }),

  metrics: z
    .strictObject({
      /** A `prometheus.yml`: what is scraped, its rule files, external labels and evaluation interval. */
      prometheus_config: z.string().optional(),
      /** Which objects of the Prometheus operator are honoured; none when left out. */
      operator: operatorSchema.optional(),
      /** Whether each node's kubelet is scraped: itself, its probes and its cAdvisor. */
      kubelet: kubeletSchema.optional(),
    })
    .default({}),

  /** Objects of the cluster as kube-state-metrics' series; off when left out. */
  state: stateSchema.optional(),

  /** Metrics that jobs push, as to a Pushgateway; none may when left out. */
  push: pushSchema.optional(),

  /** Nodes that tell what host controls judge; none are asked when left out. */
  host: hostSchema.optional(),

  /** Images: registries, how they are read, and vulnerability data. */
  images: imagesSchema.prefault({}),

  rules: z
    .strictObject({
      /** Prometheus rule files; `*` and `?` stand for parts of a file name. */
      files: z.array(z.string()).default([]),
      /** Whether the rules that Skopos ships are loaded too. */
      shipped: z.boolean().default(true),
      evaluation_interval: duration.default(15_000),
      external_labels: z.record(z.string(), z.string()).default({}),
      /** Whose the control plane is: alerts that say that a part of it is missing are off where it is the provider's. */
      control_plane: z.enum(['auto', 'own', 'managed']).default('auto'),
      /** How many nodes may fail at once; rules tell whether the others can bear it. */
      node_failures: z.int().min(1).default(1),
    })
    .prefault({}),

  dashboards: dashboardsSchema.prefault({}),

  alerting: z
    .strictObject({
      /** An `alertmanager.yml`; without one everything goes to the inbox. */
      config: z.string().optional(),
      /** Files of declared silences. */
      silences: z.array(z.string()).default([]),
      peers: peersSchema.optional(),
      /**
       * Whether alerts of rules are routed here, too, where the `prometheus.yml` names Alertmanagers. Without any they always are.
       */
      route_beside_alertmanagers: z.boolean().default(true),
    })
    .default({ silences: [], route_beside_alertmanagers: true }),

  operator: operatorRoleSchema.default(operatorDefaults),

  /** A validating webhook; none when left out. */
  admission: admissionSchema.optional(),

  /** Several processes that watch one cluster; alone when left out. */
  replicas: replicasSchema.optional(),

  /** What is written into the cluster; nothing when left out. */
  results: resultsSchema.optional(),

  api: z
    .strictObject({
      /** Whether samples may be deleted, and snapshots written, by `/api/v1/admin/tsdb`. */
      admin: z.boolean().default(false),
      /** RE2 pattern of the whole origin of pages that may read the Prometheus API from a browser. */
      cors_origin: z.string().optional(),
      /** Queries that run at once. */
      max_concurrent_queries: z.int().min(1).default(20),
      /** Whether samples are taken by remote write at `/api/v1/write`. */
      remote_write_receiver: z.boolean().default(false),
      /** Whether metrics are taken by OTLP at `/api/v1/otlp/v1/metrics`. */
      otlp_receiver: z.boolean().default(false),
    })
    .default({
      admin: false,
      max_concurrent_queries: 20,
      remote_write_receiver: false,
      otlp_receiver: false,
    }),

  storage: z
    .strictObject({
      /** How long samples are kept. */
      retention: duration.default(1_296_000_000),
      /** How large the samples may grow on disk before the oldest go; no bound when left out. */
      retention_size: byteSize.optional(),
      /** How much older than the newest sample one may be that comes out of order. */
      out_of_order_window: duration.default(0),
      max_series: z.int().min(1000).default(1_000_000),
      max_exemplars: z.int().min(0).default(100_000),
      /** How long fixed findings and ledger rows are kept. */
      history: duration.default(2_592_000_000),
    })
    .default({
      retention: 1_296_000_000,
      out_of_order_window: 0,
      max_series: 1_000_000,
      max_exemplars: 100_000,
      history: 2_592_000_000,
    }),
});

export type Config = z.output<typeof configSchema>;
