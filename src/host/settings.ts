import { z } from 'zod';
import { httpConfigSchema } from '../http/client-config.ts';
import { duration } from '../kit/duration.ts';

const labels = z.record(z.string(), z.string()).refine((all) => Object.keys(all).length > 0, {
  message: 'name at least one label',
});

/** `host:` of `skopos.yaml`: which nodes are asked for their facts, and how. */
export const hostSchema = z.strictObject({
  /** Nodes by the pods of `skopos node` on them, of the cluster that is watched. */
  pods: z
    .strictObject({
      namespace: z.string(),
      labels,
      port: z.int().min(1).max(65_535).default(9100),
      scheme: z.enum(['http', 'https']).default('http'),
    })
    .optional(),
  /** Nodes by name. */
  nodes: z.array(z.strictObject({ name: z.string().min(1), url: z.url() })).default([]),
  /** Token, certificates and proxy, as Prometheus has it. */
  http_config: httpConfigSchema.optional(),
  interval: duration.default(60_000),
  /** How long facts are believed after the last answer of a node. */
  stale_after: duration.default(300_000),
  /** How long a node is remembered that neither answers nor is in the cluster any more. */
  forget_after: duration.default(86_400_000),
  max_nodes: z.int().min(1).max(10_000).default(5_000),
});

export type HostSettings = z.output<typeof hostSchema>;

/** The settings with paths of files made absolute. */
export function hostWithPaths(settings: HostSettings, path: (of: string) => string): HostSettings {
  const { http_config: http } = settings;
  if (http === undefined) return settings;
  const tls = http.tls_config;
  const authorization = http.authorization;
  return {
    ...settings,
    http_config: {
      ...http,
      ...(http.bearer_token_file ? { bearer_token_file: path(http.bearer_token_file) } : {}),
      ...(authorization?.credentials_file
        ? { authorization: { ...authorization, credentials_file: path(authorization.credentials_file) } }
        : {}),
      ...(tls
        ? {
            tls_config: {
              ...tls,
              ...(tls.ca_file ? { ca_file: path(tls.ca_file) } : {}),
              ...(tls.cert_file ? { cert_file: path(tls.cert_file) } : {}),
              ...(tls.key_file ? { key_file: path(tls.key_file) } : {}),
            },
          }
        : {}),
    },
  };
}
